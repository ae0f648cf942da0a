import LedgerModel
import Ports
import Primitives
import Storage
import TestKit
import Testing

enum VaultUnderTest: String, CaseIterable, Sendable {
    case levelDB
    case memory
}

/// A vault that can be closed and opened again.
final class VaultHost {
    private let kind: VaultUnderTest
    let folder = TemporaryFolder()
    private(set) var vault: any Vault

    init(_ kind: VaultUnderTest) throws {
        self.kind = kind
        vault = InMemoryVault()
        if kind == .levelDB { vault = try open() }
    }

    var path: String { folder.path + "/vault" }

    func open(seed: UInt64 = 1, network: Digest = .zero) throws(VaultError) -> LevelDBVault {
        try LevelDBVault(path: path, network: network, sealing: FakeVaultSealing(seed: seed))
    }

    func close() { vault = InMemoryVault() }

    func reopen() throws {
        guard kind == .levelDB else { return }
        close()
        vault = try open()
    }
}

/// A certificate that stands for `number`.
func vaultEntry(
    _ number: UInt64,
    holder: String = "440681199001011234",
    certificateNumber: String? = nil,
    type: UInt16 = 1,
    batch: UInt64 = 1,
    status: VaultEntryStatus = .draft
) -> VaultEntry {
    VaultEntry(
        commitment: Digest(words: (9, 9, 9, number)),
        type: CertificateTypeID(type),
        certificateNumber: certificateNumber ?? "粤佛-\(number)",
        holderIdentifier: holder,
        contentDigest: Digest(words: (8, 8, 8, number)),
        salt: [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 16),
        body: Array("eyJ-\(number)~disclosure~".utf8),
        batch: VaultBatchID(high: 0, low: batch),
        status: status
    )
}

/// What both vaults promise.
@Suite struct VaultSuite {
    @Test(arguments: VaultUnderTest.allCases)
    func certificateIsFoundByEverythingItHas(_ kind: VaultUnderTest) throws {
        let host = try VaultHost(kind)
        let entries = (1...5).map { vaultEntry($0, batch: $0 % 2) }
        try host.vault.put(entries)
        try host.vault.put([vaultEntry(6, holder: "other", type: 2, batch: 7, status: .final)])
        try expectAll(entries, in: host.vault)
        try host.reopen()
        try expectAll(entries, in: host.vault)
    }

    private func expectAll(_ entries: [VaultEntry], in vault: any Vault) throws {
        for entry in entries {
            #expect(try vault.entry(commitment: entry.commitment) == entry)
            let found = try vault.newestEntry(type: entry.type, certificateNumber: entry.certificateNumber)
            #expect(found == entry)
        }
        let type = CertificateTypeID(1)
        let holder = entries[0].holderIdentifier
        #expect(try vault.entries(type: type, holderIdentifier: holder, countMax: 9) == entries.reversed())
        #expect(try vault.entries(type: type, holderIdentifier: holder, countMax: 2) == [entries[4], entries[3]])
        #expect(try vault.entries(type: type, holderIdentifier: holder, countMax: 0) == [])
        #expect(try vault.entries(type: CertificateTypeID(2), holderIdentifier: holder, countMax: 9) == [])
        #expect(try vault.entries(type: type, holderIdentifier: "other", countMax: 9) == [])
        #expect(try vault.newestEntry(type: type, certificateNumber: holder) == nil)
        #expect(try vault.entry(commitment: .zero) == nil)
        let odd = VaultBatchID(high: 0, low: 1)
        #expect(try vault.entries(batch: odd) == [entries[0], entries[2], entries[4]])
        #expect(try vault.entries(batch: VaultBatchID(high: 1, low: 1)) == [])
        #expect(try vault.batchesWithDrafts() == [odd, VaultBatchID(high: 0, low: 0)])
    }

    @Test(arguments: VaultUnderTest.allCases)
    func newestCertificateWithANumberWins(_ kind: VaultUnderTest) throws {
        let host = try VaultHost(kind)
        try host.vault.put([vaultEntry(1, certificateNumber: "A")])
        try host.reopen()
        try host.vault.put([vaultEntry(2, certificateNumber: "A"), vaultEntry(3, certificateNumber: "A", type: 2)])
        let found = try host.vault.newestEntry(type: CertificateTypeID(1), certificateNumber: "A")
        #expect(found == vaultEntry(2, certificateNumber: "A"))
    }

    @Test(arguments: VaultUnderTest.allCases)
    func finalCertificatesStayFinal(_ kind: VaultUnderTest) throws {
        let host = try VaultHost(kind)
        let entries = (1...3).map { vaultEntry($0, batch: $0) }
        try host.vault.put(entries)
        try host.vault.markFinal([entries[0].commitment, entries[2].commitment, .zero])
        try host.vault.markFinal([entries[0].commitment])
        try host.vault.discardDrafts(entries.map(\.commitment) + [.zero])
        try host.reopen()
        let expected = [entries[0].with(status: .final), entries[2].with(status: .final)]
        let all = try (1...3).flatMap { try host.vault.entries(batch: VaultBatchID(high: 0, low: $0)) }
        #expect(all == expected)
        let found = try host.vault.entries(
            type: CertificateTypeID(1),
            holderIdentifier: entries[0].holderIdentifier,
            countMax: 9
        )
        #expect(found == expected.reversed())
        #expect(try host.vault.entry(commitment: entries[1].commitment) == nil)
        #expect(try host.vault.newestEntry(type: CertificateTypeID(1), certificateNumber: "粤佛-2") == nil)
        #expect(try host.vault.entries(batch: VaultBatchID(high: 0, low: 2)) == [])
        #expect(try host.vault.batchesWithDrafts() == [])
        // A discarded draft can be stored again.
        try host.vault.put([entries[1]])
        #expect(try host.vault.entry(commitment: entries[1].commitment) == entries[1])
    }

