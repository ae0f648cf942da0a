package import Execution
package import LedgerModel
package import Primitives

/// What became of a transaction offered to the pool.
package enum PoolAdmission: Equatable, Sendable {
    case admitted
    /// It, or another one of the same author and id, is in the pool already; nothing changed.
    case known
    /// No block could include it now: it has expired, or expires too far in the future.
    case notIncludable
    /// The pool, or the author's share of it, is full. The caller may try again later.
    case full
}

/// Bounds of the pool.
package struct PoolLimits: Equatable, Sendable {
    /// Bytes of all waiting transactions.
    package let bytesMax: Int
    /// Bytes of one author's waiting transactions.
    package let authorBytesMax: Int

    package init(bytesMax: Int = 64 << 20, authorBytesMax: Int = 32 << 20) {
        self.bytesMax = bytesMax
        self.authorBytesMax = authorBytesMax
    }

    /// Bytes of waiting transactions that are not urgent.
    package var ordinaryBytesMax: Int { bytesMax / 4 * 3 }
}

/// How full a pool is.
package struct PoolUse: Equatable, Sendable {
    package var byteCount = 0
    /// Bytes of transactions that are not urgent.
    package var ordinaryByteCount = 0
    /// Authors that use more than seven eighths of their share.
    package var crowdingAuthors: Set<Author> = []

    package init() {}
}

