import LedgerModel
import Ports
import Primitives
import Synchronization
import TestKit

/// A vault whose node is killed at one of its changes: before the change, or right after it.
final class FaultyVault: Vault {
    enum Kill: Sendable, CaseIterable {
        case before
        case after
    }

    let inner: InMemoryVault
    private let kill: Kill
    private let step: Int
    private let count = Mutex(0)
    private let hook = Mutex<(@Sendable () -> Void)?>(nil)

    init(_ inner: InMemoryVault, at step: Int, _ kill: Kill) {
        self.inner = inner
        self.step = step
        self.kill = kill
    }

    /// Does `body` once before the next certificates are put.
    func beforePut(_ body: @escaping @Sendable () -> Void) { hook.withLock { $0 = body } }

    /// Whether the change at which it is killed came.
    var wasKilled: Bool { count.withLock { $0 >= step } }

    private func change(_ body: () throws(VaultError) -> Void) throws(VaultError) {
        let number = count.withLock { count in
            count += 1
            return count
        }
        guard number >= step else { return try body() }
        if number == step, kill == .after { try body() }
        throw .store(.failed(reason: "killed"))
    }

    func put(_ entries: [VaultEntry]) throws(VaultError) {
        let hook = hook.withLock { hook in
            let taken = hook
            hook = nil
            return taken
        }
        hook?()
        try change { () throws(VaultError) in try inner.put(entries) }
    }

    func markFinal(_ commitments: [Digest]) throws(VaultError) {
        try change { () throws(VaultError) in try inner.markFinal(commitments) }
    }

    func discardDrafts(_ commitments: [Digest]) throws(VaultError) {
        try change { () throws(VaultError) in try inner.discardDrafts(commitments) }
    }

    func apply(_ changes: [VaultChange]) throws(VaultError) {
        try change { () throws(VaultError) in try inner.apply(changes) }
    }

    func entry(commitment: Digest) -> VaultEntry? { inner.entry(commitment: commitment) }

    func forEachEntry(
        type: CertificateTypeID,
        holderIdentifier: String,
        _ body: (VaultEntry) throws(VaultError) -> Bool
    ) throws(VaultError) {
        try inner.forEachEntry(type: type, holderIdentifier: holderIdentifier, body)
    }

    func newestEntry(type: CertificateTypeID, certificateNumber: String) -> VaultEntry? {
        inner.newestEntry(type: type, certificateNumber: certificateNumber)
    }

    func entries(batch: VaultBatchID) -> [VaultEntry] { inner.entries(batch: batch) }
    func batchesWithDrafts() -> [VaultBatchID] { inner.batchesWithDrafts() }

    func value(_ table: VaultTable, key: [UInt8]) -> [UInt8]? { inner.value(table, key: key) }

    func values(_ table: VaultTable, prefix: [UInt8], from start: [UInt8]?, countMax: Int) -> [VaultPair] {
        inner.values(table, prefix: prefix, from: start, countMax: countMax)
    }
}
