import LedgerModel

/// Keeps two batches at work from issuing the same certificate: whoever holds a number is alone with it.
actor NumberReservations {
    /// A certificate's number within its type, or a batch's name.
    enum Key: Hashable, Sendable {
        case number(CertificateTypeID, String)
        case batch([UInt8])
    }

    private var held: Set<Key> = []
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Returns when all of `keys` are the caller's. All or none are taken, so two callers never wait for each other.
    func acquire(_ keys: Set<Key>) async {
        while !held.isDisjoint(with: keys) {
            await withCheckedContinuation { waiting.append($0) }
        }
        held.formUnion(keys)
    }

    /// Gives `keys` back.
    func release(_ keys: Set<Key>) {
        held.subtract(keys)
        let resumed = waiting
        waiting = []
        for continuation in resumed { continuation.resume() }
    }
}
