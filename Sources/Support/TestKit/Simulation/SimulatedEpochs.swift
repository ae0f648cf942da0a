import Consensus
import Execution
import LedgerModel
import Primitives

/// Who voted in which epoch, as the final blocks said.
struct SimulatedEpochs: Sendable {
    private(set) var sets: [ValidatorSetRecord]

    init(_ fixture: LedgerFixture) {
        guard let genesis = fixture.genesis.validatorSet else { preconditionFailure("a fixture has validators") }
        sets = [genesis]
    }

    /// Takes a final block in; the set that it made, if it is the last of its epoch and the first to be seen.
    mutating func noteFinal(_ block: ExecutedBlock) -> ValidatorSetRecord? {
        guard block.header.endsEpoch, Int(block.header.epoch.rawValue) + 1 == sets.count else { return nil }
        for case (_, .validatorSet(let set)) in block.records {
            sets.append(set)
            return set
        }
        return nil
    }

    /// The node behind a validator's number, or nil when there was no such epoch or validator.
    func node(_ validator: ReplicaIndex, in epoch: Epoch) -> Int? {
        guard epoch.rawValue < UInt64(sets.count) else { return nil }
        let departments = sets[Int(epoch.rawValue)].departments
        guard Int(validator.rawValue) < departments.count else { return nil }
        return SimulatedNode.index(NodeID(departments[Int(validator.rawValue)]))
    }
}

/// What the departments decide in a run.
enum SimulatedDecision: Sendable {
    case parameters(deltaMilliseconds: UInt32)
    case add(node: Int)
    case remove(node: Int)
    /// The node votes with its other key.
    case changeKey(node: Int)

    var name: String {
        switch self {
        case .parameters: "other parameters"
        case .add: "validator joins"
        case .remove: "validator leaves"
        case .changeKey: "voting key changes"
        }
    }
}

extension Simulation {
    /// Proposes a decision in the name of one department and approves it in the name of all others that have a say. It may
    /// come to nothing: what it asks for may not be possible any more.
    mutating func govern(_ index: Int) {
        let planned = plan.decisions[index]
        let departments = epochs.sets[epochs.sets.count - 1].departments
        guard let change = change(planned.decision), let proposer = departments.first else { return }
        let id = UInt64(1) << 40 | UInt64(index) << 8
        let expiry = civilTime.adding(milliseconds: fixture.parameters.transactionLifetimeMilliseconds / 2)
        let proposal = GovernanceProposal(changes: [change], closesAt: civilTime.adding(milliseconds: 86_400_000))
        let name = GovernanceProposal.identifier(
            author: proposer,
            id: LedgerFixture.transactionID(id),
            suite: fixture.suite
        )
        let vote = Payload.decideProposal(GovernanceVote(proposal: name, word: .approve))
        var transactions = [fixture.transaction(by: proposer, id: id, expiry: expiry, .propose(proposal))]
        for (place, department) in departments.dropFirst().enumerated() {
            transactions.append(
                fixture.transaction(by: department, id: id + 1 + UInt64(place), expiry: expiry, vote)
            )
        }
        tell("decision: \(planned.decision)")
        faultCounts["decision: \(planned.decision.name)", default: 0] += 1
        for node in nodes.indices where nodes[node].isUp && !nodes[node].isTraitor {
            let event = Event.admit(
                transactions.map(\.bytes),
                isLocal: true,
                node: node,
                incarnation: nodes[node].incarnation
            )
            queue.push(event, at: now + UInt64.random(in: nodes[node].machine.admission, using: &random))
        }
    }

    private func change(_ decision: SimulatedDecision) -> GovernanceChange? {
        let set = epochs.sets[epochs.sets.count - 1]
        func department(_ node: Int) -> DepartmentID { DepartmentID(SimulatedNode.identifier(node).rawValue) }
        func keys(_ node: Int) -> [PublicKey] { SimulatedNode.signers(fixture, node).map(\.publicKey) }
        switch decision {
        case .parameters(let delta):
            let old = plan.parameters.consensus
            return .setParameters(
                ParametersRecord(
                    transactionLifetimeMilliseconds: plan.parameters.transactionLifetimeMilliseconds,
                    consensus: ConsensusParameters(
                        deltaMilliseconds: delta,
                        retentionViews: old.retentionViews,
                        heartbeatMilliseconds: old.heartbeatMilliseconds,
                        clockAheadMilliseconds: old.clockAheadMilliseconds
                    )
                )
            )
        case .add(let node): return .addValidator(department: department(node), key: keys(node)[0])
        case .remove(let node): return .removeValidator(department: department(node))
        case .changeKey(let node):
            guard let place = set.departments.firstIndex(of: department(node)),
                let other = keys(node).first(where: { $0 != set.set.keys[place] })
            else { return nil }
            return .replaceValidatorKey(department: department(node), key: other)
        }
    }
}
