package import Primitives

/// A transaction together with its canonical bytes and their digest, computed once.
///
/// The digest covers *all* signed bytes, signature included, so two forms of one request are two digests and the ledger's
/// rule on (author, id) decides between them.
package struct SealedTransaction: Hashable, Sendable {
    /// One object for all copies: pools, proposals, blocks and layers all hold the same transaction.
    @usableFromInline
    final class Content: Sendable {
        @usableFromInline let transaction: Transaction
        @usableFromInline let bytes: [UInt8]
        @usableFromInline let digest: Digest

        init(_ transaction: Transaction, bytes: [UInt8], digest: Digest) {
            self.transaction = transaction
            self.bytes = bytes
            self.digest = digest
        }
    }

    @usableFromInline let content: Content

    @inlinable package var transaction: Transaction { _read { yield content.transaction } }
    /// The canonical bytes.
    @inlinable package var bytes: [UInt8] { _read { yield content.bytes } }
    @inlinable package var digest: Digest { content.digest }

    package init(_ transaction: Transaction, digestFunction: any DigestFunction) {
        self.init(transaction, bytes: transaction.canonicalBytes, digestFunction: digestFunction)
    }

    /// Decodes `bytes` of unknown origin.
    /// - Throws: `DecodeError`, also when there are more than `Limits.transactionBytesMax`.
    package init(bytes: [UInt8], digestFunction: any DigestFunction) throws(DecodeError) {
        guard bytes.count <= Limits.transactionBytesMax else {
            throw .lengthOverLimit(found: UInt64(bytes.count), limit: Limits.transactionBytesMax)
        }
        self.init(try Transaction(canonicalBytes: bytes), bytes: bytes, digestFunction: digestFunction)
    }

    private init(_ transaction: Transaction, bytes: [UInt8], digestFunction: any DigestFunction) {
        let digest = digestFunction.digest(Domain.transactionLeaf.frame(raw: bytes))
        content = Content(transaction, bytes: bytes, digest: digest)
    }

    package static func == (left: SealedTransaction, right: SealedTransaction) -> Bool { left.digest == right.digest }
    package func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}

/// A transaction whose signatures were all checked, the author's under `authorKey`.
///
/// Made once, on admission, away from the consensus path. Execution accepts the check if the author's key on the ledger is
/// still `authorKey` and repeats it otherwise.
package struct VerifiedTransaction: Hashable, Sendable {
    package let sealed: SealedTransaction
    package let authorKey: PublicKey

    /// Checks the author's signature under `authorKey` and every signature inside the payload.
    /// - Returns: nil when one of them is not valid.
    package init?(_ sealed: SealedTransaction, authorKey: PublicKey, suite: Suite) {
        let transaction = sealed.transaction
        guard suite.verifier.isValid(transaction.signature, of: transaction.body.signingBytes, by: authorKey),
            transaction.body.hasValidInnerSignatures(suite: suite)
        else { return nil }
        self.sealed = sealed
        self.authorKey = authorKey
    }
}

extension TransactionBody {
    /// Whether the signatures that a payload carries besides the author's are valid, where their keys stand in the payload.
    /// Those of evidence are looked at by the ledger, which knows the validators.
    package func hasValidInnerSignatures(suite: Suite) -> Bool {
        switch payload {
        case .registerSubject(let registration):
            let statement = SubjectKeyProof(network: network, key: registration.key, transaction: id)
            return suite.verifier.isValid(registration.proof, of: statement.signingBytes, by: registration.key)
        case .rotateSubjectKey(let rotation):
            let statement = SubjectKeyProof(network: network, key: rotation.key, transaction: id)
            return suite.verifier.isValid(rotation.proof, of: statement.signingBytes, by: rotation.key)
        case .recordAccess(let access):
            guard case .department(let department) = author else { return false }
            let entry = access.entry(network: network, department: department, transaction: id)
            return suite.verifier.isValid(access.signature, of: entry.signingBytes, by: access.headKey)
        case .setSubjectStatus, .issueCertificates, .changeStatus, .recordCase, .propose, .decideProposal,
            .reportEquivocation:
            return true
        }
    }
}
