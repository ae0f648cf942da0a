import Merkle
import Primitives

/// A tree's tiles as rows of digests, one row a level.
struct TileLevels: TileReader {
    private static let pieceDigests = 4096

    private struct Level {
        var pieces: [[Digest]] = []
        var count = 0
    }

    private var levels: [Level] = []

    func tile(_ key: TileKey) -> Tile? {
        guard Int(key.level) < levels.count else { return nil }
        let level = levels[Int(key.level)]
        let first = Int(key.index) * Tile.width
        guard first < level.count else { return nil }
        let (piece, offset) = first.quotientAndRemainder(dividingBy: TileLevels.pieceDigests)
        let digests = level.pieces[piece]
        return Tile(Array(digests[offset..<min(offset + Tile.width, digests.count)]))
    }

    /// Puts in tiles that are new or have new content; new ones follow those that are there.
    mutating func put(_ tiles: [TileKey: Tile]) {
        for key in tiles.keys.sorted() {
            while levels.count <= Int(key.level) { levels.append(Level()) }
            put(tiles[key]!.digests, level: Int(key.level), first: Int(key.index) * Tile.width)
        }
    }

    private mutating func put(_ digests: [Digest], level: Int, first: Int) {
        precondition(first <= levels[level].count, "tiles are added in order")
        let (piece, offset) = first.quotientAndRemainder(dividingBy: TileLevels.pieceDigests)
        if piece == levels[level].pieces.count {
            var digests: [Digest] = []
            digests.reserveCapacity(TileLevels.pieceDigests)
            levels[level].pieces.append(digests)
        }
        let end = min(offset + digests.count, levels[level].pieces[piece].count)
        levels[level].pieces[piece].replaceSubrange(offset..<end, with: digests)
        levels[level].count = max(levels[level].count, first + digests.count)
    }

    /// How many tiles there are.
    var tileCount: Int { levels.reduce(0) { $0 + ($1.count + Tile.width - 1) / Tile.width } }
}
