package import LedgerModel
package import Primitives

/// What opens a salted commitment: the salt and the bytes that were committed to.
package struct CommitmentOpening: Hashable, Sendable, CanonicalCodable {
    /// Bytes of the content.
    package static let contentBytesMax = 64 * 1024

    /// `Commitments.saltByteCount` bytes.
    package let salt: [UInt8]
    package let content: [UInt8]

    package init(salt: [UInt8], content: [UInt8]) {
        precondition(salt.count == Commitments.saltByteCount, "a salt is 16 bytes")
        self.salt = salt
        self.content = content
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.appendRaw(salt)
        encoder.append(content)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        salt = try decoder.readRaw(count: Commitments.saltByteCount)
        content = try decoder.readBytes(countMax: CommitmentOpening.contentBytesMax)
    }
}

/// One use of a subject's certificates as it is shown to the subject.
package struct AccessLogEntry: Hashable, Sendable, CanonicalCodable {
    package let entry: AccessEntry
    /// Who, what and why; nil where the one who answers could not or would not say.
    package let opening: CommitmentOpening?

    package init(entry: AccessEntry, opening: CommitmentOpening?) {
        self.entry = entry
        self.opening = opening
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(entry)
        encoder.append(optional: opening)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        entry = try decoder.read()
        opening = try decoder.readOptional()
    }
}

/// A node's answer about one access head: the head's record with its proof, and the entries that stand on it.
package struct AccessHeadAnswer: Hashable, Sendable, CanonicalCodable {
    /// Entries of one answer.
    package static let entriesMax = 65_536

    package let proof: RecordProof
    /// In any order.
    package let entries: [AccessLogEntry]

    package init(proof: RecordProof, entries: [AccessLogEntry]) {
        self.proof = proof
        self.entries = entries
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(proof)
        encoder.append(list: entries)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        proof = try decoder.read()
        entries = try decoder.readList(countMax: AccessHeadAnswer.entriesMax)
    }
}
