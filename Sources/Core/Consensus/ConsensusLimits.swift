package import Primitives

/// Bounds of what one validator keeps for, sends to and accepts from the others.
package enum ConsensusLimits {
    /// The highest view and epoch that is not refused on sight: successors never overflow.
    package static let viewMax = View(1 << 62)
    package static let epochMax = Epoch(1 << 62)
    /// Views named in one certificate request, of both kinds together.
    package static let certificateRequestViewsMax = 64
    /// Votes in one echo: the newest of each kind.
    package static let echoVotesMax = 3
    /// Non-final blocks in a row that may carry transactions ([PROPOSE]).
    package static let nonFinalBlocksMax = 8
    /// Timers grow by at most this power of two: 64 ([ENTER]).
    package static let timerExponentMax: UInt64 = 6
    /// The leader timer, in Δ ([ENTER]).
    package static let leaderTimerDeltas: UInt64 = 2
    /// The view timer, in Δ ([ENTER]).
    package static let viewTimerDeltas: UInt64 = 3
    /// A nullify is repeated, and a start-up hearing asked for again, after so many Δ. It does not grow while there is work:
    /// a network that was stuck must not sleep through its recovery.
    package static let retryDeltas: UInt64 = 5
    /// Of each leader's turns, every so many-th has its full time, however silent the leader was ([SKIP]).
    package static let fullTurnPeriod: UInt64 = 8
    /// Turns of silence after which a leader is skipped ([SKIP]).
    package static let silentTurnsMax: UInt64 = 2
}
