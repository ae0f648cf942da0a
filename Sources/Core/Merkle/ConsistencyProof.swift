package import Primitives

/// The proof that a tree of `newSize` leaves begins with all the leaves of one of `oldSize`.
///
/// Made and checked as in RFC 9162 §2.1.4. On the wire: old size u64, new size u64, list of digests.
package struct ConsistencyProof: Hashable, Sendable, CanonicalCodable {
    /// Digests in the longest path.
    package static let pathCountMax = 64

    /// Leaves in the older tree, at least 1: that every tree begins with the empty one proves nothing.
    package let oldSize: UInt64
    /// Leaves in the newer tree, at least `oldSize`.
    package let newSize: UInt64
    /// As many digests as the sizes ask for, none when they are equal, at most 64.
    package let path: [Digest]

    package init(oldSize: UInt64, newSize: UInt64, path: [Digest]) {
        self.oldSize = oldSize
        self.newSize = newSize
        self.path = path
    }

    /// Whether the tree with `newRoot` begins with the leaves of the tree with `oldRoot`.
    package func verify(oldRoot: Digest, newRoot: Digest, hasher: MerkleHasher) -> Bool {
        guard let shape = ConsistencyShape(oldSize: oldSize, newSize: newSize), shape.pathCount == path.count else {
            return false
        }
        guard oldSize < newSize else { return oldRoot == newRoot }
        var siblings = path[...]
        let seed = shape.startsAtOldRoot ? oldRoot : siblings.removeFirst()
        var (old, new) = (seed, seed)
        for (step, sibling) in siblings.enumerated() {
            if shape.way.isRight(atStep: shape.seedHeight + step) {
                old = hasher.node(sibling, old)
                new = hasher.node(sibling, new)
            } else {
                // On the right of the older tree's edge: leaves that only the newer tree has.
                new = hasher.node(new, sibling)
            }
        }
        return old == oldRoot && new == newRoot
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(oldSize)
        encoder.append(newSize)
        encoder.append(list: path)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        oldSize = try decoder.readUInt64()
        newSize = try decoder.readUInt64()
        path = try decoder.readList(countMax: Self.pathCountMax)
        guard let shape = ConsistencyShape(oldSize: oldSize, newSize: newSize) else {
            throw .invalid(type: "ConsistencyProof", reason: "old size is not from 1 to new size")
        }
        guard shape.pathCount == path.count else {
            throw .invalid(type: "ConsistencyProof", reason: "path length does not follow from the sizes")
        }
    }
}
