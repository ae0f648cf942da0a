import Primitives

/// Accepting certificates, certifying their blocks, finality.
extension Voter {
    /// Whether a received certificate is a quorum's, checking only signatures that were not checked before.
    mutating func isProven(_ certificate: QuorumCertificate) -> Bool {
        do { try certificate.checkShape(validators: validators) } catch { return false }
        let message = certificate.ballot.signedBytes(networkDigest: networkDigest)
        for (signer, signature) in zip(certificate.signers.indices, certificate.signatures) {
            if let stored = rounds[certificate.view]?[certificate.kind, signer], stored.isVerified,
                stored.vote.ballot == certificate.ballot, stored.vote.signature == signature
            {
                continue
            }
            counters.signatureChecks += 1
            guard let key = validators.key(of: signer), verifier.isValid(signature, of: message, by: key) else {
                return false
            }
        }
        return true
    }

    /// Takes in a certificate that is proven and new.
    mutating func accept(_ certificate: QuorumCertificate) {
        let view = certificate.view
        withRound(view) { $0[certificate.kind] = certificate }
        effects.append(.journal(.certificate(certificate)))
        hasChanged = true
        guard let round = rounds[view] else { return }
        let blocks = [round[.notarise], round[.finalise]].compactMap { $0?.ballot.payload }
        if Set(blocks).count > 1 || (round[.finalise] != nil && round[.nullify] != nil) {
            return stop(.contradictingCertificates(view: view))
        }
        switch certificate.kind {
        case .notarise:
            noteUncertified(view)
            enter(view, by: certificate)
        case .nullify: enter(view.next, by: certificate)
        case .finalise: finalise(certificate)
        }
    }

    /// [ENTER]: goes to a later view; never back.
    mutating func enter(_ view: View, by certificate: QuorumCertificate) {
        guard view > currentView else { return }
        currentView = view
        entryCertificate = certificate
        timersStartedAt = nil
        retryAt = nil
        lonelyRetries = 0
        hasChanged = true
        effects.append(.entered(view: view, leader: leader))
    }

    // MARK: Certifying

    private mutating func noteUncertified(_ view: View) {
        guard rounds[view]?.isCertified == false, !uncertified.contains(view) else { return }
        uncertified.append(view)
        uncertified.sort()
    }

    /// [NOTARISED]: certifies what is notarised, parents first, and asks for what that needs.
    mutating func certifyPending() {
        for view in uncertified {
            guard view >= finalised.view, let round = rounds[view], let block = round.block,
                !round.isCertified, round.certification != .refused
            else {
                uncertified.removeAll { $0 == view }
                continue
            }
            certify(block, round: round)
            if standing == .stopped { return }
        }
    }

    private mutating func certify(_ block: Ballot, round: Round) {
        let view = block.view
        if let valid = round.valid, valid.payload == block.payload {
            return becomeCertified(block, endsEpoch: valid.endsEpoch)
        }
        let parent = block.parentView
        let isFinal = view == finalised.view
        guard isCertified(parent) else {
            if isFinal {
                askCertify(block, parentPayload: payload(of: parent))
            } else if parent > finalised.view, rounds[parent]?[.notarise] == nil {
                missing.notarisations.insert(parent)
            }
            return
        }
        // After the block that ends the epoch comes only that block itself, until it is final.
        if endsEpoch(parent) || payload(of: parent) == block.payload {
            guard endsEpoch(parent), payload(of: parent) == block.payload else { return refuseBlock(block) }
            return becomeCertified(block, endsEpoch: true)
        }
        askCertify(block, parentPayload: payload(of: parent))
    }

    private mutating func askCertify(_ block: Ballot, parentPayload: Digest?) {
        guard rounds[block.view]?.certification == Round.Certification.none else { return }
        withRound(block.view) { $0.certification = .asked }
        effects.append(
            .check(
                CheckRequest(
                    view: block.view,
                    parentView: block.parentView,
                    payload: block.payload,
                    parentPayload: parentPayload,
                    purpose: .certify
                )
            )
        )
    }

    private mutating func becomeCertified(_ block: Ballot, endsEpoch: Bool) {
        let view = block.view
        withRound(view) { $0.certification = .certified(endsEpoch: endsEpoch) }
        uncertified.removeAll { $0 == view }
        if certifiedBefore[view] != block.payload {
            let epoch = validators.epoch
            effects.append(
                .journal(
                    .certification(
                        Certification(epoch: epoch, view: view, payload: block.payload, endsEpoch: endsEpoch)
                    )
                )
            )
        }
        effects.append(.certified(view: view, payload: block.payload))
        hasChanged = true
        if view > certifiedHead {
            certifiedHead = view
            skippedViews = 0
        }
        if view == finalised.view {
            finalisedIsExecuted = true
            finalisedEndsEpoch = endsEpoch
            if endsEpoch { effects.append(.epochEnded(payload: block.payload)) }
        } else if mayVoteYet {
            finaliseDue.append(view)
        }
        if let certificate = rounds[view]?[.notarise] ?? rounds[view]?[.finalise] { enter(view.next, by: certificate) }
    }

