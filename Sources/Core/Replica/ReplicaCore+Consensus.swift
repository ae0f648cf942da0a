import Consensus
import Execution
import LedgerModel
import Primitives

/// Between the voter and the blocks it votes on.
extension ReplicaCore {
    mutating func apply(_ effect: VoterEffect, at now: StepTime) {
        switch effect {
        case .journal(let record): effects.append(.journal(.consensus(record)))
        case .broadcast(let message): broadcast(message)
        case .send(let message, let peer): effects.append(.send(wrap(message), to: node(of: peer)))
        case .build(let request): build(request, at: now)
        case .check(let request): check(request, at: now)
        case .certified(let view, let payload): certified(payload, view: view)
        case .finalised(let certificate): finalised(certificate, at: now)
        case .equivocation(let evidence): effects.append(.equivocation(evidence))
        case .misbehaved(let peer, let reason):
            effects.append(.misbehaved(node(of: peer), reason: "\(reason)"))
        case .refusing(let reason): effects.append(.refusing(reason))
        case .entered(let view, _): entered(view)
        case .behind(let epoch, _): noteAhead(epoch)
        case .stopped(let reason): effects.append(.stop(reason: "consensus cannot go on: \(reason)"))
        // The final chain says the same, and `beginNextEpoch` follows it.
        case .epochEnded: break
        }
    }

    private mutating func entered(_ view: View) {
        markInFlightStale()
        if view.rawValue > ReplicaCore.viewsAheadMax {
            let oldest = View(view.rawValue - ReplicaCore.viewsAheadMax)
            tree.evict(before: Place(epoch: voter.validators.epoch, view: oldest))
        }
    }

    private mutating func broadcast(_ message: ConsensusMessage) {
        effects.append(.broadcast(wrap(message)))
    }

    /// A proposal travels with what it proposes.
    private func wrap(_ message: ConsensusMessage) -> PeerMessage {
        if case .proposal(let proposal) = message, let entry = tree[proposal.payload] {
            return .proposal(message, entry.outline)
        }
        return .consensus(message)
    }

    /// [PROPOSE]: chooses transactions and asks for their execution.
    private mutating func build(_ request: BuildRequest, at now: StepTime) {
        guard let own = voter.ownIndex, hasRoom, let state = state(after: request.parentPayload) else {
            voterInputs.append(.built(view: request.view, payload: nil, endsEpoch: false))
            return
        }
        // [TIME]: a leader whose clock is behind uses the parent's time and a millisecond.
        let earliest = state.header.timestamp.adding(milliseconds: 1)
        let timestamp = max(now.civil, earliest)
        var carried: Set<Digest> = []
        for layer in state.layers { carried.formUnion(layer.transactions.lazy.map(\.digest)) }
        let transactions =
            request.mayCarryTransactions
            ? pool.select(
                at: timestamp,
                lifetimeMilliseconds: parameters.transactionLifetimeMilliseconds,
                excluding: carried
            ) : []
        effects.append(
            .execute(
                ExecutionRequest(
                    purpose: .build(request.view),
                    state: state,
                    context: BlockContext(view: request.view, timestamp: timestamp, proposer: own),
                    transactions: transactions.map { .verified($0) }
                )
            )
        )
    }

    private mutating func check(_ request: CheckRequest, at now: StepTime) {
        if let header = chain.header(of: request.payload) {
            // Executed and checked before it became final. Another view, or another parent, does not make it good again: on
            // a node that has gone on since, a block that is proposed anew would have two successors.
            return answer(request, judge(header, for: request, at: now))
        }
        checks[request.payload, default: []].append(request)
        if request.purpose == .certify { tree[request.payload]?.isNamed = true }
        if tree[request.payload] == nil {
            let leader = leader(of: request.view)
            for peer in connectedInOrder where peer == leader || request.purpose == .certify {
                effects.append(.send(.outlineRequest(request.payload), to: peer))
            }
            if outlinesAskAgainAt == nil { outlinesAskAgainAt = now.monotonic.adding(milliseconds: 100) }
        }
        advance(request.payload, at: now)
        answerChecks(of: request.payload, at: now)
    }

    private mutating func answer(_ request: CheckRequest, _ outcome: CheckOutcome) {
        voterInputs.append(
            .checked(view: request.view, payload: request.payload, purpose: request.purpose, outcome: outcome)
        )
    }

    /// Answers what the voter waits for about a block, if the answer is known.
    mutating func answerChecks(of digest: Digest, at now: StepTime) {
        guard let waiting = checks[digest], let entry = tree[digest] else { return }
        for request in waiting {
            switch entry.stage {
            case .collecting, .executing: return
            case .invalid: answer(request, .invalid)
            case .executed(let block): answer(request, judge(block.header, for: request, at: now))
            }
        }
        checks[digest] = nil
    }

    private func judge(_ header: Header, for request: CheckRequest, at now: StepTime) -> CheckOutcome {
        // Only the last block of this epoch is proposed again, until it is final; that of the epoch before is view 0.
        guard header.epoch == voter.validators.epoch else { return .invalid }
        if !header.endsEpoch {
            if let parent = request.parentPayload, header.parent != parent { return .invalid }
            guard header.view == request.view else { return .invalid }
        }
        if request.purpose == .vote, let parent = state(after: header.parent)?.header {
            let ahead = UInt64(parameters.consensus.clockAheadMilliseconds)
            let latest = max(now.civil.adding(milliseconds: ahead), parent.timestamp.adding(milliseconds: 1))
            guard header.timestamp <= latest else { return .invalid }
        }
        return .valid(endsEpoch: header.endsEpoch)
    }

    private mutating func certified(_ payload: Digest, view: View) {
        // An older view may be certified after a newer one, on another branch.
        guard view >= certifiedTipView else { return }
        certifiedTip = payload
        certifiedTipView = view
        markInFlightStale()
    }

    /// Recomputes which transactions are on their way, if that has changed: those of the blocks up to the certified tip and
    /// those of the present view's block.
    ///
    /// A voter certifies a block, enters the next view and proposes in one step. Were the block's transactions still work
    /// then, each block would be followed by an empty one.
    mutating func refreshInFlight() {
        guard isInFlightStale else { return }
        isInFlightStale = false
        inFlight.removeAll(keepingCapacity: true)
        carriedCount = 0
        let view = voter.currentView
        let proposed = tree.digests { entry in
            let header = entry.outline.header
            return entry.executed != nil && header.view == view && header.parent == certifiedTip
        }
        guard let state = state(after: proposed.first ?? certifiedTip) else { return }
        for layer in state.layers where layer.header.height > chain.height {
            for transaction in layer.transactions {
                guard inFlight.insert(transaction.digest).inserted, pool[transaction.digest] != nil else { continue }
                carriedCount += 1
            }
        }
    }

    /// Says that the view, a block in it, the certified tip, the final chain or the pool has changed, so that something else
    /// may be on its way than `inFlight` says.
    mutating func markInFlightStale() {
        isInFlightStale = true
        isWorkDirty = true
    }
}
