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
            receiveProposal(message, outline, from: peer)
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
            if height <= chain.height { effects.append(.serveBlocks(from: height, to: peer)) }
        case .blocks(let blocks):
            receiveBlocks(blocks, from: peer, at: now)
        }
    }

    private mutating func receiveProposal(
        _ message: ConsensusMessage,
        _ outline: BlockOutline,
        from peer: ReplicaIndex
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
        if configuration.validators.leader(of: proposal.view) == peer { insert(outline, digest: digest, from: peer) }
        voterInputs.append(.message(message, from: peer))
    }

    private func outline(of digest: Digest) -> BlockOutline? {
        if let entry = tree[digest] { return entry.outline }
        return chain.uncommitted.first { $0.digest == digest }?.outline
    }

    private mutating func receiveOutline(_ outline: BlockOutline, from peer: ReplicaIndex, at now: StepTime) {
        let digest = outline.header.digest(hashing)
        let isWanted = checks[digest] != nil || tree.entries.values.contains { $0.outline.header.parent == digest }
        guard isWanted else { return }
        guard outline.matchesHeader(hasher) else {
            effects.append(.misbehaved(peer, reason: "transactions that are not those of the block"))
            return
        }
        insert(outline, digest: digest, from: peer)
        advance(digest, at: now)
        answerChecks(of: digest, at: now)
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
        guard let entry = tree[digest], case .collecting = entry.stage else { return }
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

    /// Catch-up: takes consecutive final blocks if they follow on the final chain and a certificate proves the last.
    private mutating func receiveBlocks(_ blocks: [FinalisedBlock], from peer: ReplicaIndex, at now: StepTime) {
        guard sync.takeAnswer(from: peer) else { return }
        guard let proven = prove(blocks, from: peer) else { return }
        for (digest, finalised, bodies) in proven {
            var entry = BlockEntry(outline: finalised.block.outline(of: bodies))
            for sealed in bodies {
                entry.bodies[sealed.digest] = pool[sealed.digest].map { .verified($0) } ?? .unverified(sealed)
            }
            entry.isJournalled = true
            if tree[digest]?.executed == nil { tree[digest] = entry }
            finalisations[digest] = finalised.certificate
        }
        guard let last = proven.last else { return }
        // The voter may know of a newer final block; what this answer proves is on the way there.
        if finalTarget == nil || tree[finalTarget ?? last.digest] == nil { finalTarget = last.digest }
        if let certificate = last.block.certificate {
            voterInputs.append(.message(.certificate(certificate), from: peer))
        }
        extendFinalChain(at: now)
    }

    private typealias ProvenBlock = (digest: Digest, block: FinalisedBlock, bodies: [SealedTransaction])

    /// The blocks with their digests and bodies, or nil when they prove nothing: then the peer is blamed.
    private mutating func prove(_ blocks: [FinalisedBlock], from peer: ReplicaIndex) -> [ProvenBlock]? {
        var proven: [ProvenBlock] = []
        var parent = chain.digest
        for finalised in blocks {
            let header = finalised.block.header
            if header.height <= chain.height { continue }
            let digest = header.digest(hashing)
            guard header.parent == parent else { return blame(peer, "blocks that do not follow each other") }
            if let certificate = finalised.certificate {
                guard certificate.kind == .finalise, certificate.payload == digest,
                    isValid(certificate)
                else { return blame(peer, "a final block with a certificate that does not prove it") }
            }
            var bodies: [SealedTransaction] = []
            for bytes in finalised.block.transactions {
                guard let sealed = try? SealedTransaction(bytes: bytes, digestFunction: hashing) else {
                    return blame(peer, "a final block with a transaction that does not decode")
                }
                bodies.append(sealed)
            }
            guard finalised.block.outline(of: bodies).matchesHeader(hasher) else {
                return blame(peer, "a final block with other transactions than its header names")
            }
            proven.append((digest, finalised, bodies))
            parent = digest
        }
        guard proven.last?.block.certificate != nil || proven.isEmpty else {
            return blame(peer, "final blocks without a certificate at their end")
        }
        return proven
    }

    private func isValid(_ certificate: QuorumCertificate) -> Bool {
        do {
            try certificate.verify(
                validators: configuration.validators,
                networkDigest: configuration.network,
                verifier: configuration.suite.verifier
            )
            return true
        } catch {
            return false
        }
    }

    private mutating func blame(_ peer: ReplicaIndex, _ reason: String) -> [ProvenBlock]? {
        effects.append(.misbehaved(peer, reason: reason))
        return nil
    }
}

extension Block {
    /// The outline of this block, whose transactions were sealed as `bodies`.
    func outline(of bodies: [SealedTransaction]) -> BlockOutline {
        BlockOutline(header: header, transactions: bodies.map(\.digest), verdictsDigest: verdictsDigest)
    }
}
