package import Credentials
import LedgerModel
package import Primitives

/// The opening of an access record, kept for the subject.
package struct StoredOpening: Hashable, Sendable, CanonicalCodable {
    /// Bytes of an `AccessOpening`.
    package static let openingBytesMax = 64 * 1024

    /// The head's id.
    package let head: Digest
    /// The record's number on the head, from 1.
    package let count: UInt64
    package let accessRecord: AccessRecordID
    /// BCS `AccessOpening`.
    package let opening: [UInt8]
    /// 16 bytes.
    package let salt: [UInt8]

    package init(head: Digest, count: UInt64, accessRecord: AccessRecordID, opening: [UInt8], salt: [UInt8]) {
        precondition(salt.count == Commitments.saltByteCount, "a salt is 16 bytes")
        self.head = head
        self.count = count
        self.accessRecord = accessRecord
        self.opening = opening
        self.salt = salt
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(head)
        encoder.append(count)
        encoder.append(accessRecord)
        encoder.append(opening)
        encoder.appendRaw(salt)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        head = try decoder.readDigest()
        count = try decoder.readUInt64()
        accessRecord = try decoder.read()
        opening = try decoder.readBytes(countMax: Self.openingBytesMax)
        salt = try decoder.readRaw(count: Commitments.saltByteCount)
    }
}
