import DequeModule
import NIOCore
import Ports
import Primitives
import Synchronization

/// Frames on their way from the callers of `send` to the event loop: one bounded queue per connected peer.
///
/// One lock and one wake-up for all of them: a broadcast to thirty peers wakes the event loop once.
final class OutgoingQueues: Sendable {
    enum Admission {
        case queued
        case full
        case notConnected
        case unsendable
    }

    private struct Queue {
        var frames: Deque<[UInt8]> = []
        /// With the headers.
        var byteCount = 0
    }

    private struct State {
        /// Of connected peers only.
        var queues: [NodeID: Queue] = [:]
        /// Peers with frames that the event loop was not told about.
        var changed: [NodeID] = []
        var isWakePending = false
        var wake: (@Sendable () -> Void)?
    }

    private let settings: LinkSettings
    private let known: Set<NodeID>
    private let state = Mutex(State())

    init(settings: LinkSettings, known: Set<NodeID>) {
        self.settings = settings
        self.known = known
    }

    /// Sets what tells the event loop that `takeChanged` has something.
    func start(wake: @escaping @Sendable () -> Void) { state.withLock { $0.wake = wake } }

    /// Makes an empty queue for a peer that is connected now.
    func open(_ peer: NodeID) { state.withLock { $0.queues[peer] = Queue() } }

    /// Ends a peer's queue.
    /// - Returns: The number of frames that were in it.
    func close(_ peer: NodeID) -> Int {
        state.withLock { $0.queues.removeValue(forKey: peer)?.frames.count ?? 0 }
    }

    func append(_ frame: [UInt8], to peer: NodeID) -> Admission {
        guard !frame.isEmpty, frame.count <= settings.frameBytesMax, known.contains(peer) else { return .unsendable }
        let byteCount = frame.count + FrameHeader.byteCount
        let (admission, wake) = state.withLock { state -> (Admission, (@Sendable () -> Void)?) in
            guard let index = state.queues.index(forKey: peer) else { return (.notConnected, nil) }
            let queued = state.queues.values[index].byteCount
            guard queued + byteCount <= settings.queueBytesMax,
                state.queues.values[index].frames.count < settings.queueFramesMax
            else { return (.full, nil) }
            // A queue that already has frames is known to the event loop, or waits for its channel to become writable.
            if queued == 0 { state.changed.append(peer) }
            state.queues.values[index].frames.append(frame)
            state.queues.values[index].byteCount = queued + byteCount
            guard queued == 0, !state.isWakePending else { return (.queued, nil) }
            state.isWakePending = true
            return (.queued, state.wake)
        }
        wake?()
        return admission
    }

    /// The peers whose queues got frames since the last call.
    func takeChanged() -> [NodeID] {
        state.withLock { state in
            state.isWakePending = false
            defer { state.changed.removeAll(keepingCapacity: true) }
            return state.changed
        }
    }

    /// Frames from the front of a peer's queue, up to about `byteCountMax` bytes, one at least; empty when there is none.
    func take(from peer: NodeID, byteCountMax: Int) -> (frames: [[UInt8]], byteCount: Int) {
        state.withLock { state in
            guard let index = state.queues.index(forKey: peer) else { return ([], 0) }
            var frames: [[UInt8]] = []
            var byteCount = 0
            while let frame = state.queues.values[index].frames.first {
                let more = frame.count + FrameHeader.byteCount
                guard frames.isEmpty || byteCount + more <= byteCountMax else { break }
                frames.append(state.queues.values[index].frames.removeFirst())
                byteCount += more
            }
            state.queues.values[index].byteCount -= byteCount
            return (frames, byteCount)
        }
    }
}
