import Primitives
import Replica

/// Sends again what it sent long ago.
struct Replayer: ByzantineBehaviour {
    private var sent: [PeerMessage] = []

    mutating func messages(
        replacing message: PeerMessage,
        to peer: ReplicaIndex,
        by traitor: Traitor
    ) -> [PeerMessage] {
        if sent.count < 400 { sent.append(message) }
        return [message]
    }

    mutating func unasked(by traitor: Traitor, _ random: inout SeededRandom) -> [PeerMessage] {
        (0..<20).compactMap { _ in sent.randomElement(using: &random) }
    }
}
