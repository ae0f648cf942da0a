package import Primitives

/// One certificate of a batch: its commitment and how long it holds.
package struct IssuedCertificate: Hashable, Sendable, CanonicalCodable {
    package let commitment: Digest
    /// In seconds since 1970.
    package let validFromSeconds: UInt64
    /// In seconds since 1970, above `validFromSeconds`; `UInt64.max` for no end.
    package let validUntilSeconds: UInt64
    /// The commitment of the certificate that this one supersedes: of the same issuer and type, active or suspended.
    package let replaces: Digest?

    package init(commitment: Digest, validFromSeconds: UInt64, validUntilSeconds: UInt64, replaces: Digest?) {
        self.commitment = commitment
        self.validFromSeconds = validFromSeconds
        self.validUntilSeconds = validUntilSeconds
        self.replaces = replaces
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(commitment)
        encoder.append(validFromSeconds)
        encoder.append(validUntilSeconds)
        encoder.append(optional: replaces)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        commitment = try decoder.readDigest()
        validFromSeconds = try decoder.readUInt64()
        validUntilSeconds = try decoder.readUInt64()
        replaces = try decoder.readOptional()
    }
}

/// A department issues certificates of one type, 1 to `Limits.batchCertificatesMax`, with one signature, all or none.
package struct CertificateBatch: Hashable, Sendable, CanonicalCodable {
    package let type: CertificateTypeID
    package let certificates: [IssuedCertificate]

    package init(type: CertificateTypeID, certificates: [IssuedCertificate]) {
        self.type = type
        self.certificates = certificates
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(type)
        encoder.append(list: certificates)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        type = try decoder.read()
        certificates = try decoder.readList(countMax: Limits.batchCertificatesMax)
    }
}

/// A change of one certificate's status.
package struct StatusChange: Hashable, Sendable, CanonicalCodable {
    package let commitment: Digest
    /// `active` resumes a suspended certificate; `superseded` is reached by issuing only.
    package let status: CertificateStatus

    package init(commitment: Digest, status: CertificateStatus) {
        self.commitment = commitment
        self.status = status
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(commitment)
        encoder.append(status)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        commitment = try decoder.readDigest()
        status = try decoder.read()
    }
}

/// The issuer suspends, resumes or revokes certificates, 1 to `Limits.batchCertificatesMax`, all or none.
package struct StatusChangeBatch: Hashable, Sendable, CanonicalCodable {
    package let changes: [StatusChange]

    package init(changes: [StatusChange]) { self.changes = changes }

    package func encode(to encoder: inout CanonicalEncoder) { encoder.append(list: changes) }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        changes = try decoder.readList(countMax: Limits.batchCertificatesMax)
    }
}
