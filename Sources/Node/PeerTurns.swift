import DequeModule
import Primitives
import Synchronization

/// Jobs for peers, done in turn, one of each: who asks for much waits for itself.
///
/// How many wait is bounded by `PeerShares`.
final class PeerTurns: Sendable {
    private struct State {
        var jobs: [NodeID: Deque<@Sendable () -> Void>] = [:]
        /// Peers with jobs, the next one first.
        var order: Deque<NodeID> = []
    }

    private let state = Mutex(State())
    private let queue: WorkQueue

    init(threads: Int) { queue = WorkQueue(threads: threads) }

    func submit(for peer: NodeID, _ job: @escaping @Sendable () -> Void) {
        state.withLock { state in
            if state.jobs[peer, default: []].isEmpty { state.order.append(peer) }
            state.jobs[peer, default: []].append(job)
        }
        queue.submit { [self] in next()?() }
    }

    private func next() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard let peer = state.order.popFirst() else { return nil }
            let job = state.jobs[peer]?.popFirst()
            if state.jobs[peer]?.isEmpty == false { state.order.append(peer) }
            return job
        }
    }

    func close() { queue.close() }
}
