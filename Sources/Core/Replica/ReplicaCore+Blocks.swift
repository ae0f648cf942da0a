import Consensus
import Execution
import LedgerModel
import Primitives

/// From an outline to an executed block.
extension ReplicaCore {
    /// Views ahead of the voter's whose proposals are kept, one a view: a node that lags by moments needs them.
    static let viewsAheadMax: UInt64 = 8

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

    // MARK: Taking in

    /// Notes a block that a quorum or a descendant named, or that this node made. False when it cannot be kept.
    @discardableResult
    mutating func insert(_ outline: BlockOutline, digest: Digest, from peer: NodeID? = nil, isNamed: Bool) -> Bool {
        if tree[digest] == nil {
            guard outline.header.height > chain.height, hasPlace() else { return false }
            tree[digest] = BlockEntry(outline: outline)
        }
        if isNamed { tree[digest]?.isNamed = true }
        if let peer { tree[digest]?.addHolder(peer) }
        return true
    }

    /// Whether the tree takes another block, once what the present view makes idle is forgotten.
    private mutating func hasPlace() -> Bool {
        if tree.isFull { tree.makeRoom(before: Place(epoch: voter.validators.epoch, view: voter.currentView)) }
        return !tree.isFull
    }

    /// Notes what a leader proposes: one block a view, of views that are near. Whatever else a leader sends is fetched when
    /// a quorum names it, so that nobody fills the tree alone.
    mutating func insertProposal(_ outline: BlockOutline, digest: Digest, from leader: NodeID) {
        if tree[digest] != nil {
            tree[digest]?.addHolder(leader)
            return
        }
        let header = outline.header
        guard header.height > chain.height, header.place > chain.header.place,
            header.view.rawValue <= voter.currentView.rawValue + ReplicaCore.viewsAheadMax,
            tree.digests(where: { $0.outline.header.place == header.place && !$0.isNamed }).isEmpty, hasPlace()
        else { return }
        var entry = BlockEntry(outline: outline)
        entry.addHolder(leader)
        tree[digest] = entry
    }

    // MARK: Forward

    /// Takes a block, and the ancestors that it waits for, as far as what is here allows.
    mutating func advance(_ digest: Digest, at now: StepTime) {
        guard tree[digest]?.isCollecting == true else { return }
        gather(digest, at: now)
        let isNamed = tree[digest]?.isNamed == true
        // A branch may be long, so this is a loop.
        var cursor = digest
        while let parent = tree[cursor]?.outline.header.parent, let entry = tree[parent] {
            if entry.isInvalid { return reject(cursor, at: now) }
            guard entry.isCollecting else { break }
            cursor = parent
            // Who stands behind a block stands behind its ancestors.
            if isNamed { tree[cursor]?.isNamed = true }
        }
        if cursor != digest { gather(cursor, at: now) }
        execute(cursor, at: now)
    }

    /// Takes bodies from the pool; what is still missing is asked for after a moment, since gossip is mostly on its way.
    private mutating func gather(_ digest: Digest, at now: StepTime) {
        guard var entry = tree[digest] else { return }
        for transaction in entry.outline.transactions where entry.bodies[transaction] == nil {
            if let known = pool[transaction] { entry.put(.verified(known)) }
        }
        // Only a block that somebody stands behind has a parent worth asking for.
        if entry.missing().isEmpty, !(entry.isNamed && isParentUnknown(entry)) {
            entry.askAgainAt = nil
        } else if entry.askAgainAt == nil {
            entry.askAgainAt = now.monotonic.adding(milliseconds: 5)
        }
        tree[digest] = entry
    }

    private func isParentUnknown(_ entry: BlockEntry) -> Bool {
        let parent = entry.outline.header.parent
        return parent != chain.digest && tree[parent] == nil
    }

