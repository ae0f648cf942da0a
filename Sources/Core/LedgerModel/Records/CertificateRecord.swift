package import Primitives

/// What the issuer says of a certificate (状态). `expired` is no status: it follows from the dates.
package enum CertificateStatus: UInt8, Sendable, CaseIterable, CanonicalCodable {
    case active = 0
    case suspended = 1
    case revoked = 2
    case superseded = 3
}

/// An issued certificate: 62 bytes, the tag included, that do not say whose it is or what it says (电子证照).
package struct CertificateRecord: Hashable, Sendable, CanonicalCodable {
    /// H(tag ‖ 16-byte salt ‖ H(issuer-signed JWT)); also the certificate's id.
    package let commitment: Digest
    package let type: CertificateTypeID
    package let issuer: DepartmentID
    /// The first instant at which it holds, in seconds since 1970.
    package let validFromSeconds: UInt64
    /// The first instant at which it no longer holds; `UInt64.max` for no end.
    package let validUntilSeconds: UInt64
    package var status: CertificateStatus
    /// The height at which the status last changed, or at which it was issued.
    package var changedAt: Height

    package init(
        commitment: Digest,
        type: CertificateTypeID,
        issuer: DepartmentID,
        validFromSeconds: UInt64,
        validUntilSeconds: UInt64,
        status: CertificateStatus,
        changedAt: Height
    ) {
        self.commitment = commitment
        self.type = type
        self.issuer = issuer
        self.validFromSeconds = validFromSeconds
        self.validUntilSeconds = validUntilSeconds
        self.status = status
        self.changedAt = changedAt
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(commitment)
        encoder.append(type)
        encoder.append(issuer)
        encoder.append(validFromSeconds)
        encoder.append(validUntilSeconds)
        encoder.append(status)
        encoder.append(changedAt)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        commitment = try decoder.read()
        type = try decoder.read()
        issuer = try decoder.read()
        validFromSeconds = try decoder.readUInt64()
        validUntilSeconds = try decoder.readUInt64()
        status = try decoder.read()
        changedAt = try decoder.read()
    }
}

/// One application for a matter (办件): that it was decided, by which version of the rule, and a commitment to the receipt.
package struct CaseRecord: Hashable, Sendable, CanonicalCodable {
    package let id: Digest
    package let department: DepartmentID
    package let matter: Code
    package let matterVersion: UInt32
    /// Salted commitment to the decision receipt, which says the outcome.
    package let receiptCommitment: Digest
    package let changedAt: Height

    package init(
        id: Digest,
        department: DepartmentID,
        matter: Code,
        matterVersion: UInt32,
        receiptCommitment: Digest,
        changedAt: Height
    ) {
        self.id = id
        self.department = department
        self.matter = matter
        self.matterVersion = matterVersion
        self.receiptCommitment = receiptCommitment
        self.changedAt = changedAt
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(id)
        encoder.append(department)
        encoder.append(matter)
        encoder.append(matterVersion)
        encoder.append(receiptCommitment)
        encoder.append(changedAt)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        id = try decoder.read()
        department = try decoder.read()
        matter = try decoder.read()
        matterVersion = try decoder.readUInt32()
        receiptCommitment = try decoder.read()
        changedAt = try decoder.read()
    }
}
