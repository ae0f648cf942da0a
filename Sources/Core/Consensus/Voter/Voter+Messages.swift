import Primitives

/// Admission of messages, docs/protocol.md [ADMIT], and the answers that keep others up, [ANSWER].
extension Voter {
    mutating func receive(_ message: ConsensusMessage, from peer: ReplicaIndex) {
        guard validators.contains(peer), peer != ownIndex else {
            counters.droppedUnknownSender += 1
            return
        }
        guard isOfOurEpoch(message, from: peer) else { return }
        switch message {
        case .vote(let vote): receive(vote, from: peer)
        case .proposal(let proposal):
            guard proposal.vote.signer == validators.leader(of: proposal.view) else {
                return misbehaved(peer, .notLeader)
            }
            receive(proposal.vote, from: peer)
        case .certificate(let certificate): receive(certificate, from: peer)
        case .certificateRequest(let request): answer(request, from: peer)
        case .echoRequest: answerEchoRequest(from: peer)
        case .echo(let echo): hear(echo, from: peer)
        }
    }

    /// An older epoch is answered with the finalisation that ended it; a newer one starts catch-up.
    private mutating func isOfOurEpoch(_ message: ConsensusMessage, from peer: ReplicaIndex) -> Bool {
        if message.epoch == validators.epoch { return true }
        counters.droppedOtherEpoch += 1
        let isNewer = message.epoch > validators.epoch
        guard isPastDue(answered[Int(peer.rawValue)].askedAt, every: deltas(1)) else { return false }
        if isNewer {
            answered[Int(peer.rawValue)].askedAt = now
            effects.append(.behind(epoch: message.epoch, peer: peer))
        } else if let previousFinalisation {
            answered[Int(peer.rawValue)].askedAt = now
            effects.append(.send(.certificate(previousFinalisation), to: peer))
        }
        return false
    }

    private mutating func receive(_ vote: Vote, from peer: ReplicaIndex) {
        guard vote.signer == peer else { return misbehaved(peer, .foreignVote) }
        guard vote.ballot.isWellFormed else { return misbehaved(peer, .malformed) }
        heard[Int(peer.rawValue)].candidate = (vote, currentView)
        if showsLag(vote) { sendPosition(to: peer) }
        guard vote.view >= retentionFloor else {
            counters.droppedBelow += 1
            return
        }
        guard vote.view <= currentView.next else {
            counters.droppedAhead += 1
            return askPosition(of: peer)
        }
        noteNewest(vote)
        store(vote, from: peer)
    }

    private mutating func receive(_ certificate: QuorumCertificate, from peer: ReplicaIndex) {
        guard certificate.ballot.isWellFormed else { return misbehaved(peer, .malformed) }
        // What lies at or below the last final view changes nothing any more.
        guard certificate.view > finalised.view else {
            counters.droppedBelow += 1
            return
        }
        guard rounds[certificate.view]?[certificate.kind] == nil else {
            counters.droppedKnown += 1
            return
        }
        guard isProven(certificate) else { return misbehaved(peer, .badCertificate) }
        for vote in certificate.votes { storeProven(vote) }
        accept(certificate)
    }

    /// The lowest view whose votes are still taken: last finalised - retention, from 1.
    var retentionFloor: View {
        let kept = UInt64(parameters.retentionViews)
        return View(max(1, finalised.view.rawValue > kept ? finalised.view.rawValue - kept : 1))
    }

    mutating func misbehaved(_ peer: ReplicaIndex, _ what: Misbehaviour) {
        effects.append(.misbehaved(peer, what))
    }

    // MARK: Answers

    /// Whether a vote says that its signer is behind. A notarise of the view just left and the finalises of the two
    /// before are ordinary latecomers: their signers have moved on, or will be told by the certificate on its way.
    private func showsLag(_ vote: Vote) -> Bool {
        let view = vote.view.rawValue
        switch vote.kind {
        case .nullify: return view < currentView.rawValue
        case .notarise: return view + 1 < currentView.rawValue
        case .finalise: return view + 2 < currentView.rawValue
        }
    }

    /// Sends what lets a peer catch up with us: at most once per Δ, or when we have moved on since.
    private mutating func sendPosition(to peer: ReplicaIndex) {
        let place = Int(peer.rawValue)
        guard isPastDue(answered[place].positionAt, every: deltas(1)) || answered[place].positionView != currentView
        else {
            counters.droppedOverRate += 1
            return
        }
        answered[place].positionAt = now
        answered[place].positionView = currentView
        if let finalisation { effects.append(.send(.certificate(finalisation), to: peer)) }
        if let entryCertificate, entryCertificate != finalisation {
            effects.append(.send(.certificate(entryCertificate), to: peer))
        }
    }

    /// Asks a peer that is ahead of us where it stands.
    private mutating func askPosition(of peer: ReplicaIndex) {
        let place = Int(peer.rawValue)
        guard isPastDue(answered[place].askedAt, every: deltas(1)) else { return }
        answered[place].askedAt = now
        let request = CertificateRequest(epoch: validators.epoch, finalisedView: finalised.view)
        effects.append(.send(.certificateRequest(request), to: peer))
    }

    private mutating func answer(_ request: CertificateRequest, from peer: ReplicaIndex) {
        let place = Int(peer.rawValue)
        let count = request.notarisations.count + request.nullifications.count
        guard count <= ConsensusLimits.certificateRequestViewsMax else { return misbehaved(peer, .malformed) }
        guard isPastDue(answered[place].requestAt, every: deltas(1) / 4) else {
            counters.droppedOverRate += 1
            return
        }
        answered[place].requestAt = now
        if let finalisation, finalisation.view > request.finalisedView {
            effects.append(.send(.certificate(finalisation), to: peer))
        }
        if count == 0, let entryCertificate, entryCertificate != finalisation {
            effects.append(.send(.certificate(entryCertificate), to: peer))
        }
        let known =
            request.notarisations.compactMap { rounds[$0]?[.notarise] }
            + request.nullifications.compactMap { rounds[$0]?[.nullify] }
        for certificate in known { effects.append(.send(.certificate(certificate), to: peer)) }
    }

    private mutating func answerEchoRequest(from peer: ReplicaIndex) {
        let place = Int(peer.rawValue)
        guard isPastDue(answered[place].requestAt, every: deltas(1) / 4) else {
            counters.droppedOverRate += 1
            return
        }
        answered[place].requestAt = now
        echo(to: peer)
    }

    /// A link came up: where we stand, our votes that are not yet decided, and what a start needs.
    mutating func greet(_ peer: ReplicaIndex) {
        guard validators.contains(peer), peer != ownIndex else { return }
        answered[Int(peer.rawValue)] = Answered()
        sendPosition(to: peer)
        if case .hearing = standing { effects.append(.send(.echoRequest(validators.epoch), to: peer)) }
        guard standing == .voting else { return }
        for vote in undecidedOwnVotes { effects.append(.send(message(for: vote), to: peer)) }
    }

    mutating func forget(_ peer: ReplicaIndex) {
        guard validators.contains(peer) else { return }
        answered[Int(peer.rawValue)] = Answered()
    }

    /// A vote as it travels: the leader's notarise is its proposal.
    func message(for vote: Vote) -> ConsensusMessage {
        guard vote.signer == validators.leader(of: vote.view), let proposal = Proposal(vote: vote) else {
            return .vote(vote)
        }
        return .proposal(proposal)
    }

    func isPastDue(_ last: MonotonicTime?, every nanoseconds: UInt64) -> Bool {
        guard let last else { return true }
        return now.since(last) >= nanoseconds
    }
}
