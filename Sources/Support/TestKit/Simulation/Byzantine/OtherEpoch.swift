import Consensus
import Primitives
import Replica

/// Speaks of a later epoch, in votes, questions and certificates.
struct OtherEpoch: ByzantineBehaviour {
    mutating func messages(
        replacing message: PeerMessage,
        to peer: ReplicaIndex,
        by traitor: Traitor
    ) -> [PeerMessage] {
        guard case .consensus(.vote(let vote)) = message, vote.signer == traitor.index else { return [message] }
        return [message, .consensus(.vote(traitor.vote(.nullify(epoch: Epoch(1), view: vote.view))))]
    }

    mutating func unasked(by traitor: Traitor, _ random: inout SeededRandom) -> [PeerMessage] {
        let later = Epoch(UInt64.random(in: 1...9, using: &random))
        return [
            .consensus(.certificateRequest(CertificateRequest(epoch: later, finalisedView: .zero))),
            .consensus(.echoRequest(later)),
            .consensus(.vote(traitor.vote(.notarise(epoch: later, view: View(1), parentView: .zero, payload: .zero)))),
        ]
    }
}
