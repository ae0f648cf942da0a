import Ports
import Primitives
import Synchronization

/// A sink that remembers what it took, and says "not now" when told to.
final class EventLog: Sendable {
    private struct State {
        var events: [LinkEvent] = []
        var isBusy: @Sendable (LinkEvent) -> Bool = { _ in false }
    }

    private let state = Mutex(State())

    func take(_ event: LinkEvent) -> Bool {
        state.withLock { state in
            if state.isBusy(event) { return false }
            state.events.append(event)
            return true
        }
    }

    /// Makes the sink say "not now" to these events.
    func setBusy(_ isBusy: @escaping @Sendable (LinkEvent) -> Bool) { state.withLock { $0.isBusy = isBusy } }

    var events: [LinkEvent] { state.withLock { $0.events } }

    /// The frames from `peer`, in order.
    func frames(from peer: NodeID) -> [[UInt8]] {
        events.compactMap { event in
            if case .received(let frame, peer) = event { frame } else { nil }
        }
    }

    func frameCount(from peer: NodeID) -> Int {
        state.withLock { state in
            state.events.count { if case .received(_, peer) = $0 { true } else { false } }
        }
    }

    /// Waits until there is such an event.
    func event(where isWanted: @escaping (LinkEvent) -> Bool) async -> Bool {
        await holds { self.events.contains(where: isWanted) }
    }

    func event(_ event: LinkEvent) async -> Bool { await self.event { $0 == event } }
}

/// Waits until `condition` holds, 20 seconds at most.
func holds(_ condition: () -> Bool) async -> Bool {
    let deadline = ContinuousClock.now + .seconds(20)
    while !condition() {
        guard ContinuousClock.now < deadline else { return false }
        // Ends early only with the test's task.
        try? await Task.sleep(for: .milliseconds(1))
    }
    return true
}
