import Merkle
import Ports

/// One tree's tiles: those in memory, then those on the disk.
///
/// A read that fails looks like a missing tile; the tree then says which one.
struct StoredTiles: TileReader {
    let tree: StoredTree
    let shelf: TileShelf
    let handle: LevelDBHandle
    let snapshot: LevelDBSnapshot?

    func tile(_ key: TileKey) -> Tile? {
        if shelf.holds(level: key.level) { return shelf.tile(key) }
        do throws(StoreError) {
            return try handle.value(tree.key(key), snapshot: snapshot).map { bytes throws(StoreError) in
                try LedgerCoder.tile(bytes)
            }
        } catch {
            return nil
        }
    }
}
