import Primitives
import Synchronization

/// Counts the cases whose requests nobody has answered and whose time is not over, so that their number has a bound.
final class OpenCases: Sendable {
    private let expiries = Mutex<[Digest: Timestamp]>([:])

    /// Notes a case until its request expires; false when there are `countMax` already.
    func add(_ id: Digest, until expiry: Timestamp, at now: Timestamp, countMax: Int) -> Bool {
        expiries.withLock { expiries in
            if expiries.count >= countMax { expiries = expiries.filter { $0.value > now } }
            guard expiries.count < countMax else { return false }
            expiries[id] = expiry
            return true
        }
    }

    /// Forgets a case that was answered.
    func remove(_ id: Digest) {
        expiries.withLock { _ = $0.removeValue(forKey: id) }
    }
}
