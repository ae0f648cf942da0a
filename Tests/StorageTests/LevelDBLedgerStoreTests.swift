import Execution
import Foundation
import LedgerModel
import Merkle
import Ports
import Primitives
import TestKit
import Testing

@testable import Storage

/// Folders that are in use, foreign, damaged or half there (failure case 20).
@Suite struct LevelDBLedgerStoreTests {
    private let folder = TemporaryFolder()
    private let fixture = LedgerFixture()

    private func path(_ name: String) -> String { folder.path + "/" + name }

    /// A closed ledger of a few blocks in the folder `name`, and the digest of its newest block.
    @discardableResult
    private func fill(_ name: String, blocks: Int = 3) throws -> Digest {
        let store = try openStore(at: path(name), fixture)
        var chain = LedgerChain(fixture: fixture, state: store.ledgerState)
        for number in 0..<UInt64(blocks) {
            let block = try chain.issue((number * 100)..<(number * 100 + 100))
            try store.commit([(block, chain.certificate(block))])
        }
        return store.view().headerDigest
    }

    private func expectRefusal(
        _ name: String,
        _ isExpected: (StoreError) -> Bool,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(sourceLocation: sourceLocation) {
            _ = try openStore(at: path(name), fixture)
        } throws: { error in
            (error as? StoreError).map(isExpected) ?? false
        }
    }

    private func isCorrupt(_ error: StoreError) -> Bool {
        if case .corrupt = error { return true }
        return false
    }

    @Test func folderInUseIsRefused() throws {
        let store = try openStore(at: path("a"), fixture)
        expectRefusal("a") { $0 == .lockedByAnother(folder: path("a")) && $0.isTemporary }
        #expect(store.view().header.height == .genesis)
    }

    @Test func folderOfAnotherNetworkIsRefused() throws {
        try fill("a")
        let other = LedgerFixture(seed: 2)
        #expect(throws: StoreError.ofAnotherNetwork(found: fixture.network)) { try openStore(at: path("a"), other) }
    }

