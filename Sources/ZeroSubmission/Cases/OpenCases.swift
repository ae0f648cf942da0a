import LedgerModel
import Primitives
import Synchronization

/// Counts each service system's cases whose requests nobody has answered and whose time is not over, so that their
/// number has a bound and no system takes another's share.
final class OpenCases: Sendable {
    private struct State {
        var cases: [Digest: (service: ServiceSystemID, expiry: Timestamp)] = [:]
        var counts: [ServiceSystemID: Int] = [:]

        mutating func remove(_ id: Digest) {
            if let removed = cases.removeValue(forKey: id) { counts[removed.service, default: 1] -= 1 }
        }
    }

    private let state = Mutex(State())

    /// Notes a case until its request expires; false when its service has `countMax` already.
    func add(_ id: Digest, of service: ServiceSystemID, until expiry: Timestamp, countMax: Int) -> Bool {
        state.withLock { state in
            guard state.counts[service, default: 0] < countMax else { return false }
            state.remove(id)
            state.cases[id] = (service, expiry)
            state.counts[service, default: 0] += 1
            return true
        }
    }

    /// Forgets a case that has finished.
    func remove(_ id: Digest) { state.withLock { $0.remove(id) } }

    /// Forgets the cases whose requests are over at `now`, and gives them.
    func takeExpired(at now: Timestamp) -> [Digest] {
        state.withLock { state in
            let expired = state.cases.filter { $0.value.expiry <= now }.map(\.key)
            for id in expired { state.remove(id) }
            return expired
        }
    }
}
