import Credentials
import LedgerModel
package import Ports
package import Primitives

/// What a vault entry of this department holds as its body: the token, and what the ledger says in the department's own
/// words.
package struct CertificateBody: Hashable, Sendable, CanonicalCodable {
    /// The SD-JWT with all of its disclosures.
    package let token: String
    /// As on the ledger.
    package let validFromSeconds: UInt64
    package let validUntilSeconds: UInt64
    /// The batch as its clerk named it, or the case that brought it: 16 bytes.
    package let batch: [UInt8]
    /// The certificate that this one supersedes.
    package let replaces: Digest?

    package init(
        token: String,
        validFromSeconds: UInt64,
        validUntilSeconds: UInt64,
        batch: [UInt8],
        replaces: Digest?
    ) {
        precondition(batch.count == 16, "a batch is named by 16 bytes")
        self.token = token
        self.validFromSeconds = validFromSeconds
        self.validUntilSeconds = validUntilSeconds
        self.batch = batch
        self.replaces = replaces
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(token)
        encoder.append(validFromSeconds)
        encoder.append(validUntilSeconds)
        encoder.appendRaw(batch)
        encoder.append(optional: replaces)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        token = try decoder.readString(countMax: SDJWT.byteCountMax)
        validFromSeconds = try decoder.readUInt64()
        validUntilSeconds = try decoder.readUInt64()
        batch = try decoder.readRaw(count: 16)
        replaces = try decoder.readOptional()
    }
}

/// A vault entry with its body read.
package struct StoredCertificate: Hashable, Sendable {
    package let entry: VaultEntry
    package let body: CertificateBody

    package var commitment: Digest { entry.commitment }
}
