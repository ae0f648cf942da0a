import Merkle
import Primitives
import TestKit
import Testing

/// The tiled tree against the definitions of RFC 6962 over a plain array.
struct TiledTreeModelTests {
    private let function = FastDigest()
    private var hasher: MerkleHasher { MerkleHasher(function) }
    private var tree: RegisterTree { RegisterTree(hasher) }

    @Test(arguments: 1...30)
    func randomBatchesGiveTheDefinedRoots(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var model = NaiveTree(function: function, leaves: [])
        var history = HistoryTree()
        var tiles: [TileKey: Tile] = [:]
        for _ in 0..<25 {
            let added = (0..<Int.random(in: 0...[1, 5, 17, 70].randomElement(using: &random)!, using: &random))
                .map { _ in digest(&random) }
            var changed: [Position: Digest] = [:]
            if !model.leaves.isEmpty {
                for _ in 0..<Int.random(in: 0...6, using: &random) {
                    changed[Position(UInt64.random(in: 0..<UInt64(model.leaves.count), using: &random))] =
                        digest(&random)
                }
            }
            let size = UInt64(model.leaves.count)
            let update = try tree.update(size: size, newLeaves: added, changed: changed, reader: tiles)
            for (position, leaf) in changed { model.leaves[Int(position.rawValue)] = leaf }
            model.leaves += added
            for leaf in added { history.append(leaf, hasher: hasher) }
            tiles.merge(update.tiles) { $1 }
            #expect(update.newSize == UInt64(model.leaves.count))
            #expect(update.root == model.root)
            #expect(try tree.root(size: update.newSize, reader: tiles) == model.root)
            #expect(hasher.root(of: model.leaves) == model.root)
        }
        #expect(history.size == UInt64(model.leaves.count))
        try expectExactTiles(tiles, for: model)
    }

    @Test func everyTreeOfUpTo70LeavesHasTheDefinedProofs() throws {
        var random = SeededRandom(seed: 1)
        let leaves = (0..<70).map { _ in digest(&random) }
        let tiles = try tree.update(size: 0, newLeaves: leaves, reader: [TileKey: Tile]()).tiles
        var history = HistoryTree()
        for size in 1...leaves.count {
            history.append(leaves[size - 1], hasher: hasher)
            let model = NaiveTree(function: function, leaves: Array(leaves.prefix(size)))
            let root = model.root
            #expect(history.root(hasher: hasher) == root)
            // The tiles are those of 70 leaves: an older size is read from them as well.
            #expect(try tree.root(size: UInt64(size), reader: tiles) == root)
            for position in 0..<size {
                let proof = try tree.inclusionProof(
                    position: Position(UInt64(position)),
                    size: UInt64(size),
                    reader: tiles
                )
                #expect(proof.path == model.path(position, model.leaves[...]))
                #expect(proof.computedRoot(leaf: leaves[position], hasher: hasher) == root)
                #expect(hasher.inclusionProof(position: proof.position, of: model.leaves) == proof)
                #expect(try InclusionProof(canonicalBytes: proof.canonicalBytes) == proof)
            }
        }
    }

    @Test func everyPairOfSizesUpTo70HasTheDefinedConsistencyProof() throws {
        var random = SeededRandom(seed: 2)
        let leaves = (0..<70).map { _ in digest(&random) }
        let tiles = try tree.update(size: 0, newLeaves: leaves, reader: [TileKey: Tile]()).tiles
        let roots = (0...70).map { NaiveTree(function: function, leaves: Array(leaves.prefix($0))).root }
        for newSize in 1...leaves.count {
            let model = NaiveTree(function: function, leaves: Array(leaves.prefix(newSize)))
            for oldSize in 1...newSize {
                let proof = try tree.consistencyProof(from: UInt64(oldSize), to: UInt64(newSize), reader: tiles)
                #expect(proof.path == model.proof(oldSize, model.leaves[...], isWhole: true))
                #expect(proof.verify(oldRoot: roots[oldSize], newRoot: roots[newSize], hasher: hasher))
                #expect(!proof.verify(oldRoot: roots[oldSize - 1], newRoot: roots[newSize], hasher: hasher))
                #expect(!proof.verify(oldRoot: roots[oldSize], newRoot: roots[newSize - 1], hasher: hasher))
                #expect(try ConsistencyProof(canonicalBytes: proof.canonicalBytes) == proof)
            }
        }
    }

    @Test func proofsAboveManyLevelsVerify() throws {
        var random = SeededRandom(seed: 3)
        let leaves = (0..<70_001).map { _ in digest(&random) }
        let update = try tree.update(size: 0, newLeaves: leaves, reader: [TileKey: Tile]())
        #expect(update.root == hasher.root(of: leaves))
        #expect(update.tiles.keys.map(\.level).max() == 4)
        for position in [0, 1, 15, 16, 65_535, 65_536, 69_999, 70_000] {
            let proof = try tree.inclusionProof(
                position: Position(UInt64(position)),
                size: update.newSize,
                reader: update.tiles
            )
            #expect(proof.verify(leaf: leaves[position], root: update.root, hasher: hasher))
        }
        for oldSize in [1, 2, 65_535, 65_536, 65_537, 69_999, 70_000] {
            let proof = try tree.consistencyProof(from: UInt64(oldSize), to: update.newSize, reader: update.tiles)
            let oldRoot = hasher.root(of: leaves.prefix(oldSize))
            #expect(proof.verify(oldRoot: oldRoot, newRoot: update.root, hasher: hasher))
        }
    }

    /// Nothing is kept but complete subtrees, and all of these are.
    private func expectExactTiles(_ tiles: [TileKey: Tile], for model: NaiveTree) throws {
        var expected: [TileKey: [Digest]] = [:]
        var (level, width) = (UInt8(0), 1)
        while model.leaves.count / width > 0 {
            for index in 0..<(model.leaves.count / width) {
                let subtree = model.root(model.leaves[(index * width)..<((index + 1) * width)])
                expected[TileKey(level: level, index: UInt64(index / 16)), default: []].append(subtree)
            }
            level += 1
            width *= 16
        }
        #expect(tiles.mapValues(\.digests) == expected)
    }

    private func digest(_ random: inout SeededRandom) -> Digest {
        Digest(words: (random.next(), random.next(), random.next(), random.next()))
    }
}
