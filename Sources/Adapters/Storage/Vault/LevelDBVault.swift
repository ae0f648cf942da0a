package import LedgerModel
package import Ports
package import Primitives
import Synchronization

/// A department's vault in a LevelDB folder of its own.
///
/// A value is sealed together with the key it stands under, so no value can be moved to another place. What somebody with
/// the disk still sees: how many certificates there are, of what size, in which batches, and which share a holder.
package final class LevelDBVault: Vault {
    private static let formatVersion: UInt16 = 1
    /// What the header's sealed part says: whoever opens it has the right key.
    private static let proof = Array("zhixin vault".utf8)

    private struct State {
        var nextNumber: UInt64
        var hasFailed = false
    }

    private let handle: LevelDBHandle
    private let sealing: any VaultSealing
    private let state: Mutex<State>

    /// Opens the vault in the folder `path`, which is made if it is not there.
    /// - Throws: `VaultError.store` for a folder of another network, a newer version, damaged or in use;
    ///   `VaultError.notAuthentic` when `sealing` has another key.
    package init(
        path: String,
        network: Digest,
        sealing: any VaultSealing,
        options: LevelDBOptions = LevelDBOptions()
    ) throws(VaultError) {
        self.sealing = sealing
        do throws(StoreError) {
            handle = try LevelDBHandle(path: path, options: options)
            var last: UInt64?
            try handle.scan(prefix: VaultKey.entriesPrefix, isBackwards: true) { key, _ in
                last = VaultKey.number(in: key)
                return false
            }
            state = Mutex(State(nextNumber: last.map { $0 + 1 } ?? 0))
        } catch {
            throw .store(error)
        }
        try checkHeader(network: network)
    }

    private func checkHeader(network: Digest) throws(VaultError) {
        guard let bytes = try get(VaultKey.header) else {
            var encoder = CanonicalEncoder()
            encoder.append(LevelDBVault.formatVersion)
            encoder.append(network)
            encoder.append(try seal(LevelDBVault.proof, at: VaultKey.header))
            var batch = LevelDBBatch()
            batch.put(VaultKey.header, encoder.bytes)
            try write(batch)
            return
        }
        var decoder = CanonicalDecoder(bytes)
        let sealed: [UInt8]
        do throws(DecodeError) {
            let version = try decoder.readUInt16()
            guard version == LevelDBVault.formatVersion else {
                throw DecodeError.unknownTag(type: "LevelDBVault", found: UInt64(version))
            }
            let found = try decoder.readDigest()
            guard found == network else { throw DecodeError.invalid(type: "network", reason: "\(found)") }
            sealed = try decoder.readBytes(countMax: 1024)
        } catch {
            throw LevelDBVault.headerError(error, bytes)
        }
        guard try open(sealed, at: VaultKey.header) == LevelDBVault.proof else { throw .notAuthentic }
    }

    private static func headerError(_ error: DecodeError, _ bytes: [UInt8]) -> VaultError {
        switch error {
        case .unknownTag(_, let found): .store(.formatUnknown(found: UInt16(truncatingIfNeeded: found)))
        case .invalid: .store(.ofAnotherNetwork(found: Digest(bytes.dropFirst(2).prefix(32)) ?? .zero))
        default: .store(.corrupt(reason: "the vault's header cannot be read: \(error)"))
        }
    }

    // MARK: Certificates

    package func put(_ entries: [VaultEntry]) throws(VaultError) {
        try change { state, batch throws(VaultError) in
            var seen: Set<Digest> = []
            var number = state.nextNumber
            for entry in entries {
                try VaultEntryCoder.check(entry)
                let commitmentKey = VaultKey.commitment(entry.commitment)
                guard seen.insert(entry.commitment).inserted, try self.get(commitmentKey) == nil else {
                    throw .commitmentExists(entry.commitment)
                }
                let key = VaultKey.entry(number)
                batch.put(key, try self.seal(VaultEntryCoder.encode(entry), at: key))
                batch.put(commitmentKey, VaultKey.bigEndian(number))
                for lookupKey in self.lookupKeys(of: entry, number) { batch.put(lookupKey, []) }
                if entry.status == .draft { batch.put(VaultKey.draft(number), entry.batch.bytes) }
                number += 1
            }
            state.nextNumber = number
        }
    }

    package func markFinal(_ commitments: [Digest]) throws(VaultError) {
        try change { _, batch throws(VaultError) in
            for commitment in commitments {
                if let number = try self.number(of: commitment) { batch.remove(VaultKey.draft(number)) }
            }
        }
    }

    package func discardDrafts(_ commitments: [Digest]) throws(VaultError) {
        try change { _, batch throws(VaultError) in
            for commitment in commitments {
                guard let number = try self.number(of: commitment),
                    let entry = try self.entry(number: number), entry.status == .draft
                else { continue }
                batch.remove(VaultKey.entry(number))
                batch.remove(VaultKey.commitment(commitment))
                batch.remove(VaultKey.draft(number))
                for key in self.lookupKeys(of: entry, number) { batch.remove(key) }
            }
        }
    }

    private func lookupKeys(of entry: VaultEntry, _ number: UInt64) -> [[UInt8]] {
        [
            VaultKey.lookup(.holder, digest(.holder, entry.type, entry.holderIdentifier), number),
            VaultKey.lookup(.number, digest(.number, entry.type, entry.certificateNumber), number),
            VaultKey.batch(entry.batch, number),
        ]
    }

    package func entry(commitment: Digest) throws(VaultError) -> VaultEntry? {
        guard let number = try number(of: commitment) else { return nil }
        return try entry(number: number)
    }

    package func forEachEntry(
        type: CertificateTypeID,
        holderIdentifier: String,
        _ body: (VaultEntry) throws(VaultError) -> Bool
    ) throws(VaultError) {
        let prefix = VaultKey.lookup(.holder, digest(.holder, type, holderIdentifier))
        try forEachEntry(prefix: prefix, isNewestFirst: true, body)
    }

    package func newestEntry(type: CertificateTypeID, certificateNumber: String) throws(VaultError) -> VaultEntry? {
        let prefix = VaultKey.lookup(.number, digest(.number, type, certificateNumber))
        var newest: VaultEntry?
        try forEachEntry(prefix: prefix, isNewestFirst: true) { (entry) throws(VaultError) in
            newest = entry
            return false
        }
        return newest
    }

    package func entries(batch: VaultBatchID) throws(VaultError) -> [VaultEntry] {
        var list: [VaultEntry] = []
        try forEachEntry(prefix: VaultKey.batch(batch), isNewestFirst: false) { (entry) throws(VaultError) in
            list.append(entry)
            return true
        }
        return list
    }

    package func batchesWithDrafts() throws(VaultError) -> [VaultBatchID] {
        var batches: [VaultBatchID] = []
        var seen: Set<VaultBatchID> = []
        try scan(prefix: VaultKey.draftsPrefix) { _, value throws(VaultError) in
            guard let batch = VaultBatchID(hexadecimal: Hexadecimal.encode(value)) else {
                throw .store(.corrupt(reason: "a draft's batch is not 16 bytes"))
            }
            if seen.insert(batch).inserted { batches.append(batch) }
            return true
        }
        return batches
    }

    private func forEachEntry(
        prefix: [UInt8],
        isNewestFirst: Bool,
        _ body: (VaultEntry) throws(VaultError) -> Bool
    ) throws(VaultError) {
        try scan(prefix: prefix, isBackwards: isNewestFirst) { key, _ throws(VaultError) in
            // One that was discarded meanwhile is no longer there.
            guard let entry = try self.entry(number: VaultKey.number(in: key)) else { return true }
            return try body(entry)
        }
    }

    private func number(of commitment: Digest) throws(VaultError) -> UInt64? {
        try get(VaultKey.commitment(commitment)).map { VaultKey.number(in: $0) }
    }

    private func entry(number: UInt64) throws(VaultError) -> VaultEntry? {
        guard let sealed = try get(VaultKey.entry(number)) else { return nil }
        let plaintext = try open(sealed, at: VaultKey.entry(number))
        let status: VaultEntryStatus = try get(VaultKey.draft(number)) == nil ? .final : .draft
        do throws(DecodeError) {
            return try VaultEntryCoder.decode(plaintext, status: status)
        } catch {
            throw .store(.corrupt(reason: "certificate \(number) of the vault cannot be read: \(error)"))
        }
    }

    private func digest(_ lookup: VaultLookup, _ type: CertificateTypeID, _ text: String) -> Digest {
        sealing.keyedDigest(lookup.content(type: type.rawValue, text: text))
    }

    // MARK: Tables

    package func apply(_ changes: [VaultChange]) throws(VaultError) {
        try change { _, batch throws(VaultError) in
            for change in changes {
                switch change {
                case .put(let table, let key, let value):
                    try VaultEntryCoder.check(key.count, VaultChange.keyBytesMax)
                    try VaultEntryCoder.check(value.count, VaultEntry.bodyBytesMax)
                    let key = VaultKey.table(table, key)
                    batch.put(key, try self.seal(value, at: key))
                case .remove(let table, let key):
                    batch.remove(VaultKey.table(table, key))
                }
            }
        }
    }

    package func value(_ table: VaultTable, key: [UInt8]) throws(VaultError) -> [UInt8]? {
        let key = VaultKey.table(table, key)
        guard let sealed = try get(key) else { return nil }
        return try open(sealed, at: key)
    }

    package func values(
        _ table: VaultTable,
        prefix: [UInt8],
        from start: [UInt8]?,
        countMax: Int
    ) throws(VaultError) -> [VaultPair] {
        var list: [VaultPair] = []
        guard countMax > 0 else { return list }
        let from = start.map { $0.lexicographicallyPrecedes(prefix) ? prefix : $0 } ?? prefix
        try scan(
            prefix: VaultKey.table(table, prefix),
            from: VaultKey.table(table, from)
        ) { key, value throws(VaultError) in
            list.append(VaultPair(key: Array(key.dropFirst(2)), value: try self.open(value, at: key)))
            return list.count < countMax
        }
        return list
    }

    /// How many bytes the folder's files have.
    package func diskBytes() throws(VaultError) -> UInt64 {
        do throws(FileError) {
            return try Folder.byteCount(at: handle.path)
        } catch {
            throw .store(StoreError(error))
        }
    }

    // MARK: Store and seals

    /// Collects one change and writes it. A change that is refused leaves nothing; one that cannot be written is the last.
    private func change(
        _ body: (inout State, inout LevelDBBatch) throws(VaultError) -> Void
    ) throws(VaultError) {
        try state.withLock { state throws(VaultError) in
            guard !state.hasFailed else { throw .store(.failedBefore) }
            var batch = LevelDBBatch()
            var next = state
            try body(&next, &batch)
            do throws(VaultError) {
                try write(batch)
            } catch {
                state.hasFailed = true
                throw error
            }
            state = next
        }
    }

    private func get(_ key: [UInt8]) throws(VaultError) -> [UInt8]? {
        do throws(StoreError) { return try handle.value(key) } catch { throw .store(error) }
    }

    private func write(_ batch: borrowing LevelDBBatch) throws(VaultError) {
        do throws(StoreError) { try handle.write(batch) } catch { throw .store(error) }
    }

    /// Walks keys as they were at the beginning: changes made meanwhile are not seen.
    private func scan(
        prefix: [UInt8],
        from start: [UInt8]? = nil,
        isBackwards: Bool = false,
        _ body: (_ key: [UInt8], _ value: [UInt8]) throws(VaultError) -> Bool
    ) throws(VaultError) {
        var failure: VaultError?
        do throws(StoreError) {
            try handle.scan(prefix: prefix, from: start, isBackwards: isBackwards) { key, value in
                do throws(VaultError) {
                    return try body(key, value)
                } catch {
                    failure = error
                    return false
                }
            }
        } catch {
            throw .store(error)
        }
        if let failure { throw failure }
    }

    private func seal(_ plaintext: [UInt8], at key: [UInt8]) throws(VaultError) -> [UInt8] {
        do { return try sealing.seal(plaintext, associatedData: key) } catch { throw .sealingFailed }
    }

    private func open(_ sealed: [UInt8], at key: [UInt8]) throws(VaultError) -> [UInt8] {
        do { return try sealing.open(sealed, associatedData: key) } catch { throw .notAuthentic }
    }
}
