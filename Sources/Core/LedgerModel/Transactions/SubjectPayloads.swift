package import Primitives

/// A department attests that a key belongs to a person it checked (身份认证).
package struct SubjectRegistration: Hashable, Sendable, CanonicalCodable {
    package let key: PublicKey
    package let assurance: AssuranceLevel
    /// Salted commitment to the person's identifier.
    package let identifierCommitment: Digest
    /// Root over the subject's 64 access-head ids.
    package let accessHeadSet: Digest
    /// Made with the private half of `key` over a `SubjectKeyProof`: nobody registers a key that is not the subject's.
    package let proof: Signature

    package init(
        key: PublicKey,
        assurance: AssuranceLevel,
        identifierCommitment: Digest,
        accessHeadSet: Digest,
        proof: Signature
    ) {
        self.key = key
        self.assurance = assurance
        self.identifierCommitment = identifierCommitment
        self.accessHeadSet = accessHeadSet
        self.proof = proof
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(key)
        encoder.append(assurance)
        encoder.append(identifierCommitment)
        encoder.append(accessHeadSet)
        encoder.append(proof)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        key = try decoder.read()
        assurance = try decoder.read()
        identifierCommitment = try decoder.read()
        accessHeadSet = try decoder.read()
        proof = try decoder.read()
    }
}

/// A subject replaces its key; signed by the old one as author and by the new one as proof.
package struct SubjectKeyRotation: Hashable, Sendable, CanonicalCodable {
    package let key: PublicKey
    /// Root over a fresh set of 64 access-head ids; vaults accept only the newest set.
    package let accessHeadSet: Digest
    package let proof: Signature

    package init(key: PublicKey, accessHeadSet: Digest, proof: Signature) {
        self.key = key
        self.accessHeadSet = accessHeadSet
        self.proof = proof
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(key)
        encoder.append(accessHeadSet)
        encoder.append(proof)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        key = try decoder.read()
        accessHeadSet = try decoder.read()
        proof = try decoder.read()
    }
}

/// What a new subject key signs, so that it belongs to one transaction of one network and to no other.
package struct SubjectKeyProof: Sendable, CanonicalCodable {
    package let network: Digest
    package let key: PublicKey
    package let transaction: TransactionID

    package init(network: Digest, key: PublicKey, transaction: TransactionID) {
        self.network = network
        self.key = key
        self.transaction = transaction
    }

    package var signingBytes: [UInt8] { Domain.attestation.frame(self) }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(network)
        encoder.append(key)
        encoder.append(transaction)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        network = try decoder.read()
        key = try decoder.read()
        transaction = try decoder.read()
    }
}

/// The attesting department suspends, resumes or deactivates a subject.
package struct SubjectStatusChange: Hashable, Sendable, CanonicalCodable {
    package let subject: SubjectID
    package let status: SubjectStatus

    package init(subject: SubjectID, status: SubjectStatus) {
        self.subject = subject
        self.status = status
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(subject)
        encoder.append(status)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        subject = try decoder.read()
        status = try decoder.read()
    }
}
