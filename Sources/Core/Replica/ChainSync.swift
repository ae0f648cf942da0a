import Primitives

/// Fetching final blocks from peers: one request at a time, another peer when one does not answer.
struct ChainSync: Sendable {
    /// How long a peer may take to answer.
    static let patienceMilliseconds: UInt64 = 2000

    enum State: Equatable, Sendable {
        /// Nothing is known to be missing. Next: `wanting`.
        case idle
        /// Blocks are missing and no peer was asked yet. Next: `asked`.
        case wanting
        /// `peer` was asked and has until `deadline`. Next: `wanting`, `idle`.
        case asked(peer: ReplicaIndex, deadline: MonotonicTime)
    }

    private(set) var state = State.idle
    private var turn = 0

    var deadline: MonotonicTime? {
        if case .asked(_, let deadline) = state { return deadline }
        return nil
    }

    /// Blocks are missing; goes on with a request that is under way.
    mutating func want() {
        if state == .idle { state = .wanting }
    }

    mutating func finish() { state = .idle }

    /// The peer to ask now, or nil when none is connected or one was asked already.
    mutating func nextPeer(among peers: Set<ReplicaIndex>, at now: MonotonicTime) -> ReplicaIndex? {
        if case .asked(_, let deadline) = state {
            guard deadline <= now else { return nil }
            state = .wanting
        }
        guard state == .wanting, !peers.isEmpty else { return nil }
        let peer = peers.sorted()[turn % peers.count]
        turn += 1
        state = .asked(peer: peer, deadline: now.adding(milliseconds: ChainSync.patienceMilliseconds))
        return peer
    }

    /// Whether an answer from `peer` is awaited; taking it makes the next request possible.
    mutating func takeAnswer(from peer: ReplicaIndex) -> Bool {
        guard case .asked(peer, _) = state else { return false }
        state = .wanting
        return true
    }

    mutating func disconnected(_ peer: ReplicaIndex) {
        if case .asked(peer, _) = state { state = .wanting }
    }
}