    @Test(arguments: VaultUnderTest.allCases)
    func repeatedCommitmentStoresNothing(_ kind: VaultUnderTest) throws {
        let host = try VaultHost(kind)
        try host.vault.put([vaultEntry(1)])
        let again = vaultEntry(1, certificateNumber: "X")
        #expect(throws: VaultError.commitmentExists(again.commitment)) {
            try host.vault.put([vaultEntry(2), again])
        }
        #expect(throws: VaultError.commitmentExists(vaultEntry(3).commitment)) {
            try host.vault.put([vaultEntry(3), vaultEntry(3)])
        }
        #expect(try host.vault.entries(batch: vaultEntry(1).batch).count == 1)
    }

    @Test(arguments: VaultUnderTest.allCases)
    func walkEndsWhenItIsToldTo(_ kind: VaultUnderTest) throws {
        let host = try VaultHost(kind)
        try host.vault.put((1...4).map { vaultEntry($0) })
        let (type, holder) = (vaultEntry(1).type, vaultEntry(1).holderIdentifier)
        var seen: [Digest] = []
        try host.vault.forEachEntry(type: type, holderIdentifier: holder) { entry in
            seen.append(entry.commitment)
            return seen.count < 2
        }
        #expect(seen == [vaultEntry(4).commitment, vaultEntry(3).commitment])
        #expect(throws: VaultError.sealingFailed) {
            try host.vault.forEachEntry(type: type, holderIdentifier: holder) { _ throws(VaultError) in
                throw .sealingFailed
            }
        }
    }

    @Test(arguments: VaultUnderTest.allCases)
    func tablesKeepToThemselves(_ kind: VaultUnderTest) throws {
        let host = try VaultHost(kind)
        for table in VaultTable.allCases {
            try host.vault.apply([.put(table, key: [1, 2], value: [table.rawValue])])
        }
        try host.reopen()
        for table in VaultTable.allCases {
            #expect(try host.vault.value(table, key: [1, 2]) == [table.rawValue])
            #expect(try host.vault.value(table, key: [1]) == nil)
        }
        try host.vault.apply([.remove(.cases, key: [1, 2]), .remove(.cases, key: [7])])
        #expect(try host.vault.value(.cases, key: [1, 2]) == nil)
        #expect(try host.vault.value(.releases, key: [1, 2]) != nil)
    }

    @Test(arguments: VaultUnderTest.allCases)
    func laterChangeOfOneKeyWins(_ kind: VaultUnderTest) throws {
        let host = try VaultHost(kind)
        try host.vault.apply([
            .put(.settings, key: [1], value: [1]), .put(.settings, key: [1], value: [2]),
            .put(.settings, key: [2], value: [3]), .remove(.settings, key: [2]),
            .put(.settings, key: [], value: []),
        ])
        #expect(try host.vault.value(.settings, key: [1]) == [2])
        #expect(try host.vault.value(.settings, key: [2]) == nil)
        #expect(try host.vault.value(.settings, key: []) == [])
    }

    @Test(arguments: VaultUnderTest.allCases)
    func prefixIsWalkedInOrderAndInPages(_ kind: VaultUnderTest) throws {
        let host = try VaultHost(kind)
        let keys: [[UInt8]] = [[1], [1, 0], [1, 5], [1, 255], [2], [0, 9]]
        try host.vault.apply(keys.map { .put(.requests, key: $0, value: $0 + [7]) })
        func walk(_ prefix: [UInt8], from start: [UInt8]? = nil, countMax: Int = 99) throws -> [[UInt8]] {
            let pairs = try host.vault.values(.requests, prefix: prefix, from: start, countMax: countMax)
            #expect(pairs.allSatisfy { $0.value == $0.key + [7] })
            return pairs.map(\.key)
        }
        #expect(try walk([1]) == [[1], [1, 0], [1, 5], [1, 255]])
        #expect(try walk([]) == [[0, 9], [1], [1, 0], [1, 5], [1, 255], [2]])
        #expect(try walk([1], countMax: 2) == [[1], [1, 0]])
        #expect(try walk([1], from: [1, 0, 0]) == [[1, 5], [1, 255]])
        #expect(try walk([1], from: [0]) == [[1], [1, 0], [1, 5], [1, 255]])
        #expect(try walk([1], from: [2]) == [])
        #expect(try walk([3]) == [])
        #expect(try walk([1], countMax: 0) == [])
    }

    @Test(arguments: VaultUnderTest.allCases)
    func limitsAreKept(_ kind: VaultUnderTest) throws {
        let host = try VaultHost(kind)
        let limit = VaultChange.keyBytesMax
        try host.vault.apply([.put(.cases, key: [UInt8](repeating: 1, count: limit), value: [])])
        #expect(throws: VaultError.tooLarge(found: limit + 1, limit: limit)) {
            try host.vault.apply([.put(.cases, key: [UInt8](repeating: 1, count: limit + 1), value: [])])
        }
        let text = String(repeating: "1", count: VaultEntry.textBytesMax)
        try host.vault.put([vaultEntry(1, holder: text, certificateNumber: text)])
        #expect(throws: VaultError.tooLarge(found: 257, limit: 256)) {
            try host.vault.put([vaultEntry(2, holder: text + "1")])
        }
        #expect(throws: VaultError.tooLarge(found: 257, limit: 256)) {
            try host.vault.put([vaultEntry(2, certificateNumber: text + "1")])
        }
    }
}
