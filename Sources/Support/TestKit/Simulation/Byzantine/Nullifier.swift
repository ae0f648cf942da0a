import Consensus
import Primitives
import Replica

/// Nullifies every view, also those that it has just proposed or voted in.
struct Nullifier: ByzantineBehaviour {
    mutating func messages(
        replacing message: PeerMessage,
        to peer: ReplicaIndex,
        by traitor: Traitor
    ) -> [PeerMessage] {
        switch message {
        case .consensus(.vote(let vote)) where vote.signer == traitor.index: [nullify(vote.view, by: traitor)]
        case .proposal(.proposal(let proposal), _): [nullify(proposal.view, by: traitor)]
        default: [message]
        }
    }

    mutating func unasked(by traitor: Traitor, _ random: inout SeededRandom) -> [PeerMessage] {
        [nullify(traitor.view, by: traitor), nullify(traitor.view.next, by: traitor)]
    }

    private func nullify(_ view: View, by traitor: Traitor) -> PeerMessage {
        .consensus(.vote(traitor.vote(.nullify(epoch: traitor.validators.epoch, view: view))))
    }
}
