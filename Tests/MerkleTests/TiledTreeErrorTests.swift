import Merkle
import Primitives
import TestKit
import Testing

struct TiledTreeErrorTests {
    private let hasher = MerkleHasher(FastDigest())
    private var tree: RegisterTree { RegisterTree(hasher) }
    private let none: [TileKey: Tile] = [:]

    private func leaves(_ count: Int) -> [Digest] {
        (0..<count).map { hasher.leaf([UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)]) }
    }

    @Test func emptyTreeHasTheRootOfNothing() throws {
        let update = try tree.update(size: 0, newLeaves: [], reader: none)
        #expect(update.root == hasher.emptyRoot)
        #expect(update.newSize == 0)
        #expect(update.tiles.isEmpty)
        #expect(try tree.root(size: 0, reader: none) == hasher.emptyRoot)
    }

    @Test func positionAtTheSizeIsOutOfRange() throws {
        let update = try tree.update(size: 0, newLeaves: leaves(3), reader: none)
        let error = MerkleError.positionOutOfRange(position: Position(3), size: 3)
        #expect(throws: error) {
            try tree.update(size: 3, newLeaves: leaves(2), changed: [Position(3): .zero], reader: update.tiles)
        }
        #expect(throws: error) { try tree.inclusionProof(position: Position(3), size: 3, reader: update.tiles) }
        #expect(throws: error) { try tree.leaf(position: Position(3), size: 3, reader: update.tiles) }
        #expect(try tree.leaf(position: Position(2), size: 3, reader: update.tiles) == leaves(3)[2])
        _ = try tree.update(size: 3, newLeaves: [], changed: [Position(2): .zero], reader: update.tiles)
    }

    @Test func sizeBeyond64BitsIsRefused() {
        #expect(throws: MerkleError.sizeOverflow(size: .max - 1, added: 2)) {
            try tree.update(size: .max - 1, newLeaves: leaves(2), reader: none)
        }
    }

    @Test func consistencyNeedsOrderedSizes() throws {
        let tiles = try tree.update(size: 0, newLeaves: leaves(3), reader: none).tiles
        #expect(throws: MerkleError.sizesOutOfOrder(oldSize: 0, newSize: 3)) {
            try tree.consistencyProof(from: 0, to: 3, reader: tiles)
        }
        #expect(throws: MerkleError.sizesOutOfOrder(oldSize: 3, newSize: 2)) {
            try tree.consistencyProof(from: 3, to: 2, reader: tiles)
        }
        #expect(try tree.consistencyProof(from: 3, to: 3, reader: tiles).path.isEmpty)
    }

    @Test func everyMissingTileIsNamed() throws {
        let count = 16 * 16 + 5
        let tiles = try tree.update(size: 0, newLeaves: leaves(count), reader: none).tiles
        var named: Set<TileKey> = []
        for key in tiles.keys {
            var torn = tiles
            torn[key] = nil
            for position in 0..<UInt64(count) {
                do throws(MerkleError) {
                    _ = try tree.inclusionProof(position: Position(position), size: UInt64(count), reader: torn)
                } catch {
                    #expect(error == .missingTile(key))
                    named.insert(key)
                }
            }
        }
        #expect(named == Set(tiles.keys))
    }

    @Test func tileThatIsTooShortIsNamed() throws {
        let tiles = try tree.update(size: 0, newLeaves: leaves(7), reader: none).tiles
        #expect(throws: MerkleError.shortTile(TileKey(level: 0, index: 0), needed: 8, found: 7)) {
            try tree.root(size: 8, reader: tiles)
        }
        #expect(throws: MerkleError.shortTile(TileKey(level: 0, index: 0), needed: 8, found: 7)) {
            try tree.update(size: 8, newLeaves: leaves(1), reader: tiles)
        }
    }

    @Test func updateFromAnOlderSizeForgetsLaterLeaves() throws {
        let tiles = try tree.update(size: 0, newLeaves: leaves(20), reader: none).tiles
        let update = try tree.update(size: 10, newLeaves: [.zero], reader: tiles)
        #expect(update.root == hasher.root(of: leaves(10) + [.zero]))
        #expect(update.tiles[TileKey(level: 0, index: 0)]?.digests.count == 11)
    }

    @Test func overlayStandsBeforeItsBase() throws {
        let base = try tree.update(size: 0, newLeaves: leaves(40), reader: none)
        let change = try tree.update(size: 40, newLeaves: [], changed: [Position(33): .zero], reader: base.tiles)
        let overlay = TileOverlay(changed: change.tiles, base: base.tiles)
        var expected = leaves(40)
        expected[33] = .zero
        #expect(try tree.root(size: 40, reader: overlay) == hasher.root(of: expected))
        #expect(try tree.root(size: 40, reader: overlay) == change.root)
        #expect(try tree.root(size: 40, reader: TileOverlay(base: base.tiles)) == base.root)
    }
}
