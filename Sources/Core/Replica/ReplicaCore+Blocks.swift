import Consensus
import Execution
import LedgerModel
import Primitives

/// From an outline to an executed block.
extension ReplicaCore {
    /// The state after the block with this digest, or nil when it is not executed or not above the last final block.
    func state(after digest: Digest) -> LedgerState? {
        var branch: [ExecutedBlock] = []
        var cursor = digest
        while cursor != chain.digest {
            guard let block = tree[cursor]?.executed else { return nil }
            branch.append(block)
            cursor = block.header.parent
        }
        return chain.state(adding: branch.reversed())
    }

    /// Notes an outline whose digest a leader, a quorum or this node named.
    mutating func insert(_ outline: BlockOutline, digest: Digest, from peer: ReplicaIndex?) {
        guard outline.header.height > chain.height else { return }
        if tree[digest] == nil {
            guard !tree.isFull else { return }
            tree[digest] = BlockEntry(outline: outline)
        }
        if let peer { tree[digest]?.holders.append(peer) }
    }

    /// Takes the block as far as what is here allows.
    mutating func advance(_ digest: Digest, at now: StepTime) {
        guard var entry = tree[digest], case .collecting = entry.stage else { return }
        let header = entry.outline.header
        for transaction in entry.outline.transactions where entry.bodies[transaction] == nil {
            entry.bodies[transaction] = pool[transaction].map { .verified($0) }
        }
        guard entry.missing().isEmpty else {
            // Gossip is usually on its way: ask only for what has not come after a moment.
            if entry.askAgainAt == nil { entry.askAgainAt = now.monotonic.adding(milliseconds: 5) }
            tree[digest] = entry
            return
        }
        entry.askAgainAt = nil
        tree[digest] = entry
        guard let state = state(after: header.parent) else {
            return waitForParent(of: digest, at: now)
        }
        guard isWellFormed(entry, after: state.header) else { return reject(digest, at: now) }
        tree[digest]?.stage = .executing
        effects.append(
            .execute(
                ExecutionRequest(
                    purpose: .check(digest),
                    state: state,
                    context: BlockContext(of: header),
                    transactions: entry.outline.transactions.compactMap { entry.bodies[$0] }
                )
            )
        )
    }

    /// What execution does not check: who may propose, how time runs, how large a block may be.
    private func isWellFormed(_ entry: BlockEntry, after parent: Header) -> Bool {
        let header = entry.outline.header
        let byteCount = entry.bodies.values.reduce(0) { $0 + $1.sealed.bytes.count }
        return header.timestamp > parent.timestamp
            && header.proposer == configuration.validators.leader(of: header.view)
            && byteCount <= Limits.blockBytesMax
    }

    private mutating func waitForParent(of digest: Digest, at now: StepTime) {
        guard let entry = tree[digest] else { return }
        let parent = entry.outline.header.parent
        if let parentEntry = tree[parent] {
            if case .invalid = parentEntry.stage { return reject(digest, at: now) }
            return advance(parent, at: now)
        }
        // A parent that is not the last final block, and not above it, contradicts finality.
        guard entry.outline.header.height.rawValue > chain.height.rawValue + 1 else { return reject(digest, at: now) }
        tree[digest]?.askAgainAt = now.monotonic.adding(milliseconds: 50)
        if let peer = entry.holders.last { effects.append(.send(.outlineRequest(parent), to: peer)) }
    }

    /// Asks for missing bodies, or for a missing parent, from the next holder.
    mutating func askForParts(of digest: Digest, at now: StepTime) {
        guard var entry = tree[digest], case .collecting = entry.stage else {
            tree[digest]?.askAgainAt = nil
            return
        }
        entry.askAgainAt = now.monotonic.adding(milliseconds: 100)
        // Anyone who voted for it has it; the links are tried in turn.
        let holders = entry.holders.filter(connected.contains)
        let peer = holders.last ?? connected.sorted().element(at: now.monotonic)
        if let last = entry.holders.popLast(), entry.holders.count < 8 { entry.holders.insert(last, at: 0) }
        tree[digest] = entry
        guard let peer else { return }
        let missing = entry.missing().filter { pool[$0] == nil }
        if missing.isEmpty {
            advance(digest, at: now)
        } else {
            effects.append(.send(.bodiesRequest(block: digest, transactions: missing), to: peer))
        }
    }

    private mutating func reject(_ digest: Digest, at now: StepTime) {
        tree[digest]?.stage = .invalid
        tree[digest]?.askAgainAt = nil
        answerChecks(of: digest, at: now)
    }

    mutating func executed(_ request: ExecutionRequest, _ result: ExecutionResult, at now: StepTime) {
        switch result {
        case .failed(let error):
            effects.append(.stop(reason: "the store cannot be read: \(error.reason)"))
        case .executed(let block):
            switch request.purpose {
            case .build(let view): built(block, view: view, request: request)
            case .check(let digest): checked(block, expected: digest, at: now)
            }
            extendFinalChain(at: now)
        }
    }

    private mutating func built(_ block: ExecutedBlock, view: View, request: ExecutionRequest) {
        insert(block.outline, digest: block.digest, from: nil)
        for input in request.transactions { tree[block.digest]?.bodies[input.sealed.digest] = input }
        settleExecuted(block)
        voterInputs.append(.built(view: view, payload: block.digest, endsEpoch: block.endsEpoch))
    }

    private mutating func checked(_ block: ExecutedBlock, expected digest: Digest, at now: StepTime) {
        guard block.digest == digest else { return reject(digest, at: now) }
        settleExecuted(block)
        answerChecks(of: digest, at: now)
        for (child, entry) in tree.entries where entry.outline.header.parent == digest { advance(child, at: now) }
    }

    private mutating func settleExecuted(_ block: ExecutedBlock) {
        guard var entry = tree[block.digest] else { return }
        entry.stage = .executed(block)
        entry.askAgainAt = nil
        if !entry.isJournalled {
            effects.append(.journal(.block(block.block)))
            entry.isJournalled = true
        }
        tree[block.digest] = entry
    }
}

extension [ReplicaIndex] {
    /// An element that differs from time to time without randomness, which a pure core has none of.
    fileprivate func element(at now: MonotonicTime) -> ReplicaIndex? {
        isEmpty ? nil : self[Int((now.nanoseconds / 1_000_000) % UInt64(count))]
    }
}
