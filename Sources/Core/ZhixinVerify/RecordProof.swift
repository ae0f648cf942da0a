package import Consensus
package import LedgerModel
package import Merkle
package import Primitives

/// A record of the register with everything that shows it: what a node answers a question about the ledger with.
///
/// On the wire (BCS): record, inclusion proof, header, finality certificate. That a record is *not* there has no such
/// proof; it shows only in a replay.
package struct RecordProof: Hashable, Sendable, CanonicalCodable {
    package let record: Record
    /// Names the record's position.
    package let inclusion: InclusionProof
    package let header: Header
    package let certificate: QuorumCertificate

    package init(record: Record, inclusion: InclusionProof, header: Header, certificate: QuorumCertificate) {
        self.record = record
        self.inclusion = inclusion
        self.header = header
        self.certificate = certificate
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(record)
        encoder.append(inclusion)
        encoder.append(header)
        encoder.append(certificate)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        record = try decoder.read()
        inclusion = try decoder.read()
        header = try decoder.read()
        certificate = try decoder.read()
    }
}

/// A record that the ledger holds, as of a header. Only `LedgerVerifier` makes one.
package struct VerifiedRecord: Hashable, Sendable {
    package let record: Record
    package let position: Position
    package let asOf: VerifiedHeader

    init(record: Record, position: Position, asOf: VerifiedHeader) {
        self.record = record
        self.position = position
        self.asOf = asOf
    }
}

/// Why a record is not shown to be in the register.
package enum RecordProofError: Error, Equatable, Sendable {
    /// The header is not final on this network.
    case header(HeaderError)
    /// Another record than the one asked for.
    case otherRecord(found: RecordKey, expected: RecordKey)
    /// The proof is for a register of another size than the header's.
    case otherRegisterSize(found: UInt64, expected: UInt64)
    /// The record and its path do not lead to the header's register root.
    case notInRegister(computedRoot: Digest?, registerRoot: Digest)

    /// The stable name of the case, for programs and pages.
    package var code: String {
        switch self {
        case .header(let error): error.code
        case .otherRecord: "other-record"
        case .otherRegisterSize: "other-register-size"
        case .notInRegister: "not-in-register"
        }
    }
}

extension LedgerVerifier {
    /// Checks that the record with `key` is what the register holds at the proof's header. How old that header may be is
    /// for the caller's `FreshnessPolicy`.
    ///
    /// - Throws: `RecordProofError`, for the first check that fails.
    package func verify(_ proof: RecordProof, for key: RecordKey) throws(RecordProofError) -> VerifiedRecord {
        guard proof.record.key == key else { throw .otherRecord(found: proof.record.key, expected: key) }
        let certified: VerifiedHeader
        do throws(HeaderError) {
            certified = try verify(proof.header, certificate: proof.certificate)
        } catch {
            throw .header(error)
        }
        return try verify(proof.record, inclusion: proof.inclusion, under: certified)
    }

    /// Checks that `record` is in the register of a header that is certified already.
    ///
    /// - Throws: `RecordProofError`.
    package func verify(
        _ record: Record,
        inclusion: InclusionProof,
        under certified: VerifiedHeader
    ) throws(RecordProofError) -> VerifiedRecord {
        let header = certified.header
        guard inclusion.size == header.registerSize else {
            throw .otherRegisterSize(found: inclusion.size, expected: header.registerSize)
        }
        let hasher = MerkleHasher(suite.digestFunction)
        let root = inclusion.computedRoot(leaf: hasher.leaf(record.canonicalBytes), hasher: hasher)
        guard root == header.registerRoot else {
            throw .notInRegister(computedRoot: root, registerRoot: header.registerRoot)
        }
        return VerifiedRecord(record: record, position: inclusion.position, asOf: certified)
    }
}
