package import LedgerModel
package import Ports
package import Primitives
import Synchronization

/// The in-memory twin of `LevelDBVault`: the same lookups from plain lists, with nothing sealed.
package final class InMemoryVault: Vault {
    private struct State {
        var entries: [VaultEntry] = []
        var tables: [VaultTable: [[UInt8]: [UInt8]]] = [:]
        var hasFailed = false
        var failsNextChange = false
    }

    private let state = Mutex(State())

    package init() {}

    /// Makes the next change fail.
    package func failNextChange() { state.withLock { $0.failsNextChange = true } }

    package func put(_ entries: [VaultEntry]) throws(VaultError) {
        try change { state throws(VaultError) in
            for entry in entries {
                try self.check(entry.certificateNumber.utf8.count, VaultEntry.textBytesMax)
                try self.check(entry.holderIdentifier.utf8.count, VaultEntry.textBytesMax)
                try self.check(entry.body.count, VaultEntry.bodyBytesMax)
                guard !state.entries.contains(where: { $0.commitment == entry.commitment }) else {
                    throw .commitmentExists(entry.commitment)
                }
                state.entries.append(entry)
            }
        }
    }

    package func markFinal(_ commitments: [Digest]) throws(VaultError) {
        let named = Set(commitments)
        try change { state throws(VaultError) in
            state.entries = state.entries.map { named.contains($0.commitment) ? $0.with(status: .final) : $0 }
        }
    }

    package func discardDrafts(_ commitments: [Digest]) throws(VaultError) {
        let named = Set(commitments)
        try change { state throws(VaultError) in
            state.entries.removeAll { $0.status == .draft && named.contains($0.commitment) }
        }
    }

    /// Every certificate, oldest first: what a test looks for things in.
    package var entries: [VaultEntry] { state.withLock { $0.entries } }

    package func entry(commitment: Digest) -> VaultEntry? { entries.first { $0.commitment == commitment } }

    package func forEachEntry(
        type: CertificateTypeID,
        holderIdentifier: String,
        _ body: (VaultEntry) throws(VaultError) -> Bool
    ) throws(VaultError) {
        for entry in entries.reversed() where entry.type == type && entry.holderIdentifier == holderIdentifier {
            guard try body(entry) else { return }
        }
    }

    package func newestEntry(type: CertificateTypeID, certificateNumber: String) -> VaultEntry? {
        entries.last { $0.type == type && $0.certificateNumber == certificateNumber }
    }

    package func entries(batch: VaultBatchID) -> [VaultEntry] { entries.filter { $0.batch == batch } }

    package func batchesWithDrafts() -> [VaultBatchID] {
        var batches: [VaultBatchID] = []
        for entry in entries where entry.status == .draft && !batches.contains(entry.batch) {
            batches.append(entry.batch)
        }
        return batches
    }

    package func apply(_ changes: [VaultChange]) throws(VaultError) {
        try change { state throws(VaultError) in
            for change in changes {
                switch change {
                case .put(let table, let key, let value):
                    try self.check(key.count, VaultChange.keyBytesMax)
                    try self.check(value.count, VaultEntry.bodyBytesMax)
                    state.tables[table, default: [:]][key] = value
                case .remove(let table, let key): state.tables[table]?[key] = nil
                }
            }
        }
    }

    package func value(_ table: VaultTable, key: [UInt8]) -> [UInt8]? {
        state.withLock { $0.tables[table]?[key] }
    }

    package func values(_ table: VaultTable, prefix: [UInt8], from start: [UInt8]?, countMax: Int) -> [VaultPair] {
        let pairs = state.withLock { $0.tables[table] ?? [:] }
        return pairs.filter { key, _ in
            key.starts(with: prefix) && !key.lexicographicallyPrecedes(start ?? [])
        }
        .sorted { $0.key.lexicographicallyPrecedes($1.key) }
        .prefix(countMax)
        .map { VaultPair(key: $0.key, value: $0.value) }
    }

    private func change(_ body: (inout State) throws(VaultError) -> Void) throws(VaultError) {
        try state.withLock { state throws(VaultError) in
            guard !state.hasFailed else { throw .store(.failedBefore) }
            var next = state
            try body(&next)
            if state.failsNextChange {
                state.hasFailed = true
                throw .store(.failed(reason: "the test asked for it"))
            }
            state = next
        }
    }

    private func check(_ found: Int, _ limit: Int) throws(VaultError) {
        guard found <= limit else { throw .tooLarge(found: found, limit: limit) }
    }
}