    /// Asks for the execution of a block whose bodies are here and whose parent is executed.
    private mutating func execute(_ digest: Digest, at now: StepTime) {
        guard let entry = tree[digest], entry.isCollecting else { return }
        let header = entry.outline.header
        // What does not stand on the last final block although nothing can be between contradicts finality.
        if isParentUnknown(entry), header.height <= chain.height.next { return reject(digest, at: now) }
        // A block of the next epoch waits until that has begun here.
        guard header.epoch <= voter.validators.epoch else { return }
        guard let state = state(after: header.parent), entry.missing().isEmpty, hasRoom else { return }
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

    /// Whether another block may be executed although the store has not taken the last final ones.
    var hasRoom: Bool { chain.uncommitted.count < FinalChain.uncommittedMax }

    /// The store took blocks: what waited for that goes on.
    mutating func resume(at now: StepTime) {
        for digest in tree.digests(where: { $0.isCollecting && $0.askAgainAt == nil }) { advance(digest, at: now) }
        extendFinalChain(at: now)
    }

    /// What execution does not check: who may propose, how time runs, how large a block may be.
    private func isWellFormed(_ entry: BlockEntry, after parent: Header) -> Bool {
        let header = entry.outline.header
        return header.timestamp > parent.timestamp
            && header.place > parent.place
            && header.proposer == voter.validators.leader(of: header.view)
            && (entry.byteCount ?? .max) <= Limits.blockBytesMax
    }

    /// A block is not valid, and so is nothing that stands on it.
    mutating func reject(_ digest: Digest, at now: StepTime) {
        var rejected = [digest]
        while let next = rejected.popLast() {
            guard tree[next]?.isInvalid == false else { continue }
            tree[next]?.stage = .invalid
            tree[next]?.dropBodies()
            tree[next]?.askAgainAt = nil
            answerChecks(of: next, at: now)
            rejected += tree.children(of: next)
        }
    }

    // MARK: Asking

    /// Asks for missing bodies, or for a missing parent, from the next peer that may have them.
    mutating func askForParts(of digest: Digest, at now: StepTime) {
        tree[digest]?.askAgainAt = nil
        guard tree[digest]?.isCollecting == true else { return }
        gather(digest, at: now)
        guard var entry = tree[digest], entry.askAgainAt != nil else { return advance(digest, at: now) }
        // A proposal whose view is over matters only if a quorum named it; nobody may have the parent of another one.
        guard entry.isNamed || entry.outline.header.view >= voter.currentView else {
            tree[digest]?.askAgainAt = nil
            return
        }
        entry.askAgainAt = now.monotonic.adding(milliseconds: min(100 << UInt64(min(entry.askCount / 4, 4)), 1000))
        let peer = entry.peerToAsk(among: connectedInOrder)
        entry.askCount += 1
        tree[digest] = entry
        guard let peer else { return }
        let missing = entry.missing()
        if !missing.isEmpty { effects.append(.send(.bodiesRequest(block: digest, transactions: missing), to: peer)) }
        if entry.isNamed, isParentUnknown(entry) {
            effects.append(.send(.outlineRequest(entry.outline.header.parent), to: peer))
        }
        execute(digest, at: now)
    }

    /// Asks again for blocks that the voter waits for and of which only the digest is known.
    mutating func askForOutlines(at now: StepTime) {
        outlinesAskAgainAt = nil
        let peers = connectedInOrder
        let wanted = checks.keys.sorted().filter { tree[$0] == nil }
        guard !wanted.isEmpty else { return }
        outlinesAskAgainAt = now.monotonic.adding(milliseconds: 100)
        guard !peers.isEmpty else { return }
        for (place, digest) in wanted.enumerated() {
            effects.append(.send(.outlineRequest(digest), to: peers[(outlineTurn + place) % peers.count]))
        }
        outlineTurn = (outlineTurn + 1) % peers.count
    }

    // MARK: Executed

    mutating func executed(_ request: ExecutionRequest, _ result: ExecutionResult, at now: StepTime) {
        switch result {
        case .failed(let error):
            // On a branch that finality has ruled out, the store under the layers may have gone on without them.
            guard state(after: request.state.headerDigest) != nil else { return giveUp(request) }
            effects.append(.stop(reason: "the store cannot be read: \(error.reason)"))
        case .executed(let block):
            switch request.purpose {
            case .build(let view): built(block, view: view, request: request, at: now)
            case .check(let digest): checked(block, expected: digest, at: now)
            }
            extendFinalChain(at: now)
        }
    }

    private mutating func giveUp(_ request: ExecutionRequest) {
        if case .build(let view) = request.purpose, request.state.header.childEpoch == voter.validators.epoch {
            voterInputs.append(.built(view: view, payload: nil, endsEpoch: false))
        }
    }

    private mutating func built(_ block: ExecutedBlock, view: View, request: ExecutionRequest, at now: StepTime) {
        guard view == voter.currentView, block.header.epoch == voter.validators.epoch else { return }
        guard state(after: block.header.parent) != nil, insert(block.outline, digest: block.digest, isNamed: false)
        else {
            return giveUp(request)
        }
        for input in request.transactions { tree[block.digest]?.put(input) }
        settleExecuted(block, at: now)
        voterInputs.append(.built(view: view, payload: block.digest, endsEpoch: block.endsEpoch))
    }

    private mutating func checked(_ block: ExecutedBlock, expected digest: Digest, at now: StepTime) {
        guard let entry = tree[digest], entry.executed == nil else { return }
        guard block.digest == digest else { return reject(digest, at: now) }
        settleExecuted(block, at: now)
    }

    private mutating func settleExecuted(_ block: ExecutedBlock, at now: StepTime) {
        guard var entry = tree[block.digest] else { return }
        entry.stage = .executed(block)
        entry.askAgainAt = nil
        if !entry.isJournalled {
            effects.append(.journal(.block(block.block)))
            entry.isJournalled = true
        }
        tree[block.digest] = entry
        markInFlightStale()
        answerChecks(of: block.digest, at: now)
        for child in tree.children(of: block.digest) { advance(child, at: now) }
    }
}
