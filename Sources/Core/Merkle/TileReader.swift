/// Gives the tiles of one tree: a database in production, a dictionary in the simulator.
package protocol TileReader {
    /// The tile with this key, or nil when none is kept.
    ///
    /// A tile may hold more digests than the size that is asked about has, as long as the first ones are the same.
    func tile(_ key: TileKey) -> Tile?
}

extension [TileKey: Tile]: TileReader {
    package func tile(_ key: TileKey) -> Tile? { self[key] }
}

/// Tiles that were changed and not yet stored, before those of another reader.
package struct TileOverlay: TileReader {
    package var changed: [TileKey: Tile]
    private let base: any TileReader

    package init(changed: [TileKey: Tile] = [:], base: any TileReader) {
        self.changed = changed
        self.base = base
    }

    package func tile(_ key: TileKey) -> Tile? { changed[key] ?? base.tile(key) }
}
