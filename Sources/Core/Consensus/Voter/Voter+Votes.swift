import Primitives

/// Keeping, checking, counting and casting votes.
extension Voter {
    /// Keeps a vote of an admitted view, its signature unchecked unless something hangs on it.
    mutating func store(_ vote: Vote, from peer: ReplicaIndex) {
        let view = vote.view
        if rounds[view]?.contradicted.contains(peer) == true {
            counters.droppedKnown += 1
            return
        }
        if let stored = contradiction(of: vote), !blame(peer, stored: stored, vote) { return }
        if let stored = rounds[view]?[vote.kind, peer] {
            // The same ballot again. A second signature over it is looked at only if the first one turns out bad.
            if stored.vote.ballot == vote.ballot { counters.droppedKnown += 1 }
            return
        }
        withRound(view) { $0[vote.kind, peer] = Round.StoredVote(vote: vote, isVerified: false) }
        guard view > finalised.view else { return }
        // A proposal is acted on at once, so its signature is checked now; the quorum will not check it again.
        if vote.kind == .notarise, peer == validators.leader(of: view), !verifyStored(.notarise, peer, in: view) {
            return
        }
        form(vote.ballot)
    }

    /// Keeps a vote whose signature was just checked as part of a certificate.
    mutating func storeProven(_ vote: Vote) {
        heard[Int(vote.signer.rawValue)].verifiedIn = currentView
        noteNewest(vote)
        if vote.signer == ownIndex {
            if isUnknownOwnVote(vote) { refuse(.unknownOwnVote(vote)) }
            return
        }
        if rounds[vote.view]?.contradicted.contains(vote.signer) == true { return }
        if let stored = contradiction(of: vote), !blame(vote.signer, stored: stored, vote, isProven: true) { return }
        withRound(vote.view) { $0[vote.kind, vote.signer] = Round.StoredVote(vote: vote, isVerified: true) }
    }

    /// A stored vote of the same signer that an honest one would not have cast beside `vote`.
    private func contradiction(of vote: Vote) -> Vote? {
        guard let round = rounds[vote.view] else { return nil }
        for kind in VoteKind.allCases {
            if let stored = round[kind, vote.signer]?.vote, stored.ballot.contradicts(vote.ballot) { return stored }
        }
        return nil
    }

    /// Looks into two votes that contradict each other. True if the stored one was bad and has been dropped, so that
    /// the other may take its place.
    private mutating func blame(
        _ signer: ReplicaIndex,
        stored: Vote,
        _ vote: Vote,
        isProven: Bool = false
    ) -> Bool {
        guard verifyStored(stored.kind, signer, in: stored.view) else { return true }
        guard isProven || hasGoodSignature(vote) else {
            misbehaved(signer, .badSignature)
            return false
        }
        guard let evidence = Evidence(stored, vote) else { return false }
        withRound(vote.view) { _ = $0.contradicted.insert(signer) }
        effects.append(.equivocation(evidence))
        hasChanged = true
        return false
    }

    /// Whether a stored vote's signature is good; a bad one is dropped and its sender reported.
    mutating func verifyStored(_ kind: VoteKind, _ signer: ReplicaIndex, in view: View) -> Bool {
        guard let stored = rounds[view]?[kind, signer] else { return false }
        if stored.isVerified { return true }
        guard hasGoodSignature(stored.vote) else {
            withRound(view) { $0[kind, signer] = nil }
            misbehaved(signer, .badSignature)
            return false
        }
        withRound(view) { $0[kind, signer]?.isVerified = true }
        heard[Int(signer.rawValue)].verifiedIn = currentView
        return true
    }

    mutating func hasGoodSignature(_ vote: Vote) -> Bool {
        counters.signatureChecks += 1
        return vote.isValid(validators: validators, networkDigest: networkDigest, verifier: verifier)
    }

    /// Makes the certificate of a ballot as soon as a quorum of good votes for it is here.
    mutating func form(_ ballot: Ballot) {
        guard ballot.view > finalised.view, let round = rounds[ballot.view], round[ballot.kind] == nil else { return }
        var good: [Vote] = []
        var unchecked: [Vote] = []
        for signer in validators.indices {
            guard let stored = round[ballot.kind, signer], stored.vote.ballot == ballot else { continue }
            if stored.isVerified { good.append(stored.vote) } else { unchecked.append(stored.vote) }
        }
        guard good.count + unchecked.count >= validators.quorum else { return }
        for vote in unchecked where good.count < validators.quorum {
            if verifyStored(vote.kind, vote.signer, in: vote.view) { good.append(vote) }
        }
        guard good.count >= validators.quorum else { return }
        let votes = Array(good.prefix(validators.quorum))
        let certificate = QuorumCertificate(ballot: ballot, votes: votes, validatorCount: validators.count)
        effects.append(.broadcast(.certificate(certificate)))
        accept(certificate)
    }

    /// Signs a ballot, journals the vote, sends it and counts it.
    mutating func cast(_ ballot: Ballot) {
        guard standing == .voting, let ownIndex, let signer, mayCast(ballot) else { return }
        let signature: Signature
        do {
            counters.signaturesMade += 1
            signature = try signer.sign(ballot.signedBytes(networkDigest: networkDigest))
        } catch {
            return refuse(.signingFailed)
        }
        let vote = Vote(ballot: ballot, signer: ownIndex, signature: signature)
        withRound(ballot.view) { $0[vote.kind, ownIndex] = Round.StoredVote(vote: vote, isVerified: true) }
        noteNewest(vote)
        effects.append(.journal(.vote(vote)))
        effects.append(.broadcast(message(for: vote)))
        hasChanged = true
        form(ballot)
    }

    /// The last gate before a signature: whatever the callers think, no vote that breaks a promise is ever made.
    private func mayCast(_ ballot: Ballot) -> Bool {
        guard ballot.view > floor, ballot.view > finalised.view, ballot.view <= currentView else { return false }
        let notarised = ownVote(.notarise, in: ballot.view)
        let nullified = ownVote(.nullify, in: ballot.view)
        let finalised = ownVote(.finalise, in: ballot.view)
        switch ballot.kind {
        case .notarise: return notarised == nil && nullified == nil && finalised == nil  // [NOTARISE-ONCE]
        case .nullify: return nullified == nil && finalised == nil  // [FINALISE-XOR-NULLIFY]
        case .finalise: return nullified == nil && finalised == nil  // [FINALISE-XOR-NULLIFY]
        }
    }

    /// [NULLIFY]
    mutating func nullify() {
        counters.nullified += 1
        // A retry is due after a while even if the vote leads to a new view meanwhile: entering clears it.
        retryAt = now.adding(nanoseconds: deltas(ConsensusLimits.retryDeltas))
        cast(.nullify(epoch: validators.epoch, view: currentView))
    }
}
