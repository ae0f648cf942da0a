package import Cryptography
package import LedgerModel
import Merkle
package import Primitives

/// The keys of one subject: the one that signs authorisations, and the access heads that follow from the seed.
///
/// Each relying department is served on a head of its own. Its index is the department's rank in genesis, so that whoever has
/// the seed finds every head again without a list.
package struct WalletKeys: Sendable {
    /// Signs authorisations and requests.
    package let subjectKey: SigningKey
    /// The digest of the network's genesis.
    package let network: Digest
    package let suite: Suite
    /// The number of the committed head set, from 0; a new key begins a new set.
    package let headSet: UInt32
    /// The subject's pseudonym, which follows from its *first* key.
    package let subject: SubjectID
    private let headKeys: AccessHeadKeys

    /// - Parameter subject: nil when `subjectKey` is the first key.
    package init(
        subjectKey: SigningKey,
        seed: [UInt8],
        network: Digest,
        suite: Suite,
        headSet: UInt32 = 0,
        subject: SubjectID? = nil
    ) throws(CryptographyError) {
        self.subjectKey = subjectKey
        self.network = network
        self.suite = suite
        self.headSet = headSet
        headKeys = try AccessHeadKeys(seed: seed)
        self.subject =
            subject
            ?? SubjectID(key: subjectKey.publicKey, network: network, digestFunction: suite.digestFunction)
    }

    /// The key of the head with this index in the present set.
    package func headKey(_ index: UInt8) throws(CryptographyError) -> SigningKey {
        try headKeys.signingKey(set: headSet, index: index)
    }

    /// The id of a head of this or an earlier set.
    package func head(_ index: UInt8, set: UInt32) throws(CryptographyError) -> Digest {
        AccessHeads.identifier(
            of: try headKeys.signingKey(set: set, index: index).publicKey,
            digestFunction: suite.digestFunction
        )
    }

    /// The 64 heads that the subject's record commits to.
    package func headSetIDs() throws(CryptographyError) -> AccessHeadSet {
        var heads: [Digest] = []
        for index in 0..<Limits.accessHeadsInSet { heads.append(try head(UInt8(index), set: headSet)) }
        guard let set = AccessHeadSet(heads) else { preconditionFailure("64 derived keys are distinct") }
        return set
    }

    /// The root over the 64 heads.
    package func headSetRoot() throws(CryptographyError) -> Digest {
        try headSetIDs().root(MerkleHasher(suite.digestFunction))
    }

    /// The index of the head on which `department` is served; nil when there are more departments than heads.
    package static func headIndex(for department: DepartmentID, in catalogue: LedgerCatalogue) -> UInt8? {
        guard let rank = catalogue.departments.firstIndex(where: { $0.id == department }),
            rank < Limits.accessHeadsInSet
        else { return nil }
        return UInt8(rank)
    }

    /// The statement by which the subject's key agrees to be registered in this transaction.
    package func keyProof(transaction: TransactionID) throws(CryptographyError) -> Signature {
        let statement = SubjectKeyProof(network: network, key: subjectKey.publicKey, transaction: transaction)
        return try subjectKey.sign(statement.signingBytes)
    }
}
