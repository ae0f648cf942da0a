import LedgerModel
import Replica
import Synchronization

/// Whether the pool has room for one more of this node's own transactions, as its clients are told.
///
/// The driver says after each turn how full the pool is; what was let in since then is counted here until the driver has put
/// it there. An eighth of the pool is left for what the other nodes send meanwhile.
final class PoolRoom: Sendable {
    private struct State {
        var use = PoolUse()
        /// Bytes of transactions that were let in and are not in `use`.
        var reservedBytes = 0
    }

    private let ordinaryBytesMax: Int
    private let bytesMax: Int
    private let state = Mutex(State())

    init(limits: PoolLimits) {
        bytesMax = limits.bytesMax / 8 * 7
        ordinaryBytesMax = limits.ordinaryBytesMax / 8 * 7
    }

    /// Sets room aside; false when there is none now.
    func reserve(_ transaction: SealedTransaction) -> Bool {
        let body = transaction.transaction.body
        return state.withLock { state in
            let added = state.reservedBytes + transaction.bytes.count
            guard state.use.byteCount + added <= bytesMax,
                body.payload.isUrgent || state.use.ordinaryByteCount + added <= ordinaryBytesMax,
                !state.use.crowdingAuthors.contains(body.author)
            else { return false }
            state.reservedBytes = added
            return true
        }
    }

    /// What was let in did not come to the driver.
    func giveBack(_ byteCount: Int) { state.withLock { $0.reservedBytes -= byteCount } }

    /// The driver's word: so full is the pool, with `byteCount` of what had been let in.
    func publish(_ use: PoolUse, settled byteCount: Int) {
        state.withLock { state in
            state.use = use
            state.reservedBytes -= byteCount
        }
    }
}