    /// A notarised block that is not valid here: never certified. If it is final, the node stops.
    private mutating func refuseBlock(_ block: Ballot) {
        withRound(block.view) { $0.certification = .refused }
        uncertified.removeAll { $0 == block.view }
        hasChanged = true
        if block.view == finalised.view {
            stop(.finalBlockInvalid(view: block.view, payload: block.payload))
        } else if certifiedBefore[block.view] == block.payload {
            stop(.certifiedBlockInvalid(view: block.view, payload: block.payload))
        }
    }

    /// The answer to `.check`.
    mutating func finishCheck(_ view: View, payload: Digest, purpose: CheckPurpose, outcome: CheckOutcome) {
        guard view >= finalised.view, let round = rounds[view] else { return }
        switch (purpose, outcome) {
        case (_, .valid(let endsEpoch)):
            withRound(view) { $0.valid = (payload, endsEpoch) }
            if purpose == .vote, round.proposalCheck == .asked, proposal(of: view)?.payload == payload {
                withRound(view) { $0.proposalCheck = .valid }
            }
            hasChanged = true
        case (.vote, .invalid):
            guard round.proposalCheck == .asked, proposal(of: view)?.payload == payload else { return }
            withRound(view) { $0.proposalCheck = .refused }
            hasChanged = true
        case (.certify, .invalid):
            guard round.certification == .asked, let block = round.block, block.payload == payload else { return }
            refuseBlock(block)
        }
    }

    // MARK: Finality

    /// [NOTARISED]: casts the finalises that certified blocks wait for.
    mutating func castDueFinalises() {
        guard standing == .voting else { return }
        let due = finaliseDue
        finaliseDue = []
        for view in due {
            guard view > finalised.view, let round = rounds[view], let block = round.block else { continue }
            let leaderIsContradicted = round.contradicted.contains(validators.leader(of: view))
            guard !leaderIsContradicted, round[.nullify] == nil else { continue }
            cast(
                .finalise(epoch: block.epoch, view: view, parentView: block.parentView, payload: block.payload)
            )
        }
    }

    /// [FINALISED]: the block and all its ancestors are final.
    private mutating func finalise(_ certificate: QuorumCertificate) {
        let view = certificate.view
        finalised = FinalisedPoint(epoch: certificate.epoch, view: view, payload: certificate.payload)
        finalisation = certificate
        finalisedAt = now
        finalisedIsExecuted = rounds[view]?.isCertified == true
        finalisedEndsEpoch = rounds[view]?.endsEpoch == true
        effects.append(.finalised(certificate))
        if epochIsOver { effects.append(.epochEnded(payload: certificate.payload)) }
        if rounds[view]?.certification == .refused {
            return stop(.finalBlockInvalid(view: view, payload: certificate.payload))
        }
        noteUncertified(view)
        enter(view.next, by: certificate)
        prune()
    }

    /// Forgets views below the retention floor.
    private mutating func prune() {
        let keptFrom = retentionFloor
        guard keptFrom > prunedBelow else { return }
        if keptFrom.rawValue - prunedBelow.rawValue <= UInt64(rounds.count) {
            for view in prunedBelow.rawValue..<keptFrom.rawValue { rounds[View(view)] = nil }
        } else {
            rounds = rounds.filter { $0.key >= keptFrom }
        }
        prunedBelow = keptFrom
        let final = finalised.view
        certifiedBefore = certifiedBefore.filter { $0.key >= final }
    }

    // MARK: What a view stands for

    /// Whether a view's block may be built upon: notarised, durable, executed and valid here.
    func isCertified(_ view: View) -> Bool {
        if view == finalised.view { return finalisedIsExecuted }
        return view > finalised.view && rounds[view]?.isCertified == true
    }

    func payload(of view: View) -> Digest? {
        view == finalised.view ? finalised.payload : rounds[view]?.block?.payload
    }

    func endsEpoch(_ view: View) -> Bool {
        view == finalised.view ? finalisedEndsEpoch : rounds[view]?.endsEpoch == true
    }

    /// The leader's first proposal of a view, its signature checked.
    func proposal(of view: View) -> Vote? {
        guard let stored = rounds[view]?[.notarise, validators.leader(of: view)], stored.isVerified else { return nil }
        return stored.vote
    }
}
