import Credentials
import Primitives
import Synchronization

/// Remembers which nonces were used, for as long as a request with them could be believed again.
///
/// Requests are filed under the minute of their own time. A minute that lies outside the window can hold nothing that would
/// still be accepted, so it is dropped as a whole. Each caller has a share, so that one cannot shut out the others.
final class NonceCache: Sendable {
    /// What became of a nonce.
    enum Outcome: Equatable {
        case fresh
        case repeated
        case full
    }

    private struct State {
        var minutes: [UInt64: [Caller: Set<[UInt8]>]] = [:]
        var count = 0
    }

    private static let minuteMilliseconds: UInt64 = 60_000
    private let limits: GatewayLimits
    private let state = Mutex(State())

    init(limits: GatewayLimits) { self.limits = limits }

    /// Files the nonce of a request that was made at `time`, which is within the window around `now`.
    func use(_ nonce: [UInt8], by caller: Caller, at time: Timestamp, now: Timestamp) -> Outcome {
        // A minute longer than the window: another request, with a slightly later `now`, may get here before this one.
        let kept = SignedRequest.windowMilliseconds + Self.minuteMilliseconds
        let oldestMinute = (now.milliseconds - min(now.milliseconds, kept)) / Self.minuteMilliseconds
        let minute = time.milliseconds / Self.minuteMilliseconds
        return state.withLock { state in
            for old in state.minutes.keys where old < oldestMinute {
                state.count -= state.minutes.removeValue(forKey: old)?.values.reduce(0) { $0 + $1.count } ?? 0
            }
            let ofCaller = state.minutes.values.compactMap { $0[caller] }
            // The same nonce under another time is a repetition as well.
            guard !ofCaller.contains(where: { $0.contains(nonce) }) else { return .repeated }
            guard state.count < limits.noncesMax, ofCaller.reduce(0, { $0 + $1.count }) < share(of: caller) else {
                return .full
            }
            state.minutes[minute, default: [:]][caller, default: []].insert(nonce)
            state.count += 1
            return .fresh
        }
    }

    /// How many are remembered.
    var count: Int { state.withLock { state in state.count } }

    private func share(of caller: Caller) -> Int {
        caller.role == .subject ? limits.noncesPerSubjectMax : limits.noncesPerCallerMax
    }
}
