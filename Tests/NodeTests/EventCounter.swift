import Ports
import Primitives
import Synchronization

/// A sink that takes everything and remembers it.
final class EventCounter: Sendable {
    private let taken = Mutex<[LinkEvent]>([])

    func take(_ event: LinkEvent) -> Bool {
        taken.withLock { $0.append(event) }
        return true
    }

    var events: [LinkEvent] { taken.withLock { $0 } }

    func disconnections(from peer: NodeID) -> Int {
        events.count { if case .disconnected(peer, _) = $0 { true } else { false } }
    }
}
