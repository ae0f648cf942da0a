import Execution
import LedgerModel
import Merkle
import Primitives
import TestKit
import Testing

@testable import zhixin_audit

/// The auditor's own store against plain dictionaries.
struct ReplayStoreTests {
    @Test func theIndexFindsWhatWasPutInAndNothingElse() {
        let fixture = LedgerFixture()
        var index = KeyIndex()
        var keys: [RecordKey] = []
        for number in 0..<5000 {
            let key = RecordKey(
                kind: number.isMultiple(of: 2) ? .certificate : .subject,
                identity: fixture.digest(UInt64(number / 2))
            )
            index.insert(key, at: Position(UInt64(number)))
            keys.append(key)
        }
        #expect(index.count == 5000)
        for (number, key) in keys.enumerated() {
            #expect(index.position(of: key) { keys[Int($0.rawValue)] == key } == Position(UInt64(number)))
        }
        for number in 5000..<6000 {
            let key = RecordKey(kind: .certificate, identity: fixture.digest(UInt64(number)))
            #expect(index.position(of: key) { keys[Int($0.rawValue)] == key } == nil)
        }
    }

    @Test func theArenaKeepsTheNewestValueOfEveryRecord() {
        var random = SeededRandom(seed: 5)
        var arena = RecordArena()
        var model: [[UInt8]] = []
        for _ in 0..<4000 {
            let count = Int.random(in: 1...1500, using: &random)
            let bytes = random.bytes(count: count)
            // A third are new values of old records, half of these of the same length.
            if let old = model.indices.randomElement(using: &random), random.chance(1, in: 3) {
                let value = random.chance(1, in: 2) ? Array(random.bytes(count: model[old].count)) : bytes
                arena.put(value, at: Position(UInt64(old)))
                model[old] = value
            } else {
                arena.put(bytes, at: Position(UInt64(model.count)))
                model.append(bytes)
            }
        }
        #expect(arena.count == UInt64(model.count))
        for (position, bytes) in model.enumerated() {
            #expect(arena.bytes(at: Position(UInt64(position))) == bytes)
        }
        #expect(arena.bytes(at: Position(UInt64(model.count))) == nil)
    }

    @Test func theTilesAreThoseOfATree() throws {
        let fixture = LedgerFixture()
        let tree = TiledTree(MerkleHasher(fixture.suite.digestFunction))
        var random = SeededRandom(seed: 6)
        var levels = TileLevels()
        var model: [TileKey: Tile] = [:]
        var size: UInt64 = 0
        for round in 0..<60 {
            let added = (0..<Int.random(in: 0...400, using: &random)).map { fixture.digest(UInt64($0 + round * 1000)) }
            var changed: [Position: Digest] = [:]
            if size > 0 {
                for _ in 0..<10 {
                    changed[Position(UInt64.random(in: 0..<size, using: &random))] = fixture.digest(random.next())
                }
            }
            let update = try tree.update(size: size, newLeaves: added, changed: changed, reader: levels)
            #expect(update == (try tree.update(size: size, newLeaves: added, changed: changed, reader: model)))
            levels.put(update.tiles)
            model.merge(update.tiles) { _, new in new }
            size = update.newSize
        }
        #expect(size > 4096 * 2)
        #expect(levels.tileCount == model.count)
        for (key, tile) in model { #expect(levels.tile(key) == tile) }
        #expect(levels.tile(TileKey(level: 0, index: size / 16 + 1)) == nil)
        #expect(levels.tile(TileKey(level: 9, index: 0)) == nil)
    }

    @Test func theReplayedStateAnswersLikeAnother() throws {
        let world = try AuditWorld()
        let ledger = ReplayLedger(genesis: world.fixture.genesisBlock)
        for height in 1...world.chain.blocks.count {
            ledger.apply(try #require(world.chain.ledger.block(at: Height(UInt64(height)))))
        }
        for (position, record) in world.chain.ledger.allRecords.enumerated() {
            #expect(try ledger.record(at: Position(UInt64(position))) == record)
            #expect(try ledger.position(of: record.key) == Position(UInt64(position)))
        }
        #expect(try ledger.position(of: .certificate(world.fixture.digest(5555))) == nil)
        #expect(ledger.state.header == world.chain.newest)
    }

    @Test func framesComeOutAsTheyWentInHoweverTheyAreCut() throws {
        var random = SeededRandom(seed: 7)
        let frames = (0..<50).map { _ in random.bytes(count: Int.random(in: 0...3000, using: &random)) }
        let stream = frames.flatMap(FrameParser.frame)
        for piece in [1, 3, 4096, stream.count] {
            var parser = FrameParser()
            var found: [[UInt8]] = []
            for start in stride(from: 0, to: stream.count, by: piece) {
                parser.append(stream[start..<min(start + piece, stream.count)])
                while let frame = try parser.next() { found.append(frame) }
            }
            #expect(found == frames)
            #expect(parser.pendingCount == 0)
        }
        var parser = FrameParser()
        parser.append([1, 0, 128, 0])
        #expect(throws: FrameError(byteCount: FrameParser.frameBytesMax + 1, limit: FrameParser.frameBytesMax)) {
            try parser.next()
        }
    }
}
