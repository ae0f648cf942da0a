import LedgerModel
import Ports

/// Keeps two callers from doing the same thing at once: whoever holds a number, batch or run is alone with it.
///
/// A caller that needs several kinds takes them in the order of the cases, so two never wait for each other.
actor NumberReservations {
    enum Key: Hashable, Sendable {
        /// A batch's or case's name, or an access record's.
        case batch([UInt8])
        /// A certificate's number within its type.
        case number(CertificateTypeID, String)
        /// A run, by its first transaction's id.
        case run(TransactionID)
    }

    private var held: Set<Key> = []
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Does `body` alone with `keys`. All or none are taken.
    nonisolated func holding<Value: Sendable>(
        _ keys: Set<Key>,
        _ body: () async throws(ServiceError) -> Value
    ) async throws(ServiceError) -> Value {
        await acquire(keys)
        do throws(ServiceError) {
            let value = try await body()
            await release(keys)
            return value
        } catch {
            await release(keys)
            throw error
        }
    }

    private func acquire(_ keys: Set<Key>) async {
        while !held.isDisjoint(with: keys) {
            await withCheckedContinuation { waiting.append($0) }
        }
        held.formUnion(keys)
    }

    private func release(_ keys: Set<Key>) {
        held.subtract(keys)
        let resumed = waiting
        waiting = []
        for continuation in resumed { continuation.resume() }
    }
}
