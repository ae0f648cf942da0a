package import Primitives

/// An append-only RFC 6962 tree, held as the roots of the complete subtrees on its right edge.
///
/// It is what every node carries to compute the next history root; proofs need `TiledTree` as well. On the wire: size
/// u64, then one digest for each one bit of the size, largest subtree first.
package struct HistoryTree: Hashable, Sendable, CanonicalCodable {
    /// Leaves.
    package private(set) var size: UInt64 = 0
    private var frontier: [Digest] = []

    /// The tree without leaves.
    package init() {}

    /// Adds a leaf, given by its leaf digest, at the position `size`.
    package mutating func append(_ leaf: Digest, hasher: MerkleHasher) {
        precondition(size < .max, "a tree has at most 2^64 - 1 leaves")
        var digest = leaf
        for _ in 0..<(~size).trailingZeroBitCount {
            digest = hasher.node(frontier.removeLast(), digest)
        }
        frontier.append(digest)
        size += 1
    }

    /// The root over all leaves.
    package func root(hasher: MerkleHasher) -> Digest {
        guard var digest = frontier.last else { return hasher.emptyRoot }
        for subtree in frontier.dropLast().reversed() { digest = hasher.node(subtree, digest) }
        return digest
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(size)
        for subtree in frontier { encoder.append(subtree) }
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        size = try decoder.readUInt64()
        for _ in 0..<size.nonzeroBitCount { frontier.append(try decoder.readDigest()) }
    }
}
