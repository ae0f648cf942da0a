import Merkle
import Ports

/// The tiles of one tree above the lowest level, in memory. A value: readers keep theirs while the next is made.
///
/// Tiles lie in pieces of 256, so that a copy that changes a few tiles copies a few pieces.
struct TileShelf: Sendable {
    /// A level with more tiles than this is read from the disk instead; for level 1 that is 33 million leaves and 70 MB.
    static let levelTilesMax = 131_072
    private static let pieceTiles = 256

    private struct Level {
        var pieces: [[Tile]] = []
        var count = 0
        var isHeld = true
    }

    private let levelTilesMax: Int
    private var levels: [Level]

    init(levelTilesMax: Int = TileShelf.levelTilesMax) {
        self.levelTilesMax = levelTilesMax
        levels = Array(repeating: Level(), count: Int(TileKey.levelMax) + 1)
        levels[0].isHeld = false
    }

    /// Whether the tiles of the level are here, so that one that is not found does not exist.
    func holds(level: UInt8) -> Bool { levels[Int(level)].isHeld }

    func tile(_ key: TileKey) -> Tile? {
        let level = levels[Int(key.level)]
        guard key.index < UInt64(level.count) else { return nil }
        let (piece, place) = Int(key.index).quotientAndRemainder(dividingBy: TileShelf.pieceTiles)
        return level.pieces[piece][place]
    }

    /// Puts in tiles that are new or have new content.
    /// - Throws: `StoreError.corrupt` when a tile before a new one was never given.
    mutating func put(_ tiles: [TileKey: Tile]) throws(StoreError) {
        for (key, tile) in tiles.filter({ $0.key.level > 0 }).sorted(by: { $0.key < $1.key }) {
            try put(tile, at: key)
        }
    }

    mutating func put(_ tile: Tile, at key: TileKey) throws(StoreError) {
        let level = Int(key.level)
        guard levels[level].isHeld else { return }
        guard key.index <= UInt64(levels[level].count) else {
            throw .corrupt(reason: "tile \(levels[level].count) of level \(level) is missing")
        }
        let (piece, place) = Int(key.index).quotientAndRemainder(dividingBy: TileShelf.pieceTiles)
        if key.index < UInt64(levels[level].count) {
            levels[level].pieces[piece][place] = tile
            return
        }
        if place == 0 { levels[level].pieces.append([]) }
        levels[level].pieces[piece].append(tile)
        levels[level].count += 1
        if levels[level].count > levelTilesMax { levels[level] = Level(isHeld: false) }
    }
}
