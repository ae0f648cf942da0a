import Consensus
import Primitives
import Replica

/// Casts each vote together with one that contradicts it.
struct DoubleVoter: ByzantineBehaviour {
    private var lastBlock: Ballot?

    mutating func messages(
        replacing message: PeerMessage,
        to peer: ReplicaIndex,
        by traitor: Traitor
    ) -> [PeerMessage] {
        guard case .consensus(.vote(let vote)) = message, vote.signer == traitor.index else { return [message] }
        if vote.kind != .nullify { lastBlock = vote.ballot }
        let other = PeerMessage.consensus(.vote(traitor.vote(contradiction(of: vote.ballot, by: traitor))))
        switch (peer.rawValue + UInt16(truncatingIfNeeded: vote.view.rawValue)) % 3 {
        case 0: return [message, other]
        case 1: return [other, message]
        default: return [other]
        }
    }

    private func contradiction(of ballot: Ballot, by traitor: Traitor) -> Ballot {
        switch ballot.kind {
        case .notarise:
            .notarise(
                epoch: ballot.epoch,
                view: ballot.view,
                parentView: ballot.parentView,
                payload: traitor.digest(ballot.view.rawValue)
            )
        case .finalise: .nullify(epoch: ballot.epoch, view: ballot.view)
        case .nullify:
            .finalise(
                epoch: ballot.epoch,
                view: ballot.view,
                parentView: .zero,
                payload: lastBlock?.payload ?? traitor.digest(ballot.view.rawValue)
            )
        }
    }
}
