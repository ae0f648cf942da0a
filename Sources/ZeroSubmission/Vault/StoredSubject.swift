package import Credentials
package import LedgerModel
package import Primitives

/// Who a registered subject is: kept by the attesting department alone.
package struct StoredSubject: Hashable, Sendable, CanonicalCodable {
    package let id: SubjectID
    package let identifier: String
    package let kind: SubjectIdentifierKind
    /// The salt of the identifier commitment, 16 bytes.
    package let salt: [UInt8]
    package let name: String?
    package let assurance: AssuranceLevel
    /// The bytes of the transaction that registers it.
    package let transaction: [UInt8]
    /// The clerk who checked the person.
    package let clerk: String

    package init(
        id: SubjectID,
        identifier: String,
        kind: SubjectIdentifierKind,
        salt: [UInt8],
        name: String?,
        assurance: AssuranceLevel,
        transaction: [UInt8],
        clerk: String
    ) {
        precondition(salt.count == Commitments.saltByteCount, "a salt is 16 bytes")
        self.id = id
        self.identifier = identifier
        self.kind = kind
        self.salt = salt
        self.name = name
        self.assurance = assurance
        self.transaction = transaction
        self.clerk = clerk
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(id)
        encoder.append(identifier)
        encoder.append(UInt8(kind == .citizen ? 0 : 1))
        encoder.appendRaw(salt)
        encoder.append(name != nil)
        if let name { encoder.append(name) }
        encoder.append(assurance)
        encoder.append(transaction)
        encoder.append(clerk)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        id = try decoder.read()
        identifier = try decoder.readString(countMax: 64)
        let tag = try decoder.readUInt8()
        guard tag <= 1 else { throw .unknownTag(type: "SubjectIdentifierKind", found: UInt64(tag)) }
        kind = tag == 0 ? .citizen : .socialCredit
        salt = try decoder.readRaw(count: Commitments.saltByteCount)
        name = try decoder.readBool() ? decoder.readString(countMax: Limits.nameBytesMax) : nil
        assurance = try decoder.read()
        transaction = try decoder.readBytes(countMax: Limits.transactionBytesMax)
        clerk = try decoder.readString(countMax: Caller.nameBytesMax)
    }
}
