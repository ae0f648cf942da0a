import Consensus
import Execution
import LedgerModel
package import Primitives

/// Who votes, by which number, and how one epoch follows another (docs/protocol.md, "The end of an epoch").
extension ReplicaCore {
    /// A validator's place in this epoch's set; nil for a node that does not vote in it.
    func index(of node: NodeID) -> ReplicaIndex? {
        validators.departments.firstIndex(of: DepartmentID(node.rawValue)).map { ReplicaIndex(UInt16($0)) }
    }

    /// The node of a validator, which must be in this epoch's set.
    package func node(of index: ReplicaIndex) -> NodeID { NodeID(validators.departments[Int(index.rawValue)]) }

    func leader(of view: View) -> NodeID { node(of: voter.validators.leader(of: view)) }

    static func makeVoter(
        _ configuration: ReplicaConfiguration,
        validators: ValidatorSetRecord,
        parameters: ParametersRecord,
        signers: [any MessageSigner],
        restored: VoterRestoration,
        previousFinalisation: QuorumCertificate?
    ) -> Voter {
        let place = validators.departments.firstIndex { NodeID($0) == configuration.ownNode }
        let ownKey = place.map { validators.set.keys[$0] }
        // A node whose validator has another key than it holds says so, and does not vote.
        let signer = signers.first { $0.publicKey == ownKey } ?? signers.first
        return Voter(
            networkDigest: configuration.network,
            validators: validators.set,
            ownIndex: signer == nil ? nil : place.map { ReplicaIndex(UInt16($0)) },
            parameters: parameters.consensus,
            signer: signer,
            verifier: configuration.suite.verifier,
            restored: restored,
            previousFinalisation: previousFinalisation
        )
    }

    /// Goes into the next epoch once the last block of this one is final here.
    ///
    /// Nothing is journalled: the block is, and whoever starts anew on it begins at the same place. Where this process is behind
    /// an earlier one, the journal holds votes of the epoch that begins.
    mutating func beginNextEpoch(at now: StepTime) {
        guard chain.header.endsEpoch, chain.header.epoch == voter.validators.epoch else { return }
        do throws(LedgerReadError) {
            let state = chain.state(adding: [])
            validators = try state.validatorSet()
            parameters = try state.parameters()
        } catch {
            return effects.append(.stop(reason: "the store cannot be read: \(error.reason)"))
        }
        checks = [:]
        outlinesAskAgainAt = nil
        (votedTarget, provenTarget) = (nil, nil)
        finalisations = [:]
        outsidersAnsweredAt = [:]
        if let ahead = epochAhead, ahead <= validators.set.epoch { epochAhead = nil }
        (certifiedTip, certifiedTipView) = (chain.digest, .zero)
        let epoch = validators.set.epoch
        let records = laterRecords.filter { $0.epoch.map { $0 >= epoch } ?? true }
        laterRecords.removeAll { $0.epoch.map { $0 <= epoch } ?? true }
        voter = ReplicaCore.makeVoter(
            configuration,
            validators: validators,
            parameters: parameters,
            signers: signers,
            restored: VoterRestoration(
                records: records,
                lastFinalised: FinalisedPoint(epoch: epoch, view: .zero, payload: chain.digest),
                refusal: voter.lastingRefusal,
                // Whoever voted to the end of the last epoch cannot have voted in this one and forgotten it.
                requiresHearing: !voter.isVoting
            ),
            previousFinalisation: lastFinalisation ?? voter.finalisation
        )
        // The new voter knows nothing of the links and the pool yet.
        hadWork = false
        markInFlightStale()
        voterInputs = connectedInOrder.compactMap { index(of: $0) }.map { .connected($0) } + [.tick]
        tree.evict(before: Place(epoch: epoch, view: .zero))
        for digest in tree.digests(where: \.isCollecting) { advance(digest, at: now) }
    }

    // MARK: Nodes that do not vote

    mutating func greet(_ peer: NodeID) {
        if let index = index(of: peer) {
            voterInputs.append(.connected(index))
        } else if let finalisation = voter.finalisation {
            effects.append(.send(.consensus(.certificate(finalisation)), to: peer))
        }
    }

    mutating func receive(_ message: ConsensusMessage, from peer: NodeID, at now: StepTime) {
        if let index = index(of: peer) {
            voterInputs.append(.message(message, from: index))
        } else if message.epoch > voter.validators.epoch {
            noteAhead(message.epoch)
        } else if message.epoch < voter.validators.epoch, let finalisation = voter.previousFinalisation {
            // It was a validator, or has not heard that it is none yet.
            let pause = UInt64(parameters.consensus.deltaMilliseconds)
            if let last = outsidersAnsweredAt[peer], now.monotonic < last.adding(milliseconds: pause) { return }
            outsidersAnsweredAt[peer] = now.monotonic
            effects.append(.send(.consensus(.certificate(finalisation)), to: peer))
        }
    }

    /// A peer speaks of a later epoch: final blocks are asked for, until it is reached or nobody has any.
    mutating func noteAhead(_ epoch: Epoch) {
        guard epoch > voter.validators.epoch, epochAhead == nil else { return }
        epochAhead = epoch
        fruitlessAnswers = 0
    }
}
