import Consensus
import Execution
import LedgerModel
import Primitives

/// What peers send.
extension ReplicaCore {
    mutating func receive(_ message: PeerMessage, from peer: NodeID, at now: StepTime) {
        switch message {
        case .consensus(let message):
            receive(message, from: peer, at: now)
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
        from peer: NodeID,
        at now: StepTime
    ) {
        guard message.epoch == voter.validators.epoch, let index = index(of: peer) else {
            return receive(message, from: peer, at: now)
        }
        guard case .proposal(let proposal) = message, leader(of: proposal.view) == peer else {
            effects.append(.misbehaved(peer, reason: "a proposal frame without a proposal of its sender's"))
            return
        }
        let digest = outline.header.digest(hashing)
        guard digest == proposal.payload, outline.matchesHeader(hasher) else {
            effects.append(.misbehaved(peer, reason: "a proposal with another block than it names"))
            return
        }
        if outline.header.view == proposal.view, outline.header.epoch == proposal.epoch {
            insertProposal(outline, digest: digest, from: peer)
            // A certificate may have named the block before its proposal came.
            if isAwaited(digest) { take(digest, at: now) }
        }
        voterInputs.append(.message(message, from: index))
    }

    private func outline(of digest: Digest) -> BlockOutline? {
        if let entry = tree[digest] { return entry.outline }
        return chain.uncommitted.first { $0.digest == digest }?.outline
    }

    private mutating func receiveOutline(_ outline: BlockOutline, from peer: NodeID, at now: StepTime) {
        let digest = outline.header.digest(hashing)
        let isNamed = isNamed(digest, header: outline.header)
        guard isNamed || isAwaited(digest) else { return }
        guard outline.matchesHeader(hasher) else {
            effects.append(.misbehaved(peer, reason: "transactions that are not those of the block"))
            return
        }
        if isNamed {
            insert(outline, digest: digest, from: peer, isNamed: true)
        } else {
            // Nobody but a leader stands behind it: it counts as what that leader proposes for the view.
            guard checks[digest]?.contains(where: { $0.view == outline.header.view }) == true else { return }
            insertProposal(outline, digest: digest, from: peer)
        }
        take(digest, at: now)
    }

    /// Whether the voter waits for this block.
    private func isAwaited(_ digest: Digest) -> Bool { checks[digest] != nil || votedTarget?.digest == digest }

    /// Whether a quorum stands behind a block, itself or through a descendant that is here. A proposal alone names nothing:
    /// its leader could make up ancestors without end.
    private func isNamed(_ digest: Digest, header: Header) -> Bool {
        if votedTarget?.digest == digest || checks[digest]?.contains(where: { $0.purpose == .certify }) == true {
            return true
        }
        return tree.entries.values.contains { entry in
            let child = entry.outline.header
            return child.parent == digest && entry.isNamed && child.height == header.height.next
                && child.place > header.place
        }
    }

    /// Goes on with a block that has come, and with what stands on it.
    private mutating func take(_ digest: Digest, at now: StepTime) {
        advance(digest, at: now)
        for child in tree.children(of: digest) { advance(child, at: now) }
        answerChecks(of: digest, at: now)
        extendFinalChain(at: now)
    }

    private mutating func serveBodies(_ wanted: [Digest], of digest: Digest, to peer: NodeID) {
        guard Set(wanted).count == wanted.count else {
            effects.append(.misbehaved(peer, reason: "a request that names a transaction twice"))
            return
        }
        var final: [Digest: SealedTransaction] = [:]
        for transaction in chain.uncommitted.first(where: { $0.digest == digest })?.transactions ?? [] {
            final[transaction.digest] = transaction
        }
        var found: [[UInt8]] = []
        var byteCount = 0
        for transaction in wanted {
            let sealed =
                tree[digest]?.bodies[transaction]?.sealed ?? pool[transaction]?.sealed
                ?? final[transaction]
            guard let sealed, byteCount + sealed.bytes.count <= Limits.blockBytesMax else { continue }
            byteCount += sealed.bytes.count
            found.append(sealed.bytes)
        }
        if !found.isEmpty { effects.append(.send(.bodies(block: digest, transactions: found), to: peer)) }
    }

    private mutating func receiveBodies(
        _ bodies: [[UInt8]],
        of digest: Digest,
        from peer: NodeID,
        at now: StepTime
    ) {
        // Only what was asked for: a block's bodies are not kept before somebody needs them.
        guard let entry = tree[digest], entry.isCollecting, entry.askCount > 0 else { return }
        let missing = Set(entry.missing())
        for bytes in bodies {
            do {
                let sealed = try SealedTransaction(bytes: bytes, digestFunction: hashing)
                if missing.contains(sealed.digest) { tree[digest]?.put(.unverified(sealed)) }
            } catch {
                effects.append(.misbehaved(peer, reason: "a transaction that does not decode: \(error)"))
                return
            }
        }
        // The header commits to these very bodies, so whoever sent them, the block itself is too large.
        if let held = tree[digest]?.bodyByteCount, held > Limits.blockBytesMax { return reject(digest, at: now) }
        advance(digest, at: now)
        answerChecks(of: digest, at: now)
    }
}
