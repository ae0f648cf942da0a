package import Primitives

/// The register's tree: a tiled tree whose leaves change.
package typealias RegisterTree = TiledTree

/// A dense RFC 6962 tree that is kept as tiles and whose leaves may change: the register, and the history where proofs
/// of it are served.
///
/// Level L has one digest for each complete subtree of 16^L leaves, 16 to a tile. What is not complete, on the right
/// edge, is computed when it is asked for. The value holds no tree: every call names a size and a reader.
package struct TiledTree: Sendable {
    package let hasher: MerkleHasher

    package init(_ hasher: MerkleHasher) {
        self.hasher = hasher
    }

    /// The root of the tree's first `size` leaves.
    ///
    /// - Throws: `MerkleError.missingTile`, `MerkleError.shortTile`.
    package func root(size: UInt64, reader: some TileReader) throws(MerkleError) -> Digest {
        try edge(height: 64, size: size, reader: reader) ?? hasher.emptyRoot
    }

    /// The leaf digest at `position`.
    ///
    /// - Throws: `MerkleError.positionOutOfRange`, `MerkleError.missingTile`, `MerkleError.shortTile`.
    package func leaf(position: Position, size: UInt64, reader: some TileReader) throws(MerkleError) -> Digest {
        guard position.rawValue < size else { throw .positionOutOfRange(position: position, size: size) }
        return try subtree(height: 0, index: position.rawValue, reader: reader)
    }

    /// The proof that the leaf at `position` is in the tree of the first `size` leaves.
    ///
    /// - Throws: `MerkleError.positionOutOfRange`, `MerkleError.missingTile`, `MerkleError.shortTile`.
    package func inclusionProof(
        position: Position,
        size: UInt64,
        reader: some TileReader
    ) throws(MerkleError) -> InclusionProof {
        guard let way = WayToRoot(position: position.rawValue, size: size) else {
            throw .positionOutOfRange(position: position, size: size)
        }
        let path = try siblings(of: way, from: 0, size: size, reader: reader)
        return InclusionProof(position: position, size: size, path: path)
    }

    /// The proof that the tree of the first `newSize` leaves begins with the tree of the first `oldSize`.
    ///
    /// It holds for trees whose leaves never change.
    /// - Throws: `MerkleError.sizesOutOfOrder` unless 1 ≤ `oldSize` ≤ `newSize`; `MerkleError.missingTile`,
    ///   `MerkleError.shortTile`.
    package func consistencyProof(
        from oldSize: UInt64,
        to newSize: UInt64,
        reader: some TileReader
    ) throws(MerkleError) -> ConsistencyProof {
        guard let shape = ConsistencyShape(oldSize: oldSize, newSize: newSize) else {
            throw .sizesOutOfOrder(oldSize: oldSize, newSize: newSize)
        }
        var path: [Digest] = []
        if oldSize < newSize {
            if !shape.startsAtOldRoot {
                let index = (oldSize - 1) >> UInt64(shape.seedHeight)
                path.append(try subtree(height: shape.seedHeight, index: index, reader: reader))
            }
            path += try siblings(of: shape.way, from: shape.seedHeight, size: newSize, reader: reader)
        }
        return ConsistencyProof(oldSize: oldSize, newSize: newSize, path: path)
    }

    /// The digests beside a way to the root, from the node at `height` on it.
    private func siblings(
        of way: WayToRoot,
        from height: Int,
        size: UInt64,
        reader: some TileReader
    ) throws(MerkleError) -> [Digest] {
        var path: [Digest] = []
        path.reserveCapacity(way.pathCount)
        for step in height..<max(height, way.innerCount) {
            let sibling = (way.position >> UInt64(step)) ^ 1
            // Only the highest sibling of the inner part can reach the right edge.
            if step == way.innerCount - 1, size >> UInt64(step) <= sibling,
                let edge = try edge(height: step, size: size, reader: reader)
            {
                path.append(edge)
            } else {
                path.append(try subtree(height: step, index: sibling, reader: reader))
            }
        }
        for step in way.edgeHeights {
            path.append(try subtree(height: step, index: (way.position >> UInt64(step)) - 1, reader: reader))
        }
        return path
    }

    /// The root over the leaves on the right edge that no complete subtree of `height` holds, or nil when there are none.
    private func edge(height: Int, size: UInt64, reader: some TileReader) throws(MerkleError) -> Digest? {
        var digest: Digest?
        for step in 0..<height where size >> UInt64(step) & 1 == 1 {
            let left = try subtree(height: step, index: (size >> UInt64(step)) - 1, reader: reader)
            digest = digest.map { hasher.node(left, $0) } ?? left
        }
        return digest
    }

    /// The root of the complete subtree number `index` among those of 2^height leaves.
    private func subtree(height: Int, index: UInt64, reader: some TileReader) throws(MerkleError) -> Digest {
        let (level, rest) = height.quotientAndRemainder(dividingBy: 4)
        let first = index << UInt64(rest)
        let key = TileKey(level: UInt8(level), index: first >> 4)
        let start = Int(first & 15)
        let end = start + 1 << rest
        return hasher.root(of: try digests(of: key, count: end, reader: reader)[start..<end])
    }

    /// At least the first `count` digests of a tile that a tree of the present size must have.
    func digests(of key: TileKey, count: Int, reader: some TileReader) throws(MerkleError) -> [Digest] {
        guard let tile = reader.tile(key) else { throw .missingTile(key) }
        guard tile.digests.count >= count else {
            throw .shortTile(key, needed: count, found: tile.digests.count)
        }
        return tile.digests
    }
}