/// Verified transactions that wait for a block, oldest first; bounded by bytes and by author (docs/protocol.md [POOL]).
///
/// A quarter of the pool and of every block is kept for urgent transactions (status changes), so that a flood of others
/// cannot hold up a revocation.
package struct TransactionPool: Sendable {
    /// A waiting transaction and the number of its admission, which tells its place in a queue from an older one.
    private struct Waiting: Sendable {
        let transaction: VerifiedTransaction
        let ticket: UInt64
    }

    private var waiting: [Digest: Waiting] = [:]
    private var nextTicket: UInt64 = 0
    /// One transaction for each author and id: the ledger accepts no second one.
    private var digests: [InclusionKey: Digest] = [:]
    private var urgent = ArrivalQueue()
    private var ordinary = ArrivalQueue()
    private var bytesByAuthor: [Author: Int] = [:]
    package private(set) var use = PoolUse()
    private let limits: PoolLimits

    package init(limits: PoolLimits = PoolLimits()) { self.limits = limits }

    package var count: Int { waiting.count }

    /// The waiting transaction with this digest.
    package subscript(digest: Digest) -> VerifiedTransaction? { waiting[digest]?.transaction }

    /// Takes a transaction in if a block at `timestamp` could include it, so that whatever waits is work.
    package mutating func admit(
        _ transaction: VerifiedTransaction,
        at timestamp: Timestamp,
        lifetimeMilliseconds: UInt64
    ) -> PoolAdmission {
        let sealed = transaction.sealed
        let body = sealed.transaction.body
        let key = InclusionKey(author: body.author, id: body.id)
        guard digests[key] == nil else { return .known }
        guard timestamp <= body.expiry, body.expiry <= timestamp.adding(milliseconds: lifetimeMilliseconds) else {
            return .notIncludable
        }
        let size = sealed.bytes.count
        let isUrgent = body.payload.isUrgent
        let authorBytes = bytesByAuthor[body.author, default: 0] + size
        guard use.byteCount + size <= limits.bytesMax,
            isUrgent || use.ordinaryByteCount + size <= limits.ordinaryBytesMax,
            authorBytes <= limits.authorBytesMax
        else { return .full }
        let place = ArrivalQueue.Place(digest: sealed.digest, ticket: nextTicket)
        nextTicket += 1
        waiting[sealed.digest] = Waiting(transaction: transaction, ticket: place.ticket)
        digests[key] = sealed.digest
        if isUrgent { urgent.append(place) } else { ordinary.append(place) }
        use.byteCount += size
        if !isUrgent { use.ordinaryByteCount += size }
        setBytes(authorBytes, of: body.author)
        return .admitted
    }

    private mutating func setBytes(_ byteCount: Int, of author: Author) {
        bytesByAuthor[author] = byteCount > 0 ? byteCount : nil
        let isCrowding = byteCount > limits.authorBytesMax / 8 * 7
        guard isCrowding != use.crowdingAuthors.contains(author) else { return }
        if isCrowding { use.crowdingAuthors.insert(author) } else { use.crowdingAuthors.remove(author) }
    }

    /// Removes the transactions of a final block, and others of the same author and id.
    package mutating func remove(included: [SealedTransaction], inclusions: [InclusionKey: Timestamp]) {
        // First those that were included themselves, which are mostly all: then their names are gone already.
        for transaction in included { remove(transaction.digest) }
        remove(inclusions.keys.compactMap { digests[$0] })
    }

    private mutating func remove(_ gone: [Digest]) {
        for digest in gone { remove(digest) }
        urgent.compact(keeping: { waiting[$0.digest]?.ticket == $0.ticket })
        ordinary.compact(keeping: { waiting[$0.digest]?.ticket == $0.ticket })
    }

    /// The transaction that took this place, unless it has gone; it may have come again and taken another.
    private func transaction(at place: ArrivalQueue.Place) -> VerifiedTransaction? {
        guard let found = waiting[place.digest], found.ticket == place.ticket else { return nil }
        return found.transaction
    }

    /// Removes transactions that no block after `timestamp` may include.
    package mutating func removeExpired(at timestamp: Timestamp) {
        let expired = waiting.values.map(\.transaction.sealed).filter { $0.transaction.body.expiry < timestamp }.map(
            \.digest
        )
        if !expired.isEmpty { remove(expired) }
    }

    /// Transactions for a block at `timestamp`: urgent ones first, up to the block's limits.
    /// - Parameter excluded: those that the block's non-final ancestors carry.
    package func select(
        at timestamp: Timestamp,
        lifetimeMilliseconds: UInt64,
        excluding excluded: Set<Digest>
    ) -> [VerifiedTransaction] {
        var selected: [VerifiedTransaction] = []
        var bytes = 0
        func take(from queue: ArrivalQueue) {
            for place in queue.places {
                guard selected.count < Limits.blockTransactionsMax else { return }
                guard let transaction = transaction(at: place), !excluded.contains(place.digest) else { continue }
                let body = transaction.sealed.transaction.body
                guard timestamp <= body.expiry,
                    body.expiry <= timestamp.adding(milliseconds: lifetimeMilliseconds)
                else { continue }
                let size = transaction.sealed.bytes.count
                guard bytes + size <= Limits.blockBytesMax else { return }
                bytes += size
                selected.append(transaction)
            }
        }
        take(from: urgent)
        take(from: ordinary)
        return selected
    }

    /// Waiting transactions in order of arrival, to be gossiped again: `countMax` at most, and no more than `bytesMax` unless
    /// the first one alone is larger.
    package func oldest(countMax: Int, bytesMax: Int) -> [VerifiedTransaction] {
        var found: [VerifiedTransaction] = []
        var byteCount = 0
        for place in urgent.places + ordinary.places {
            guard let transaction = transaction(at: place) else { continue }
            byteCount += transaction.sealed.bytes.count
            guard found.isEmpty || (found.count < countMax && byteCount <= bytesMax) else { return found }
            found.append(transaction)
        }
        return found
    }

    private mutating func remove(_ digest: Digest) {
        guard let transaction = waiting.removeValue(forKey: digest)?.transaction else { return }
        let body = transaction.sealed.transaction.body
        let size = transaction.sealed.bytes.count
        digests[InclusionKey(author: body.author, id: body.id)] = nil
        use.byteCount -= size
        if body.payload.isUrgent {
            urgent.removedCount += 1
        } else {
            ordinary.removedCount += 1
            use.ordinaryByteCount -= size
        }
        setBytes(bytesByAuthor[body.author, default: 0] - size, of: body.author)
    }
}

/// Places in order of arrival; those of removed transactions stay until a quarter of the queue is gone, so that removing
/// costs nothing.
private struct ArrivalQueue: Sendable {
    struct Place: Sendable {
        let digest: Digest
        let ticket: UInt64
    }

    private(set) var places: [Place] = []
    var removedCount = 0

    mutating func append(_ place: Place) { places.append(place) }

    mutating func compact(keeping isKept: (Place) -> Bool) {
        guard removedCount * 4 > places.count else { return }
        places.removeAll { !isKept($0) }
        removedCount = 0
    }
}
