import Consensus
import Execution
import LedgerModel
import Merkle
import Primitives
import Storage
import TestKit
import Testing

@testable import zhixin_audit

/// A node's folder as the node writes it, and what the audit says when one entry of it is not what it was.
struct FolderTests {
    private let world: AuditWorld
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/ledger" }

    init() throws {
        world = try AuditWorld()
        folder = try TemporaryFolder()
        try write(batches: [3, 1, 2, 3])
    }

    /// Lets the node's own store write the ledger, so many blocks at a time.
    private func write(batches: [Int]) throws {
        let fixture = world.fixture
        let opening = try LevelDBLedgerStore.open(
            at: path,
            network: fixture.network,
            digestFunction: fixture.suite.digestFunction
        )
        guard case .empty(let empty) = opening else {
            Issue.record("the folder is not new")
            return
        }
        let store = try empty.initialise(genesis: fixture.genesisBlock)
        var height = Height.genesis
        for count in batches {
            var batch: [(ExecutedBlock, QuorumCertificate?)] = []
            for _ in 0..<count {
                height = height.next
                let block = try #require(world.chain.ledger.block(at: height))
                batch.append((block, world.chain.ledger.certificate(of: block.digest)))
            }
            try store.commit(batch)
        }
    }

    private func audit(_ given: String? = nil) async throws -> AuditOutcome {
        let fixture = world.fixture
        var auditor = try ChainAuditor(genesis: fixture.genesis, suite: fixture.suite)
        let reader = try FolderReader(path: given ?? path)
        let comparison = FolderComparison(
            reader,
            genesis: fixture.genesisBlock,
            hasher: MerkleHasher(fixture.suite.digestFunction),
            others: SilentObserver()
        )
        return await auditor.audit(try FolderSource(reader), observer: comparison)
    }

    /// Changes one entry of the folder.
    private func change(_ key: [UInt8], to value: [UInt8]?) throws {
        let handle = try LevelDBHandle(path: path)
        var batch = LevelDBBatch()
        if let value { batch.put(key, value) } else { batch.remove(key) }
        try handle.write(batch)
    }

    private func entries() throws -> [(key: [UInt8], value: [UInt8])] {
        var list: [(key: [UInt8], value: [UInt8])] = []
        try FolderReader(path: path).walk { list.append(($0, $1)) }
        return list
    }

    /// Its ledger lies in the node's data folder, beside others; either may be given.
    @Test func theFolderAroundTheLedgerIsTakenAsWell() async throws {
        #expect(try await audit(folder.path) == .sound)
    }

    @Test func whatANodeWroteEqualsTheReplay() async throws {
        #expect(try await audit() == .sound)
        let kinds = Set(try entries().compactMap(\.key.first).map { Character(Unicode.Scalar($0)) })
        #expect(kinds == ["m", "h", "b", "c", "v", "i", "r", "k", "t", "T", "d", "x"])
    }

    @Test func everyEntryIsCompared() async throws {
        var random = SeededRandom(seed: 9)
        for (key, value) in try entries() where !value.isEmpty {
            var damaged = value
            damaged[Int.random(in: 0..<value.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
            try change(key, to: damaged)
            let outcome = try await audit()
            #expect(outcome != .sound, "\(Hexadecimal.encode(key)) was changed unnoticed")
            try change(key, to: value)
        }
        #expect(try await audit() == .sound)
    }

    @Test func everyEntryIsNeeded() async throws {
        let needless = Set(
            world.chain.blocks.dropLast().map { [UInt8(ascii: "c")] + bigEndian($0.block.header.height.rawValue) }
        )
        // Without its tip the folder is none; that has a test of its own.
        for (key, value) in try entries() where key != [UInt8(ascii: "m")] {
            try change(key, to: nil)
            let outcome = try await audit()
            if needless.contains(key) {
                // Final through a later block, as a block without a certificate always is.
                #expect(outcome == .sound)
            } else {
                #expect(outcome != .sound, "\(Hexadecimal.encode(key)) was removed unnoticed")
            }
            try change(key, to: value)
        }
    }

    @Test(arguments: ["r", "k", "t", "T", "h", "b", "c", "v", "d", "x", "i", "m", "z", "A"] as [Unicode.Scalar])
    func nothingMoreMayBeStored(kind: Unicode.Scalar) async throws {
        try change([UInt8(ascii: kind)] + bigEndian(1000), to: [1, 2, 3])
        let outcome = try await audit()
        #expect(outcome != .sound)
    }

    @Test func aChangedRecordIsNamedByItsPosition() async throws {
        // A suspended certificate that the node would rather call active.
        let key = RecordKey.certificate(world.fixture.digest(7))
        let position = try #require(world.chain.ledger.position(of: key))
        guard case .certificate(var record) = world.chain.ledger.record(at: position) else { return }
        record.status = .active
        let place = [UInt8(ascii: "r")] + bigEndian(position.rawValue)
        try change(place, to: Record.certificate(record).canonicalBytes)
        let fault = try await audit().fault
        #expect(fault?.rule == .storedRecord)
        #expect(fault?.detail.hasSuffix("position \(position)") == true)
    }

    @Test func aMissingRecordIsNamedByItsPosition() async throws {
        try change([UInt8(ascii: "r")] + bigEndian(20), to: nil)
        let fault = try await audit().fault
        #expect(fault?.rule == .storedRecord)
        #expect(fault?.detail.hasSuffix("position 20 is missing") == true)
    }

    @Test func aTransactionsWrongPlaceIsNamed() async throws {
        let transaction = try #require(world.chain.ledger.block(at: Height(4))).transactions[1]
        let wrong = StoredLocation(height: Height(4), index: 0, verdict: .accepted)
        try change([UInt8(ascii: "x")] + transaction.digest.bytes, to: wrong.canonicalBytes)
        let fault = try await audit().fault
        #expect(fault?.rule == .storedLookup)
        #expect(fault?.height == Height(4))
        #expect(fault?.transaction == 1)
    }

    @Test func aFolderWithoutALedgerIsAProblem() throws {
        #expect(throws: SourceProblem.self) { try FolderReader(path: folder.path + "/none") }
        try change([UInt8(ascii: "m")], to: nil)
        let reader = try FolderReader(path: path)
        #expect(throws: SourceProblem.self) { try FolderSource(reader) }
    }

    @Test func anAuditWritesAnExportThatIsSoundItself() async throws {
        let fixture = world.fixture
        let target = folder.path + "/export"
        var auditor = try ChainAuditor(genesis: fixture.genesis, suite: fixture.suite)
        let writer = try ExportWriter(path: target, network: fixture.network, others: SilentObserver())
        let outcome = await auditor.audit(try FolderSource(FolderReader(path: path)), observer: writer)
        #expect(outcome == .sound)
        #expect(try FileStream.contents(of: target, byteCountMax: 1 << 24) == world.export)
        var second = try ChainAuditor(genesis: fixture.genesis, suite: fixture.suite)
        let source = ExportSource(try FileStream(path: target), network: fixture.network)
        #expect(await second.audit(source, observer: SilentObserver()) == .sound)
        #expect(throws: SourceProblem.self) {
            try ExportWriter(path: target, network: fixture.network, others: SilentObserver())
        }
    }

    private func bigEndian(_ number: UInt64) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }
}
