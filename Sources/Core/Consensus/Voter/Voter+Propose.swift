import Primitives

/// Proposing and notarising in the current view.
extension Voter {
    /// [PROPOSE]: extends the highest certified block.
    mutating func propose() {
        let parent = certifiedHead
        guard rounds[currentView]?.buildParent == nil else { return }
        // The last final block is not executed here yet: nothing can be built before it is.
        guard isCertified(parent), let parentPayload = payload(of: parent) else { return }
        guard holdsNullifications(between: parent, and: currentView, from: nil) else { return }
        if endsEpoch(parent) {
            withRound(currentView) { $0.valid = (parentPayload, true) }
            return castNotarise(parentView: parent, payload: parentPayload)
        }
        let mayCarryTransactions = nonFinalBlockCount(from: parent) < ConsensusLimits.nonFinalBlocksMax
        // [IDLE]: if a non-final ancestor is all there is to do, its finalises are given Δ to arrive. Such an ancestor
        // will be a heartbeat itself, so it is not followed by another at once.
        let hasReason = hasTransactions && mayCarryTransactions
        if !hasReason, parent > finalised.view, let emptyBlockAt, now < emptyBlockAt { return }
        withRound(currentView) { $0.buildParent = parent }
        effects.append(
            .build(
                BuildRequest(
                    view: currentView,
                    parentView: parent,
                    parentPayload: parentPayload,
                    mayCarryTransactions: mayCarryTransactions
                )
            )
        )
    }

    /// When a leader with no transactions proposes an empty block.
    var emptyBlockAt: MonotonicTime? { timersStartedAt?.adding(nanoseconds: deltas(1)) }

    /// The answer to `.build`.
    mutating func finishBuild(_ view: View, payload: Digest?, endsEpoch: Bool) {
        guard view == currentView, let parent = rounds[view]?.buildParent, ownVote(.notarise, in: view) == nil else {
            return
        }
        guard standing == .voting else { return }
        guard let payload else { return nullify() }
        guard parent >= finalised.view else {
            // Another block became final meanwhile: build anew upon it.
            withRound(view) { $0.buildParent = nil }
            return
        }
        withRound(view) { $0.valid = (payload, endsEpoch) }
        castNotarise(parentView: parent, payload: payload)
    }

    /// [NOTARISE-ONCE]: supports the leader's first proposal if everything about it is in order.
    mutating func considerProposal() {
        let view = currentView
        guard let proposal = proposal(of: view), let round = rounds[view] else { return }
        let parent = proposal.parentView
        guard parent >= finalised.view, round.proposalCheck != .refused else { return nullify() }
        guard isCertified(parent) else {
            if parent > finalised.view, rounds[parent]?[.notarise] == nil {
                missing.notarisations.insert(parent)
                missing.holder = proposal.signer
            } else if rounds[parent]?.certification == .refused {
                nullify()
            }
            return
        }
        guard holdsNullifications(between: parent, and: view, from: proposal.signer) else { return }
        guard let parentPayload = payload(of: parent) else { return }
        if endsEpoch(parent) || parentPayload == proposal.payload {
            guard endsEpoch(parent), parentPayload == proposal.payload else { return nullify() }
            // The same block again, already executed here; [TIME] is not asked a second time.
            withRound(view) { $0.valid = (parentPayload, true) }
            return castNotarise(parentView: parent, payload: parentPayload)
        }
        switch round.proposalCheck {
        case .none:
            // A notarised block needs no further vote: it is being certified, which asks less.
            guard round[.notarise] == nil else { return }
            withRound(view) { $0.proposalCheck = .asked }
            let request = CheckRequest(
                view: view,
                parentView: parent,
                payload: proposal.payload,
                parentPayload: parentPayload,
                purpose: .vote
            )
            effects.append(.check(request))
        case .valid: castNotarise(parentView: parent, payload: proposal.payload)
        case .asked, .refused: break
        }
    }

    private mutating func castNotarise(parentView: View, payload: Digest) {
        cast(.notarise(epoch: validators.epoch, view: currentView, parentView: parentView, payload: payload))
    }

    /// Whether every view strictly between two is nullified here; what is missing is asked for.
    private mutating func holdsNullifications(between low: View, and high: View, from holder: ReplicaIndex?) -> Bool {
        var view = low.next
        var isComplete = true
        while view < high, missing.nullifications.count < ConsensusLimits.certificateRequestViewsMax {
            if rounds[view]?[.nullify] == nil {
                missing.nullifications.insert(view)
                missing.holder = holder
                isComplete = false
            }
            view = view.next
        }
        return isComplete
    }

    /// How many blocks stand between the last final one and `view`'s, itself included; counted up to the limit.
    private func nonFinalBlockCount(from view: View) -> Int {
        var view = view
        var count = 0
        while view > finalised.view, count < ConsensusLimits.nonFinalBlocksMax, let block = rounds[view]?.block {
            count += 1
            view = block.parentView
        }
        return count
    }

    /// Asks for certificates that a rule waits for: their surest holder first, then everyone.
    mutating func requestMissing() {
        guard !missing.isEmpty else {
            requestedAt = nil
            return
        }
        let isFirst = requestedAt == nil
        guard isPastDue(requestedAt, every: deltas(1)) else { return }
        requestedAt = now
        let request = missing.request(epoch: validators.epoch, finalisedView: finalised.view)
        if isFirst, let holder = missing.holder {
            effects.append(.send(.certificateRequest(request), to: holder))
        } else {
            effects.append(.broadcast(.certificateRequest(request)))
        }
    }
}
