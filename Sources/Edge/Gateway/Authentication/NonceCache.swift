import Credentials
import Primitives
import Synchronization

/// Remembers which nonces were used, for as long as a request with them could be believed again.
///
/// Requests are filed under the minute of their own time. A minute that lies outside the window can hold nothing that would
/// still be accepted, so it is dropped as a whole.
final class NonceCache: Sendable {
    /// What became of a nonce.
    enum Outcome: Equatable {
        case fresh
        case repeated
        case full
    }

    private struct Use: Hashable {
        let caller: Caller
        let nonce: [UInt8]
    }

    private struct State {
        var minutes: [UInt64: Set<Use>] = [:]
        var count = 0
    }

    private static let minuteMilliseconds: UInt64 = 60_000
    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    /// Files the nonce of a request that was made at `time`, which is within the window around `now`.
    func use(_ nonce: [UInt8], by caller: Caller, at time: Timestamp, now: Timestamp) -> Outcome {
        let windowStart = now.milliseconds - min(now.milliseconds, SignedRequest.windowMilliseconds)
        let oldestMinute = windowStart / Self.minuteMilliseconds
        let use = Use(caller: caller, nonce: nonce)
        let minute = time.milliseconds / Self.minuteMilliseconds
        return state.withLock { state in
            for old in state.minutes.keys where old < oldestMinute {
                state.count -= state.minutes.removeValue(forKey: old)?.count ?? 0
            }
            // The same nonce under another time is a repetition as well.
            guard !state.minutes.values.contains(where: { $0.contains(use) }) else { return .repeated }
            guard state.count < limit else { return .full }
            state.minutes[minute, default: []].insert(use)
            state.count += 1
            return .fresh
        }
    }

    /// How many are remembered.
    var count: Int { state.withLock { $0.count } }
}
