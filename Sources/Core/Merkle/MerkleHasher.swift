package import Primitives

/// Hashes the leaves and nodes of RFC 6962 trees with a network's digest function.
///
/// Leaves and nodes begin with different bytes, so that no node can pass for a leaf (RFC 6962 §2.1, RFC 9162 §2.1.1).
package struct MerkleHasher: Sendable {
    private static let leafPrefix: UInt8 = 0
    private static let nodePrefix: UInt8 = 1

    package let digestFunction: any DigestFunction

    package init(_ digestFunction: any DigestFunction) {
        self.digestFunction = digestFunction
    }

    /// The root of the tree without leaves: H("").
    package var emptyRoot: Digest {
        digestFunction.digest(UnsafeRawBufferPointer(start: nil, count: 0))
    }

    /// The leaf digest of `content`: H(0x00 ‖ content).
    package func leaf(_ content: [UInt8]) -> Digest {
        content.withUnsafeBytes { leaf($0) }
    }

    /// The leaf digest of a leaf whose content is itself a digest, such as a header's.
    package func leaf(_ content: Digest) -> Digest {
        content.withUnsafeBytes { leaf($0) }
    }

    /// The leaf digest of `content`: H(0x00 ‖ content).
    package func leaf(_ content: UnsafeRawBufferPointer) -> Digest {
        withUnsafeTemporaryAllocation(byteCount: content.count + 1, alignment: 8) { framed in
            framed[0] = Self.leafPrefix
            UnsafeMutableRawBufferPointer(rebasing: framed[1...]).copyMemory(from: content)
            return digestFunction.digest(UnsafeRawBufferPointer(framed))
        }
    }

    /// The digest of the node over `left` and `right`: H(0x01 ‖ left ‖ right). It allocates nothing.
    package func node(_ left: Digest, _ right: Digest) -> Digest {
        withUnsafeTemporaryAllocation(byteCount: 1 + 2 * Digest.byteCount, alignment: 8) { framed in
            framed[0] = Self.nodePrefix
            left.withUnsafeBytes {
                UnsafeMutableRawBufferPointer(rebasing: framed[1..<33]).copyMemory(from: $0)
            }
            right.withUnsafeBytes {
                UnsafeMutableRawBufferPointer(rebasing: framed[33..<65]).copyMemory(from: $0)
            }
            return digestFunction.digest(UnsafeRawBufferPointer(framed))
        }
    }
}
