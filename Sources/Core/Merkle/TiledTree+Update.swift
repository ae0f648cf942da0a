package import Primitives

/// What changing a tree gave.
package struct TreeUpdate: Equatable, Sendable {
    /// The root over all leaves after the change.
    package let root: Digest
    /// Leaves after the change.
    package let newSize: UInt64
    /// Every tile that is new or has new content, whole.
    package let tiles: [TileKey: Tile]
}

extension TiledTree {
    /// The tree of `size` leaves with the leaves in `changed` replaced and `newLeaves` added at its end.
    ///
    /// All leaves are given by their leaf digests. Each tile is read and hashed at most once, so a batch is cheaper than
    /// its changes one by one. Nothing is stored: the caller writes `tiles`, or puts them before the reader as a
    /// `TileOverlay`.
    /// - Throws: `MerkleError.positionOutOfRange` for a changed position that is not below `size`;
    ///   `MerkleError.sizeOverflow`; `MerkleError.missingTile`, `MerkleError.shortTile`.
    package func update(
        size: UInt64,
        newLeaves: [Digest],
        changed: [Position: Digest] = [:],
        reader: some TileReader
    ) throws(MerkleError) -> TreeUpdate {
        let (newSize, overflow) = size.addingReportingOverflow(UInt64(newLeaves.count))
        guard !overflow else { throw .sizeOverflow(size: size, added: newLeaves.count) }
        let changes = changed.map { LevelChange(index: $0.key.rawValue, digest: $0.value) }
            .sorted { $0.index < $1.index }
        if let last = changes.last, last.index >= size {
            throw .positionOutOfRange(position: Position(last.index), size: size)
        }
        var edit = LevelEdit(count: size, changes: changes, additions: newLeaves)
        var tiles: [TileKey: Tile] = [:]
        var level: UInt8 = 0
        while !edit.isEmpty {
            edit = try apply(edit, level: level, reader: reader, tiles: &tiles)
            level += 1
        }
        let overlay = ChangedTiles(changed: tiles, base: reader)
        return TreeUpdate(root: try root(size: newSize, reader: overlay), newSize: newSize, tiles: tiles)
    }

    /// Puts one level's edit into its tiles and gives the edit of the level above that follows from it.
    private func apply(
        _ edit: LevelEdit,
        level: UInt8,
        reader: some TileReader,
        tiles: inout [TileKey: Tile]
    ) throws(MerkleError) -> LevelEdit {
        let width = UInt64(Tile.width)
        var above = LevelEdit(count: edit.count / width, changes: [], additions: [])
        var changes = edit.changes[...]
        var additions = edit.additions[...]
        while !changes.isEmpty || !additions.isEmpty {
            // Changes lie before additions, at most in the same tile.
            let end = edit.count + UInt64(edit.additions.count - additions.count)
            let key = TileKey(level: level, index: (changes.first?.index ?? end) / width)
            let first = key.index * width
            var digests: [Digest] = []
            if edit.count > first {
                let count = Int(min(width, edit.count - first))
                digests = Array(try self.digests(of: key, count: count, reader: reader).prefix(count))
            }
            while let change = changes.first, change.index / width == key.index {
                digests[Int(change.index - first)] = change.digest
                changes.removeFirst()
            }
            if first + UInt64(digests.count) == end {
                let taken = additions.prefix(Tile.width - digests.count)
                digests += taken
                additions = additions.dropFirst(taken.count)
            }
            if digests.count == Tile.width {
                above.set(key.index, to: hasher.root(of: digests))
            }
            tiles[key] = Tile(digests)
        }
        return above
    }
}

/// A digest of one level that gets another value.
private struct LevelChange {
    let index: UInt64
    let digest: Digest
}

/// What is to happen to one level of a tree: changes by ascending index, then additions.
private struct LevelEdit {
    /// Digests in the level before the edit.
    let count: UInt64
    var changes: [LevelChange]
    var additions: [Digest]

    var isEmpty: Bool { changes.isEmpty && additions.isEmpty }

    /// Notes the digest at `index`, which must be above all that were noted before.
    mutating func set(_ index: UInt64, to digest: Digest) {
        if index < count {
            changes.append(LevelChange(index: index, digest: digest))
        } else {
            additions.append(digest)
        }
    }
}

/// The tiles of an update before those it started from, without the box that `TileOverlay` puts around its base.
private struct ChangedTiles<Base: TileReader>: TileReader {
    let changed: [TileKey: Tile]
    let base: Base

    func tile(_ key: TileKey) -> Tile? { changed[key] ?? base.tile(key) }
}
