import Primitives

/// Work, rest, timers and retries of the current view.
extension Voter {
    /// Everything that the current view asks of a validator.
    mutating func workOnCurrentView() {
        let view = currentView
        guard standing == .voting, !epochIsOver else {
            timersStartedAt = nil
            return
        }
        let isPressing = hasPressingWork()
        guard isPressing || hasOwnVote else {
            timersStartedAt = nil
            return
        }
        if timersStartedAt == nil {
            timersStartedAt = now
            if mayNullify(view), isLeaderSkipped() {
                skippedViews += 1
                counters.skippedLeaders += 1
                return nullify()
            }
        }
        if ownVote(.nullify, in: view) != nil { return repeatNullify(isPressing: isPressing) }
        if nullifiesAtOnce() { return nullify() }
        if ownVote(.notarise, in: view) == nil {
            if leader == ownIndex { propose() } else { considerProposal() }
        }
        guard view == currentView, mayNullify(view) else { return }
        if let viewDeadline, now >= viewDeadline { nullify() }
    }

    private func mayNullify(_ view: View) -> Bool {
        ownVote(.nullify, in: view) == nil && ownVote(.finalise, in: view) == nil
    }

    /// Whether waiting for the timer is of no use: the leader gave up or contradicted itself, or its block is bad.
    private mutating func nullifiesAtOnce() -> Bool {
        let view = currentView
        guard let round = rounds[view] else { return false }
        if round[.nullify, leader] != nil, verifyStored(.nullify, leader, in: view) { return true }
        if round.certification == .refused { return true }
        return round.contradicted.contains(leader) && ownVote(.notarise, in: view) == nil
    }

    // MARK: [IDLE]

    /// Whether we have voted in the current view, which is work too: others may wait for the vote.
    private var hasOwnVote: Bool {
        VoteKind.allCases.contains { ownVote($0, in: currentView) != nil }
    }

    /// Whether there is anything to do in the current view beside our own vote. A ledger at rest must rest.
    private mutating func hasPressingWork() -> Bool {
        if hasTransactions || heartbeatIsDue || certifiedHead > finalised.view { return true }
        guard let round = rounds[currentView] else { return false }
        // Others are at work here already: the leader's word or a quorum's.
        if round[.notarise, leader] != nil || round[.nullify, leader] != nil || round.block != nil { return true }
        return hasNullifiesOfOthers(round)
    }

    /// Whether f+1 others nullified the current view, so that an honest one has work that we do not see.
    private mutating func hasNullifiesOfOthers(_ round: Round) -> Bool {
        let view = currentView
        let signers = validators.indices.filter { $0 != ownIndex && round[.nullify, $0] != nil }
        guard signers.count > validators.faultsMax else { return false }
        return signers.filter { verifyStored(.nullify, $0, in: view) }.count > validators.faultsMax
    }

    /// Whether the last final block is so old that an empty one is due.
    var heartbeatIsDue: Bool {
        guard let heartbeatAt else { return false }
        return now >= heartbeatAt
    }

    private var heartbeatAt: MonotonicTime? {
        guard parameters.heartbeatMilliseconds > 0 else { return nil }
        return finalisedAt.adding(milliseconds: UInt64(parameters.heartbeatMilliseconds))
    }

    // MARK: [SKIP]

    /// Whether the leader has been silent for so long, while a quorum was active, that its view gets no waiting time.
    private mutating func isLeaderSkipped() -> Bool {
        let count = UInt64(validators.count)
        let view = currentView.rawValue
        let silentSpan = ConsensusLimits.silentTurnsMax * count
        guard leader != ownIndex, view > silentSpan, rounds[currentView]?[.notarise, leader] == nil else {
            return false
        }
        // Someone who came back must be able to show it.
        guard (view / count) % ConsensusLimits.fullTurnPeriod != ConsensusLimits.fullTurnPeriod - 1 else {
            return false
        }
        let since = View(view - silentSpan)
        let place = Int(leader.rawValue)
        guard heard[place].verifiedIn < since else { return false }
        if let candidate = heard[place].candidate, candidate.seenIn >= since {
            heard[place].candidate = nil
            if hasGoodSignature(candidate.vote) {
                heard[place].verifiedIn = candidate.seenIn
                return false
            }
        }
        // With a quorum active, at most f can be silent.
        let activeCount = validators.indices.filter { index in
            let other = heard[Int(index.rawValue)]
            return index == ownIndex || other.verifiedIn >= since || (other.candidate?.seenIn ?? .zero) >= since
        }.count
        return activeCount >= validators.quorum
    }

    // MARK: Timers

    /// min(2^k, 64), where k counts the views since the last certified one, skipped ones left out ([ENTER]).
    private var timerFactor: UInt64 {
        let base = max(certifiedHead, finalised.view).rawValue
        let passed = currentView.rawValue > base ? currentView.rawValue - base - 1 : 0
        let counted = passed > skippedViews ? passed - skippedViews : 0
        return 1 << min(counted, ConsensusLimits.timerExponentMax)
    }

    /// When the current view is given up: 2Δ without a proposal, 3Δ with one, grown by the factor.
    private var viewDeadline: MonotonicTime? {
        guard let timersStartedAt else { return nil }
        let round = rounds[currentView]
        let isProposalHere = round?[.notarise, leader] != nil || round?.block != nil
        let count = isProposalHere ? ConsensusLimits.viewTimerDeltas : ConsensusLimits.leaderTimerDeltas
        return timersStartedAt.adding(nanoseconds: deltas(count * timerFactor))
    }

    /// [NULLIFY]: says it again to all peers, and to our own counter, with the certificate that let us in.
    ///
    /// While nobody has work and nobody else wants to leave the view, as after the block that we missed became final, the
    /// retries grow apart: a ledger at rest must rest. The first work brings them back.
    private mutating func repeatNullify(isPressing: Bool) {
        if isPressing, lonelyRetries > 0 {
            lonelyRetries = 0
            retryAt = nil
        }
        if let retryAt, now < retryAt { return }
        guard let vote = ownVote(.nullify, in: currentView) else { return }
        let factor: UInt64 = 1 << min(lonelyRetries, ConsensusLimits.timerExponentMax)
        retryAt = now.adding(nanoseconds: deltas(ConsensusLimits.retryDeltas * factor))
        if !isPressing { lonelyRetries += 1 }
        if let entryCertificate { effects.append(.broadcast(.certificate(entryCertificate))) }
        effects.append(.broadcast(.vote(vote)))
        form(vote.ballot)
    }

    /// When the next tick is due: the earliest moment at which a rule could say something new.
    func nextDeadline() -> MonotonicTime? {
        var moments: [MonotonicTime?] = []
        if case .hearing = standing {
            moments.append(hearingAskedAt?.adding(nanoseconds: deltas(ConsensusLimits.retryDeltas)))
        }
        if !missing.isEmpty { moments.append(requestedAt?.adding(nanoseconds: deltas(1))) }
        if standing == .voting, !epochIsOver {
            moments.append(heartbeatAt)
            if timersStartedAt != nil {
                if ownVote(.nullify, in: currentView) != nil {
                    moments.append(retryAt)
                } else {
                    moments.append(viewDeadline)
                    if leader == ownIndex, ownVote(.notarise, in: currentView) == nil { moments.append(emptyBlockAt) }
                }
            }
        }
        // What is past was acted on in this turn.
        let present = now
        return moments.compactMap { $0 }.filter { $0 > present }.min()
    }
}
