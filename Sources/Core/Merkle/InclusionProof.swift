package import Primitives

/// The proof that a leaf is at a position of a tree: the digests beside its way to the root, lowest first.
///
/// Made and checked as in RFC 9162 §2.1.3. On the wire: position u64, size u64, list of digests.
package struct InclusionProof: Hashable, Sendable, CanonicalCodable {
    /// Digests in the longest path: trees have at most 2^64 - 1 leaves.
    package static let pathCountMax = 64

    /// The leaf's position, from 0 and below `size`.
    package let position: Position
    /// Leaves in the tree, at least 1.
    package let size: UInt64
    /// As many digests as the position and the size ask for, at most 64.
    package let path: [Digest]

    package init(position: Position, size: UInt64, path: [Digest]) {
        self.position = position
        self.size = size
        self.path = path
    }

    /// The root of the tree that has `leaf`, a leaf digest, at the position; nil when no tree has a path of this shape.
    package func computedRoot(leaf: Digest, hasher: MerkleHasher) -> Digest? {
        guard let way = WayToRoot(position: position.rawValue, size: size), way.pathCount == path.count else {
            return nil
        }
        var digest = leaf
        for (height, sibling) in path.enumerated() {
            digest = way.isRight(atStep: height) ? hasher.node(sibling, digest) : hasher.node(digest, sibling)
        }
        return digest
    }

    /// Whether `leaf`, a leaf digest, is at the position in the tree with this root.
    ///
    /// The root alone does not tell `size`: trees of several sizes have a path of this shape. Compare it with the size
    /// that the header states.
    package func verify(leaf: Digest, root: Digest, hasher: MerkleHasher) -> Bool {
        computedRoot(leaf: leaf, hasher: hasher) == root
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(position)
        encoder.append(size)
        encoder.append(list: path)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        position = try decoder.read()
        size = try decoder.readUInt64()
        path = try decoder.readList(countMax: Self.pathCountMax)
        guard let way = WayToRoot(position: position.rawValue, size: size) else {
            throw .invalid(type: "InclusionProof", reason: "position is not below size")
        }
        guard way.pathCount == path.count else {
            throw .invalid(type: "InclusionProof", reason: "path length does not follow from position and size")
        }
    }
}
