package import Consensus
package import LedgerModel
package import Merkle
package import Primitives

/// A certificate that proves itself without a network: what was disclosed of it, and the proof that the register held
/// it as active.
///
/// On the wire (BCS): version u8 = 1, presentation string, salt of 16 bytes, certificate record, inclusion proof,
/// header, finality certificate. The network digest is the header's, the register position the inclusion proof's.
package struct OfflineBundle: Hashable, Sendable, CanonicalCodable {
    /// The version of this form.
    package static let formatVersion: UInt8 = 1
    /// Bytes of the presentation.
    package static let presentationBytesMax = 64 * 1024
    /// Bytes of a whole bundle: a longer input is refused unread.
    package static let byteCountMax = presentationBytesMax + 8 * 1024

    /// The SD-JWT in compact form: the issuer's token and the disclosures that the holder chose.
    package let presentation: String
    /// The salt of the ledger's commitment, `Commitments.saltByteCount` bytes.
    package let salt: [UInt8]
    package let record: CertificateRecord
    package let inclusion: InclusionProof
    package let header: Header
    package let certificate: QuorumCertificate

    package init(
        presentation: String,
        salt: [UInt8],
        record: CertificateRecord,
        inclusion: InclusionProof,
        header: Header,
        certificate: QuorumCertificate
    ) {
        precondition(salt.count == Commitments.saltByteCount, "a salt is 16 bytes")
        self.presentation = presentation
        self.salt = salt
        self.record = record
        self.inclusion = inclusion
        self.header = header
        self.certificate = certificate
    }

    package var network: Digest { header.network }
    package var position: Position { inclusion.position }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(OfflineBundle.formatVersion)
        encoder.append(presentation)
        encoder.appendRaw(salt)
        encoder.append(record)
        encoder.append(inclusion)
        encoder.append(header)
        encoder.append(certificate)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        let version = try decoder.readUInt8()
        guard version == OfflineBundle.formatVersion else {
            throw .unknownTag(type: "OfflineBundle", found: UInt64(version))
        }
        presentation = try decoder.readString(countMax: OfflineBundle.presentationBytesMax)
        salt = try decoder.readRaw(count: Commitments.saltByteCount)
        record = try decoder.read()
        inclusion = try decoder.read()
        header = try decoder.read()
        certificate = try decoder.read()
    }
}
