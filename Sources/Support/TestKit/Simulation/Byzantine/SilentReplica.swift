import Primitives
import Replica

/// Says nothing, or speaks to some peers only.
struct SilentReplica: ByzantineBehaviour {
    let hearers: Set<UInt16>

    mutating func messages(
        replacing message: PeerMessage,
        to peer: ReplicaIndex,
        by traitor: Traitor
    ) -> [PeerMessage] {
        hearers.contains(peer.rawValue) ? [message] : []
    }
}
