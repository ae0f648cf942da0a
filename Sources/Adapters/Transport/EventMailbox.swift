import DequeModule
package import Ports
package import Primitives

/// One peer's events in order, and those among them that the sink did not take yet.
///
/// It holds two events of the link's coming and going and one frame at most: its link stops reading meanwhile.
package struct EventMailbox {
    private let sink: LinkEventSink
    private var held: Deque<LinkEvent> = []

    package init(sink: @escaping LinkEventSink) {
        self.sink = sink
    }

    /// Whether the sink has taken everything.
    package var isEmpty: Bool { held.isEmpty }

    /// Offers the event, after those held.
    /// - Returns: Whether everything was taken.
    package mutating func offer(_ event: LinkEvent) -> Bool {
        if held.isEmpty, sink(event) { return true }
        held.append(event)
        return held.count == 1 ? false : offerHeld()
    }

    /// Offers what is held again.
    /// - Returns: Whether everything was taken.
    package mutating func offerHeld() -> Bool {
        while let event = held.first {
            guard sink(event) else { return false }
            held.removeFirst()
        }
        return true
    }

    /// Notes that the link ended: frames not taken are lost, and a link that nobody heard of has not been.
    /// - Returns: Whether everything was taken.
    package mutating func linkEnded(_ peer: NodeID, _ reason: LinkEnd) -> Bool {
        held.removeAll { event in
            if case .received = event { true } else { false }
        }
        if held.last == .connected(peer) {
            held.removeLast()
        } else {
            held.append(.disconnected(peer, reason))
        }
        return offerHeld()
    }
}
