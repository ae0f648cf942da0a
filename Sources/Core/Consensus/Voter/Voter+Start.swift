import Primitives

/// Starting from the journal, and the hearing before the first vote.
extension Voter {
    /// Takes the journal's records in. One of a later epoch says that this one was over, and a cut of the journal may have dropped
    /// what was voted in it: then nothing is voted in it any more.
    mutating func restore(_ records: [JournalRecord]) {
        let epoch = validators.epoch
        for record in records {
            switch record {
            case .vote(let vote) where vote.epoch == epoch && vote.signer == ownIndex:
                withRound(vote.view) { $0[vote.kind, vote.signer] = Round.StoredVote(vote: vote, isVerified: true) }
                noteNewest(vote)
                currentView = max(currentView, vote.view)
            case .certificate(let certificate) where certificate.epoch == epoch:
                restore(certificate)
            case .certification(let certification) where certification.epoch == epoch:
                certifiedBefore[certification.view] = certification.payload
            case .floor(let floorEpoch, let view) where floorEpoch == epoch:
                floor = max(floor, view)
                currentView = max(currentView, view.next)
            case .vote, .certificate, .certification, .floor, .refused:
                if let later = record.epoch, later > epoch { floor = View(.max) }
            }
        }
    }

    private mutating func restore(_ certificate: QuorumCertificate) {
        let view = certificate.view
        withRound(view) { $0[certificate.kind] = certificate }
        for vote in certificate.votes { noteNewest(vote) }
        // A notarisation alone lets us into its own view: whether the block is valid has to be found again.
        let entered = certificate.kind == .notarise ? view : view.next
        if entered >= currentView {
            currentView = entered
            entryCertificate = certificate
        }
        if certificate.kind == .finalise, view > finalised.view {
            finalised = FinalisedPoint(epoch: certificate.epoch, view: view, payload: certificate.payload)
            finalisation = certificate
            finalisedIsExecuted = false
        }
    }

    /// The first turn: says where we stand and asks again for what a crash took.
    mutating func begin() {
        hasBegun = true
        finalisedAt = now
        if let startRefusal { effects.append(.refusing(startRefusal)) }
        if !finalisedIsExecuted, let finalisation { effects.append(.finalised(finalisation)) }
        uncertified = rounds.keys.filter { view in
            rounds[view]?.block != nil && (view > finalised.view || (view == finalised.view && !finalisedIsExecuted))
        }.sorted()
        effects.append(.entered(view: currentView, leader: leader))
    }

    // MARK: Hearing

    /// Asks all peers for the votes of ours that they hold, and again while too few have answered.
    mutating func askForHearing() {
        guard case .hearing = standing else { return }
        guard isPastDue(hearingAskedAt, every: deltas(ConsensusLimits.retryDeltas)) else { return }
        hearingAskedAt = now
        effects.append(.broadcast(.echoRequest(validators.epoch)))
    }

    /// Answers a validator that has just started.
    mutating func echo(to peer: ReplicaIndex) {
        let votes = VoteKind.allCases.compactMap { newestVotes[newestPlace($0, peer)] }
        effects.append(.send(.echo(VoteEcho(epoch: validators.epoch, votes: votes)), to: peer))
    }

    /// Takes a peer's echo in: a vote above the floor that the journal lacks ends our voting.
    mutating func hear(_ echo: VoteEcho, from peer: ReplicaIndex) {
        guard let ownIndex, echo.votes.count <= ConsensusLimits.echoVotesMax else { return }
        for vote in echo.votes {
            guard vote.signer == ownIndex, vote.epoch == validators.epoch, vote.ballot.isWellFormed else {
                return misbehaved(peer, .malformed)
            }
            guard isUnknownOwnVote(vote) else { continue }
            guard hasGoodSignature(vote) else { return misbehaved(peer, .badSignature) }
            return refuse(.unknownOwnVote(vote))
        }
        guard case .hearing(var heard) = standing else { return }
        heard.insert(peer)
        // With ourselves that is a quorum, which shares an honest validator with every quorum that counted a vote of ours.
        hasChanged = true
        guard heard.count >= validators.quorum - 1 else {
            standing = .hearing(heard: heard)
            return
        }
        standing = .voting
        for vote in undecidedOwnVotes { effects.append(.broadcast(message(for: vote))) }
    }

    /// Our votes in views that are not final: what peers may not have heard before the crash.
    var undecidedOwnVotes: [Vote] {
        rounds.keys.filter { $0 > finalised.view }.sorted().flatMap { view in
            VoteKind.allCases.compactMap { ownVote($0, in: view) }
        }
    }

    /// Whether a vote in our name is above the floor and not among those we remember.
    func isUnknownOwnVote(_ vote: Vote) -> Bool {
        guard vote.view > floor, vote.view >= prunedBelow else { return false }
        return ownVote(vote.kind, in: vote.view)?.ballot != vote.ballot
    }

    func newestPlace(_ kind: VoteKind, _ signer: ReplicaIndex) -> Int {
        Int(kind.rawValue) * validators.count + Int(signer.rawValue)
    }

    /// Remembers a vote for echoes, if it is the newest of its kind and signer.
    mutating func noteNewest(_ vote: Vote) {
        guard validators.contains(vote.signer) else { return }
        let place = newestPlace(vote.kind, vote.signer)
        if let newest = newestVotes[place], newest.view >= vote.view { return }
        newestVotes[place] = vote
    }

    // MARK: Cutting the journal

    /// The records that a new journal must begin with when the old one is cut at the last final view: the floor, a refusal, the
    /// finalisation that ended the epoch before, the newest finalisation, and votes, certificates and certifications above it.
    package var journalSnapshot: [JournalRecord] {
        var records: [JournalRecord] = [.floor(epoch: validators.epoch, view: max(floor, finalised.view))]
        if let lastingRefusal { records.append(.refused(lastingRefusal)) }
        // A store that has not come to the end of that epoch is led there by it.
        if let previousFinalisation { records.append(.certificate(previousFinalisation)) }
        if let finalisation, finalisation.epoch == validators.epoch { records.append(.certificate(finalisation)) }
        for view in rounds.keys.sorted() where view > finalised.view {
            guard let round = rounds[view] else { continue }
            for kind in VoteKind.allCases {
                if let certificate = round[kind] { records.append(.certificate(certificate)) }
                if let vote = ownVote(kind, in: view) { records.append(.vote(vote)) }
            }
            if case .certified(let endsEpoch) = round.certification, let block = round.block {
                let epoch = validators.epoch
                records.append(
                    .certification(
                        Certification(epoch: epoch, view: view, payload: block.payload, endsEpoch: endsEpoch)
                    )
                )
            }
        }
        return records
    }
}