    @Test func genesisOfAnotherNetworkIsRefused() throws {
        let opening = try LevelDBLedgerStore.open(
            at: path("a"),
            network: fixture.network,
            digestFunction: fixture.suite.digestFunction
        )
        guard case .empty(let empty) = opening else {
            Issue.record("the folder was not empty")
            return
        }
        let other = LedgerFixture(seed: 2)
        #expect(throws: StoreError.ofAnotherNetwork(found: other.network)) {
            try empty.initialise(genesis: other.genesisBlock)
        }
    }

    @Test func newerFormatIsRefused() throws {
        try fill("a")
        do {
            let handle = try LevelDBHandle(path: path("a"))
            var tip = try #require(try handle.value(LedgerKey.tip))
            tip[0] = 2
            var batch = LevelDBBatch()
            batch.put(LedgerKey.tip, tip)
            try handle.write(batch)
        }
        expectRefusal("a") { $0 == .formatUnknown(found: 2) }
    }

    @Test func folderThatLostItsCurrentIsRefusedAndLeftAsItIs() throws {
        try fill("a")
        try folder.remove(path("a/CURRENT"))
        let before = try folder.names(path("a"))
        expectRefusal("a") {
            if case .incompleteFolder = $0 { return true }
            return false
        }
        #expect(try folder.names(path("a")) == before)
    }

    @Test func folderThatHasNeverHeldABlockIsEmpty() throws {
        do { _ = try LevelDBHandle(path: path("a")) }
        #expect(try openStore(at: path("a"), fixture).view().header.height == .genesis)
    }

    @Test func ledgerWithoutItsNewestBlockIsRefused() throws {
        try fill("a")
        do {
            let handle = try LevelDBHandle(path: path("a"))
            var batch = LevelDBBatch()
            batch.remove(LedgerKey.tip)
            try handle.write(batch)
        }
        expectRefusal("a", isCorrupt)
    }

    @Test func emptyTableIsRefused() throws {
        try fill("a")
        // Opening again turns the log into a table.
        do { _ = try openStore(at: path("a"), fixture) }
        let table = try #require(try folder.names(path("a")).first { $0.hasSuffix(".ldb") })
        try folder.write([], to: path("a/" + table))
        expectRefusal("a") {
            if case .failed(let reason) = $0 { return reason.contains(table) }
            return false
        }
    }

    @Test func missingTableIsRefused() throws {
        try fill("a")
        do { _ = try openStore(at: path("a"), fixture) }
        let table = try #require(try folder.names(path("a")).first { $0.hasSuffix(".ldb") })
        try folder.remove(path("a/" + table))
        expectRefusal("a", isCorrupt)
    }

    @Test func flippedBitInATableIsNeverReadAsSomethingElse() throws {
        let digest = try fill("a")
        do { _ = try openStore(at: path("a"), fixture) }
        let table = try #require(try folder.names(path("a")).first { $0.hasSuffix(".ldb") })
        let bytes = try folder.read(path("a/" + table))
        let expected = try records("a")
        var refused = 0
        for offset in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 60)) {
            let name = "damaged-\(offset)"
            try folder.copy(path("a"), to: path(name))
            var damaged = bytes
            damaged[offset] ^= 0x20
            try folder.write(damaged, to: path(name + "/" + table))
            do {
                #expect(try records(name) == expected)
                #expect(try openStore(at: path(name), fixture).view().headerDigest == digest)
            } catch let error as StoreError {
                #expect(isCorrupt(error), "\(error)")
                refused += 1
            }
            try folder.remove(path(name))
        }
        #expect(refused > 10)
    }

    private func records(_ name: String) throws -> [Record] {
        try openStore(at: path(name), fixture).view().records(from: Position(0), countMax: .max)
    }

    @Test func everyCutOfTheLogLeavesWholeCommitsOnly() throws {
        // What LevelDB's own log holds after a crash: each commit is there with all of its blocks, or not at all.
        let store = try openStore(at: path("a"), fixture)
        var chain = LedgerChain(fixture: fixture, state: store.ledgerState)
        var heights: Set<UInt64> = [0]
        for number in 0..<UInt64(3) {
            let first = try chain.issue((number * 10)..<(number * 10 + 5))
            let second = try chain.issue((number * 10 + 5)..<(number * 10 + 10))
            try store.commit([(first, nil), (second, chain.certificate(second))])
            heights.insert(second.header.height.rawValue)
        }
        let log = try #require(try folder.names(path("a")).first { $0.hasSuffix(".log") })
        let bytes = try folder.read(path("a/" + log))
        var seen: Set<UInt64> = []
        for length in stride(from: 0, through: bytes.count, by: max(1, bytes.count / 80)) + [bytes.count] {
            try folder.copy(path("a"), to: path("b"))
            try folder.write(Array(bytes.prefix(length)), to: path("b/" + log))
            let reopened = try openStore(at: path("b"), fixture)
            let view = reopened.view()
            #expect(heights.contains(view.header.height.rawValue))
            #expect(UInt64(try view.records(from: Position(0), countMax: .max).count) == view.header.registerSize)
            seen.insert(view.header.height.rawValue)
            try folder.remove(path("b"))
        }
        #expect(seen == heights)
    }

    @Test func damagedLogIsRefused() throws {
        try fill("a")
        let log = try #require(try folder.names(path("a")).first { $0.hasSuffix(".log") })
        var bytes = try folder.read(path("a/" + log))
        bytes[bytes.count / 2] ^= 1
        try folder.write(bytes, to: path("a/" + log))
        expectRefusal("a", isCorrupt)
    }

    @Test func levelOverItsLimitIsReadFromTheDisk() throws {
        // 300 leaves have 19 tiles of level 0 and 2 of level 1; with room for one, the level is dropped.
        var small = TileShelf(levelTilesMax: 1)
        var large = TileShelf(levelTilesMax: 2)
        let store = try openStore(at: path("a"), fixture)
        var chain = LedgerChain(fixture: fixture, state: store.ledgerState)
        let block = try chain.issue(0..<300)
        try small.put(block.tiles)
        try large.put(block.tiles)
        #expect(!small.holds(level: 0) && !small.holds(level: 1) && small.holds(level: 2))
        #expect(!large.holds(level: 0) && large.holds(level: 1) && large.holds(level: 2))
        try store.commit([(block, nil)])
        let tiles = StoredTiles(tree: .register, shelf: small, handle: store.handle, snapshot: nil)
        let shelved = StoredTiles(tree: .register, shelf: large, handle: store.handle, snapshot: nil)
        for (key, tile) in block.tiles {
            #expect(tiles.tile(key) == tile)
            #expect(shelved.tile(key) == tile)
        }
    }

    @Test func tileAfterAMissingOneIsRefused() throws {
        var shelf = TileShelf()
        let tile = try #require(block(0).tiles.values.first)
        #expect(throws: StoreError.corrupt(reason: "tile 0 of level 1 is missing")) {
            try shelf.put([.init(level: 1, index: 1): tile])
        }
    }

    private func block(_ number: UInt64) throws -> ExecutedBlock {
        var chain = LedgerChain(fixture: fixture, state: fixture.makeLedger().state)
        return try chain.issue(number..<(number + 1))
    }
}
