package import Primitives

/// Who a subject is: the opening of its identifier commitment, with the proof that the access head is the subject's.
///
/// The wallet seals it to each vault that will be asked (`SealedPurpose.identifier`). The gateway cannot read it, and no
/// vault keeps it.
package struct IdentifierOpening: Hashable, Sendable, CanonicalCodable {
    /// Bytes of the commitment's salt.
    package static let saltByteCount = 16
    /// Bytes of the membership proof: a path in a tree of 64 leaves takes 209.
    package static let membershipBytesMax = 512
    /// Bytes of the identifier.
    package static let identifierBytesMax = 64

    /// The digest in the subject's DID.
    package let subject: Digest
    /// The citizen id or social credit code.
    package let identifier: String
    /// 16 bytes.
    package let salt: [UInt8]
    /// The public key of the head on which the access record stands.
    package let headKey: PublicKey
    /// BCS of the Merkle proof that the head's id is in the subject's committed set.
    package let membership: [UInt8]

    /// - Precondition: `salt` has 16 bytes.
    package init(subject: Digest, identifier: String, salt: [UInt8], headKey: PublicKey, membership: [UInt8]) {
        precondition(salt.count == Self.saltByteCount, "a salt is 16 bytes")
        self.subject = subject
        self.identifier = identifier
        self.salt = salt
        self.headKey = headKey
        self.membership = membership
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(subject)
        encoder.append(identifier)
        encoder.appendRaw(salt)
        encoder.append(headKey)
        encoder.append(membership)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        subject = try decoder.readDigest()
        identifier = try decoder.readString(countMax: Self.identifierBytesMax)
        salt = try decoder.readRaw(count: Self.saltByteCount)
        headKey = try decoder.read()
        membership = try decoder.readBytes(countMax: Self.membershipBytesMax)
    }
}
