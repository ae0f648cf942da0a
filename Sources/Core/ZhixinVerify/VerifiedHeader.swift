package import LedgerModel
package import Primitives

/// A header that a quorum finalised. Only `LedgerVerifier` makes one.
package struct VerifiedHeader: Hashable, Sendable {
    package let header: Header
    package let digest: Digest
    /// The view of the block before it, as the signers named it.
    package let parentView: View
    /// Whether it was proposed again in a later view, as only the last block of an epoch may be.
    package let isOfLaterView: Bool
    /// Who signed, in ascending order.
    package let signers: [ReplicaIndex]
    /// The department of each signer.
    package let departments: [DepartmentID]

    init(
        header: Header,
        digest: Digest,
        parentView: View,
        isOfLaterView: Bool,
        signers: [ReplicaIndex],
        departments: [DepartmentID]
    ) {
        self.header = header
        self.digest = digest
        self.parentView = parentView
        self.isOfLaterView = isOfLaterView
        self.signers = signers
        self.departments = departments
    }
}
