import Consensus
import Execution
import LedgerModel
import Primitives

/// What peers send.
extension ReplicaCore {
    mutating func receive(_ message: PeerMessage, from peer: ReplicaIndex, at now: StepTime) {
        switch message {
        case .consensus(let message):
            voterInputs.append(.message(message, from: peer))
        case .proposal(let message, let outline):
            receiveProposal(message, outline, from: peer, at: now)
        case .transactions(let bodies):
            effects.append(.admit(bodies, from: peer))
        case .outlineRequest(let digest):
            if let outline = outline(of: digest) { effects.append(.send(.outline(outline), to: peer)) }
        case .outline(let outline):
            receiveOutline(outline, from: peer, at: now)
        case .bodiesRequest(let block, let transactions):
            serveBodies(transactions, of: block, to: peer)
        case .bodies(let block, let bodies):
            receiveBodies(bodies, of: block, from: peer, at: now)
        case .blocksRequest(let height):
            // An answer in any case, so that the peer goes on to another one at once.
            let isKnown = height <= chain.height
            effects.append(isKnown ? .serveBlocks(from: height, to: peer) : .send(.blocks([]), to: peer))
        case .blocks(let blocks):
            receiveBlocks(blocks, from: peer, at: now)
        }
    }

    private mutating func receiveProposal(
        _ message: ConsensusMessage,
        _ outline: BlockOutline,
        from peer: ReplicaIndex,
        at now: StepTime
    ) {
        guard case .proposal(let proposal) = message else {
            effects.append(.misbehaved(peer, reason: "a proposal frame without a proposal"))
            return
        }
        let digest = outline.header.digest(hashing)
        guard digest == proposal.payload, outline.matchesHeader(hasher) else {
            effects.append(.misbehaved(peer, reason: "a proposal with another block than it names"))
            return
        }
        // Only a leader's own proposal may fill the tree; the voter looks at the rest of it.
        if configuration.validators.leader(of: proposal.view) == peer, outline.header.view == proposal.view {
            insertProposal(outline, digest: digest, from: peer)
            // A certificate may have named the block before its proposal came.
            if isAwaited(digest) { take(outline, digest: digest, from: peer, at: now) }
        }
        voterInputs.append(.message(message, from: peer))
    }

    private func outline(of digest: Digest) -> BlockOutline? {
        if let entry = tree[digest] { return entry.outline }
        return chain.uncommitted.first { $0.digest == digest }?.outline
    }

    private mutating func receiveOutline(_ outline: BlockOutline, from peer: ReplicaIndex, at now: StepTime) {
        let digest = outline.header.digest(hashing)
        guard isAwaited(digest) else { return }
        guard outline.matchesHeader(hasher) else {
            effects.append(.misbehaved(peer, reason: "transactions that are not those of the block"))
            return
        }
        take(outline, digest: digest, from: peer, at: now)
    }

    /// Whether the voter, or a block that is here, waits for this one.
    private func isAwaited(_ digest: Digest) -> Bool {
        checks[digest] != nil || votedTarget?.digest == digest
            || tree.entries.values.contains { $0.outline.header.parent == digest }
    }

    private mutating func take(_ outline: BlockOutline, digest: Digest, from peer: ReplicaIndex, at now: StepTime) {
        insert(outline, digest: digest, from: peer)
        advance(digest, at: now)
        for child in tree.children(of: digest) { advance(child, at: now) }
        answerChecks(of: digest, at: now)
        extendFinalChain(at: now)
    }

    private mutating func serveBodies(_ wanted: [Digest], of digest: Digest, to peer: ReplicaIndex) {
        let final = chain.uncommitted.first { $0.digest == digest }?.transactions
        var found: [[UInt8]] = []
        var byteCount = 0
        for transaction in wanted {
            let sealed =
                tree[digest]?.bodies[transaction]?.sealed ?? pool[transaction]?.sealed
                ?? final?.first { $0.digest == transaction }
            guard let sealed, byteCount + sealed.bytes.count <= Limits.blockBytesMax else { continue }
            byteCount += sealed.bytes.count
            found.append(sealed.bytes)
        }
        if !found.isEmpty { effects.append(.send(.bodies(block: digest, transactions: found), to: peer)) }
    }

    private mutating func receiveBodies(
        _ bodies: [[UInt8]],
        of digest: Digest,
        from peer: ReplicaIndex,
        at now: StepTime
    ) {
        guard let entry = tree[digest], entry.isCollecting else { return }
        let missing = Set(entry.missing())
        for bytes in bodies {
            do {
                let sealed = try SealedTransaction(bytes: bytes, digestFunction: hashing)
                if missing.contains(sealed.digest) { tree[digest]?.bodies[sealed.digest] = .unverified(sealed) }
            } catch {
                effects.append(.misbehaved(peer, reason: "a transaction that does not decode: \(error)"))
                return
            }
        }
        advance(digest, at: now)
        answerChecks(of: digest, at: now)
    }
}
