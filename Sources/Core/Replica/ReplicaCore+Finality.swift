import Consensus
import Execution
import LedgerModel
import Primitives

/// A block that is known to be final and not yet in the final chain.
struct FinalTarget: Equatable, Sendable {
    let digest: Digest
    /// Where the certificate was made: for an epoch's last block that may be after its header.
    let place: Place
}

/// From certificates to the final chain, by what is here or by what peers send.
extension ReplicaCore {
    mutating func finalised(_ certificate: QuorumCertificate, at now: StepTime) {
        finalisations[certificate.payload] = certificate
        if votedTarget == nil { finalProgressAt = now.monotonic }
        votedTarget = FinalTarget(
            digest: certificate.payload,
            place: Place(epoch: certificate.epoch, view: certificate.view)
        )
        // The voter asks and hears of nothing below its last final view any more.
        checks = checks.compactMapValues { requests in
            let left = requests.filter { $0.view >= certificate.view }
            return left.isEmpty ? nil : left
        }
        extendFinalChain(at: now)
    }

    /// Moves every block that is known to be final, and executed, into the final chain.
    mutating func extendFinalChain(at now: StepTime) {
        for target in [provenTarget, votedTarget].compactMap({ $0 }) {
            for digest in path(to: target.digest) ?? [] {
                guard let entry = tree[digest] else { break }
                if entry.isInvalid {
                    let reason = "block \(digest) is final, but does not execute to its header on this node"
                    return effects.append(.stop(reason: reason))
                }
                guard let block = entry.executed else {
                    advance(digest, at: now)
                    break
                }
                guard block.header.parent == chain.digest else { break }
                makeFinal(block, at: now)
            }
        }
        if let target = provenTarget, isReached(target) { provenTarget = nil }
        if let target = votedTarget, isReached(target) { votedTarget = nil }
        isWorkDirty = true
    }

    private func isReached(_ target: FinalTarget) -> Bool {
        target.digest == chain.digest || target.place <= chain.header.place
    }

    /// The blocks from above the last final one up to `target`, or nil when one between them is not known here.
    private func path(to target: Digest) -> [Digest]? {
        var path: [Digest] = []
        var cursor = target
        while cursor != chain.digest {
            guard let entry = tree[cursor] else { return nil }
            path.append(cursor)
            cursor = entry.outline.header.parent
        }
        return path.reversed()
    }

    /// When final blocks are fetched although all of them are known by name: nobody may hand out the bodies of one any more,
    /// as happens when the others have put it into their stores long ago.
    var finalStallAt: MonotonicTime? {
        guard votedTarget != nil, provenTarget == nil else { return nil }
        return finalProgressAt.adding(milliseconds: 500)
    }

    /// Whether final blocks have to be fetched.
    func needsFinalBlocks(at now: StepTime) -> Bool {
        if epochAhead != nil { return true }
        guard let votedTarget, let finalStallAt else { return false }
        return finalStallAt <= now.monotonic || path(to: votedTarget.digest) == nil
    }

    private mutating func makeFinal(_ block: ExecutedBlock, at now: StepTime) {
        answerChecks(of: block.digest, at: now)
        chain.append(block)
        finalProgressAt = now.monotonic
        effects.append(.commit(block, finalisations[block.digest]))
        pool.remove(included: block.transactions, inclusions: block.inclusions)
        if block.header.timestamp >= blockTimeOfLastExpiry.adding(milliseconds: 1000) {
            blockTimeOfLastExpiry = block.header.timestamp
            pool.removeExpired(at: block.header.timestamp)
        }
        tree.prune(above: block.header, digest: block.digest)
        lastFinalisation = finalisations[block.digest]
        finalisations[block.digest] = nil
        let place = block.header.place
        finalisations = finalisations.filter { Place(epoch: $0.value.epoch, view: $0.value.view) > place }
        if state(after: certifiedTip) == nil {
            certifiedTip = block.digest
            certifiedTipView = block.header.view
        }
        markInFlightStale()
        if pool.count == 0 { gossipAgainAt = nil }
    }

    // MARK: From peers

    /// Catch-up: takes consecutive final blocks if they follow on the final chain and a certificate proves the last.
    mutating func receiveBlocks(_ blocks: [FinalisedBlock], from peer: NodeID, at now: StepTime) {
        guard sync.takeAnswer(from: peer, at: now.monotonic) else { return }
        guard let proven = prove(blocks, from: peer), let last = proven.last else {
            // Whoever spoke of a later epoch may have made it up.
            fruitlessAnswers += 1
            if fruitlessAnswers > connected.count { epochAhead = nil }
            return
        }
        fruitlessAnswers = 0
        sync.helped()
        for (digest, finalised, bodies) in proven {
            var entry = tree[digest] ?? BlockEntry(outline: finalised.block.outline(of: bodies))
            entry.isNamed = true
            // Its finality is proven, so nobody's vote hangs on our copy.
            entry.isJournalled = true
            if entry.isCollecting {
                for sealed in bodies where entry.bodies[sealed.digest] == nil {
                    entry.put(pool[sealed.digest].map { .verified($0) } ?? .unverified(sealed))
                }
                entry.askAgainAt = nil
            }
            tree[digest] = entry
        }
        provenTarget = FinalTarget(digest: last.digest, place: last.block.block.header.place)
        if let certificate = last.block.certificate {
            finalisations[last.digest] = certificate
            receive(.certificate(certificate), from: peer, at: now)
        }
        extendFinalChain(at: now)
    }

    private typealias ProvenBlock = (digest: Digest, block: FinalisedBlock, bodies: [SealedTransaction])

    /// The blocks with their digests and bodies; none when they are all known, nil when they prove nothing: then the peer
    /// is blamed.
    private mutating func prove(_ blocks: [FinalisedBlock], from peer: NodeID) -> [ProvenBlock]? {
        var proven: [ProvenBlock] = []
        var parent = chain.digest
        for finalised in blocks {
            let header = finalised.block.header
            if header.height <= chain.height { continue }
            // Who signs the next epoch's blocks is not known before this one's last block is executed.
            guard header.epoch == voter.validators.epoch else { break }
            let digest = header.digest(hashing)
            guard header.parent == parent else { return blame(peer, "blocks that do not follow each other") }
            var bodies: [SealedTransaction] = []
            for bytes in finalised.block.transactions {
                // `try?`: the peer is to blame whatever is wrong with the bytes.
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
            if header.endsEpoch { break }
        }
        // The last one's certificate proves them all; to check the others too would only take time.
        if let last = proven.last {
            guard let certificate = last.block.certificate, certificate.kind == .finalise,
                certificate.payload == last.digest, isValid(certificate)
            else { return blame(peer, "final blocks without a certificate at their end that proves them") }
        }
        return proven
    }

    private func isValid(_ certificate: QuorumCertificate) -> Bool {
        do {
            try certificate.verify(
                validators: voter.validators,
                networkDigest: configuration.network,
                verifier: configuration.suite.verifier
            )
            return true
        } catch {
            return false
        }
    }

    private mutating func blame(_ peer: NodeID, _ reason: String) -> [ProvenBlock]? {
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
