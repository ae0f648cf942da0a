package import Primitives

/// What a vault seals to the relying department for one item: the signed statement and, for a presentation, the salt that
/// leads to the certificate's record on the ledger.
package struct ReleasedEvidence: Hashable, Sendable, CanonicalCodable {
    /// Bytes of the commitment's salt.
    package static let saltByteCount = 16

    package let statement: Signed<ReleaseStatement>
    /// 16 bytes with a presentation, else nil.
    package let salt: [UInt8]?

    /// - Precondition: `salt`, if there is one, has 16 bytes.
    package init(statement: Signed<ReleaseStatement>, salt: [UInt8]?) {
        precondition(salt == nil || salt?.count == Self.saltByteCount, "a salt is 16 bytes")
        self.statement = statement
        self.salt = salt
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(statement)
        encoder.append(salt != nil)
        if let salt { encoder.appendRaw(salt) }
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        statement = try decoder.read()
        salt = try decoder.readBool() ? decoder.readRaw(count: Self.saltByteCount) : nil
    }
}
