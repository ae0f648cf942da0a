package import Credentials
package import LedgerModel
package import Primitives

/// What a subject sent for a case, checked, with the transaction that records the access.
package struct CaseSubmission: Hashable, Sendable, CanonicalCodable {
    /// Bytes of one sealed identifier.
    package static let sealedBytesMax = 16 * 1024

    package let authorisation: Signed<Authorisation>
    package let accessRecord: AccessRecord
    /// BCS `AccessOpening`.
    package let opening: [UInt8]
    /// 16 bytes.
    package let openingSalt: [UInt8]
    /// Who the subject is, sealed to each vault that will be asked.
    package let sealedIdentifiers: [VaultIdentifier]
    /// The bytes of the department's transaction.
    package let transaction: [UInt8]

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(authorisation)
        encoder.append(accessRecord)
        encoder.append(opening)
        encoder.appendRaw(openingSalt)
        encoder.append(list: sealedIdentifiers)
        encoder.append(transaction)
    }

    package init(
        authorisation: Signed<Authorisation>,
        accessRecord: AccessRecord,
        opening: [UInt8],
        openingSalt: [UInt8],
        sealedIdentifiers: [VaultIdentifier],
        transaction: [UInt8]
    ) {
        precondition(openingSalt.count == Commitments.saltByteCount, "a salt is 16 bytes")
        self.authorisation = authorisation
        self.accessRecord = accessRecord
        self.opening = opening
        self.openingSalt = openingSalt
        self.sealedIdentifiers = sealedIdentifiers
        self.transaction = transaction
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        authorisation = try decoder.read()
        accessRecord = try decoder.read()
        opening = try decoder.readBytes(countMax: StoredOpening.openingBytesMax)
        openingSalt = try decoder.readRaw(count: Commitments.saltByteCount)
        sealedIdentifiers = try decoder.readList(countMax: RequestedItem.countMax)
        transaction = try decoder.readBytes(countMax: Limits.transactionBytesMax)
    }

    /// What is kept for the subject.
    func storedOpening(_ digestFunction: any DigestFunction) -> StoredOpening {
        StoredOpening(
            head: AccessHeads.identifier(of: accessRecord.headKey, digestFunction: digestFunction),
            count: accessRecord.count,
            accessRecord: authorisation.content.accessRecord,
            opening: opening,
            salt: openingSalt
        )
    }
}

/// Who the subject is, for one vault: opaque to everyone else.
package struct VaultIdentifier: Hashable, Sendable, CanonicalCodable {
    package let department: DepartmentID
    /// HPKE; within it BCS `IdentifierOpening`.
    package let sealed: [UInt8]

    package init(department: DepartmentID, sealed: [UInt8]) {
        self.department = department
        self.sealed = sealed
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(department)
        encoder.append(sealed)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        department = try decoder.read()
        sealed = try decoder.readBytes(countMax: CaseSubmission.sealedBytesMax)
    }
}
