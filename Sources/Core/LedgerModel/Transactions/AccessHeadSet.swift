package import Merkle
package import Primitives

/// The fixed set of access heads that a subject commits to (`SubjectRecord.accessHeadSet`).
///
/// The root is that of the RFC 6962 tree over the heads' ids in order; each leaf's content is the id under the domain
/// `accessHeadSet`. Who holds a proof for one head learns nothing of the other 63 but their digests.
package struct AccessHeadSet: Hashable, Sendable {
    /// The ids in order, `Limits.accessHeadsInSet` of them.
    package let heads: [Digest]

    /// The set of these heads, or nil for another number of them or for one id twice.
    package init?(_ heads: [Digest]) {
        guard heads.count == Limits.accessHeadsInSet, Set(heads).count == heads.count else { return nil }
        self.heads = heads
    }

    /// What the subject's record commits to.
    package func root(_ hasher: MerkleHasher) -> Digest {
        hasher.root(of: heads.map { AccessHeadSet.leaf($0, hasher: hasher) })
    }

    /// The proof that `head` belongs to the set, or nil when it does not.
    package func membership(of head: Digest, hasher: MerkleHasher) -> InclusionProof? {
        guard let index = heads.firstIndex(of: head) else { return nil }
        return hasher.inclusionProof(
            position: Position(UInt64(index)),
            of: heads.map { AccessHeadSet.leaf($0, hasher: hasher) }
        )
    }

    /// Whether `proof` shows that `head` belongs to the set with this root.
    package static func isMember(
        _ head: Digest,
        of root: Digest,
        proof: InclusionProof,
        hasher: MerkleHasher
    ) -> Bool {
        proof.size == UInt64(Limits.accessHeadsInSet)
            && proof.verify(leaf: leaf(head, hasher: hasher), root: root, hasher: hasher)
    }

    private static func leaf(_ head: Digest, hasher: MerkleHasher) -> Digest {
        hasher.leaf(Domain.accessHeadSet.frame(head))
    }
}
