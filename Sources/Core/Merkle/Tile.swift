package import Primitives

/// 1 to 16 neighbouring digests of one level of a tree: the unit in which trees are stored.
///
/// Its bytes are the digests one after the other, 32 to 512 bytes. As their number follows from the length, a tile
/// cannot stand inside another value.
package struct Tile: Hashable, Sendable {
    /// Digests in a full tile.
    package static let width = 16

    /// Each the root of a complete subtree, in order.
    package let digests: [Digest]

    /// The tile, or nil unless there are 1 to 16 digests.
    package init?(_ digests: [Digest]) {
        guard (1...Tile.width).contains(digests.count) else { return nil }
        self.digests = digests
    }

    /// The digests one after the other.
    package var canonicalBytes: [UInt8] {
        var encoder = CanonicalEncoder(capacity: digests.count * Digest.byteCount)
        for digest in digests { encoder.append(digest) }
        return encoder.bytes
    }

    /// The tile whose bytes are `bytes`.
    ///
    /// - Throws: `DecodeError.invalid` unless there are 32 bytes for each of 1 to 16 digests.
    package init(canonicalBytes bytes: [UInt8]) throws(DecodeError) {
        let (count, rest) = bytes.count.quotientAndRemainder(dividingBy: Digest.byteCount)
        guard rest == 0, (1...Tile.width).contains(count) else {
            throw .invalid(type: "Tile", reason: "\(bytes.count) bytes are not 1 to 16 digests")
        }
        var decoder = CanonicalDecoder(bytes)
        var digests: [Digest] = []
        digests.reserveCapacity(count)
        for _ in 0..<count { digests.append(try decoder.readDigest()) }
        self.digests = digests
    }
}
