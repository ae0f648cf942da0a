import LedgerModel
import Primitives

/// Fetching final blocks from peers: one request at a time, another peer when one does not help.
struct ChainSync: Sendable {
    /// How long a peer may take to answer, at first and at most: over a slow link an answer takes its time.
    static let patienceMilliseconds: UInt64 = 2000
    static let patienceMillisecondsMax: UInt64 = 32_000
    /// Before the first request: what seems missing is mostly on its way.
    static let hesitationMilliseconds: UInt64 = 50
    /// After an answer that did not help.
    static let pauseMilliseconds: UInt64 = 100

    enum State: Equatable, Sendable {
        /// Nothing is known to be missing. Next: `wanting`.
        case idle
        /// Blocks are missing; the next peer is asked at `time`. Next: `asked`, `idle`.
        case wanting(from: MonotonicTime)
        /// `peer` was asked and has until `deadline`. Next: `wanting`.
        case asked(peer: NodeID, deadline: MonotonicTime)
    }

    private(set) var state = State.idle
    private var turn = 0
    private var patienceMilliseconds = ChainSync.patienceMilliseconds
    /// Whether the last answer helped: then the next request follows at once.
    private var isRunning = false

    var deadline: MonotonicTime? {
        switch state {
        case .idle: nil
        case .wanting(let time): time
        case .asked(_, let deadline): deadline
        }
    }

    /// Says whether blocks are missing; a request that is under way goes on.
    mutating func setNeeded(_ isNeeded: Bool, at now: MonotonicTime) {
        switch (state, isNeeded) {
        case (.idle, true):
            state = .wanting(from: isRunning ? now : now.adding(milliseconds: ChainSync.hesitationMilliseconds))
        case (.wanting, false): state = .idle
        case (.idle, false), (.wanting, true), (.asked, _): break
        }
    }

    /// The peer to ask now, or nil when it is not yet time or none is connected.
    mutating func nextPeer(among peers: [NodeID], at now: MonotonicTime) -> NodeID? {
        if case .asked(_, let deadline) = state, deadline <= now {
            patienceMilliseconds = min(patienceMilliseconds * 2, ChainSync.patienceMillisecondsMax)
            disappoint(at: now, after: 0)
        }
        guard case .wanting(let time) = state, time <= now, !peers.isEmpty else { return nil }
        let peer = peers[turn % peers.count]
        turn += 1
        state = .asked(peer: peer, deadline: now.adding(milliseconds: patienceMilliseconds))
        return peer
    }

    /// Whether an answer from `peer` is awaited; taking it makes the next request possible after a pause.
    mutating func takeAnswer(from peer: NodeID, at now: MonotonicTime) -> Bool {
        guard case .asked(peer, let deadline) = state else { return false }
        // In half the time: there is no need to wait that long for the next.
        if now.adding(milliseconds: patienceMilliseconds / 2) <= deadline {
            patienceMilliseconds = max(patienceMilliseconds / 2, ChainSync.patienceMilliseconds)
        }
        disappoint(at: now, after: ChainSync.pauseMilliseconds)
        return true
    }

    /// The answer just taken brought blocks: the next peer is asked for more, without a pause. Never the same one again, who
    /// may be handing out one block at a time.
    mutating func helped() {
        state = .idle
        isRunning = true
    }

    mutating func disconnected(_ peer: NodeID, at now: MonotonicTime) {
        if case .asked(peer, _) = state { disappoint(at: now, after: 0) }
    }

    private mutating func disappoint(at now: MonotonicTime, after milliseconds: UInt64) {
        isRunning = false
        state = .wanting(from: now.adding(milliseconds: milliseconds))
    }
}
