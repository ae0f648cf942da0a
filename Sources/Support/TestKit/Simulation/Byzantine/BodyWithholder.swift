import Primitives
import Replica

/// Proposes and votes, but keeps transactions and blocks to itself.
struct BodyWithholder: ByzantineBehaviour {
    mutating func messages(
        replacing message: PeerMessage,
        to peer: ReplicaIndex,
        by traitor: Traitor
    ) -> [PeerMessage] {
        switch message {
        case .bodies, .transactions, .outline, .blocks: []
        default: [message]
        }
    }
}
