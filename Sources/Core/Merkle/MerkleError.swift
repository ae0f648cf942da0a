package import Primitives

/// Why a tree could not be read or changed.
package enum MerkleError: Error, Equatable, Sendable {
    /// The reader has no tile `key`, which a tree of this size needs.
    case missingTile(TileKey)
    /// The reader's tile `key` holds `found` digests where a tree of this size has `needed` or more.
    case shortTile(TileKey, needed: Int, found: Int)
    /// A tree of `size` leaves has none at `position`.
    case positionOutOfRange(position: Position, size: UInt64)
    /// No tree of `oldSize` leaves, at least one, grows into one of `newSize`.
    case sizesOutOfOrder(oldSize: UInt64, newSize: UInt64)
    /// A tree of `size` leaves cannot take `added` more: sizes have 64 bits.
    case sizeOverflow(size: UInt64, added: Int)
}
