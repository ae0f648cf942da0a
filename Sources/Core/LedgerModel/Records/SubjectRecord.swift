package import Primitives

/// How a person was checked before a key was attested (认证等级). The raw value is the tag on the wire.
package enum AssuranceLevel: UInt8, Sendable, CaseIterable, Comparable, CanonicalCodable {
    /// `self`: nobody checked, the person's own statement.
    case selfDeclared = 0
    /// A document was checked, not the person.
    case document = 1
    /// The person stood at a counter with the identity card.
    case inPerson = 2

    package static func < (left: AssuranceLevel, right: AssuranceLevel) -> Bool { left.rawValue < right.rawValue }
}

/// Whether a subject's key may act. The raw value is the tag on the wire.
package enum SubjectStatus: UInt8, Sendable, CaseIterable, CanonicalCodable {
    case active = 0
    case suspended = 1
    case deactivated = 2
}

/// A natural or legal person known to the ledger by a pseudonym (主体).
///
/// Nothing here says who it is: the commitment opens only with a salt that the wallet and the attesting vault hold.
package struct SubjectRecord: Hashable, Sendable, CanonicalCodable {
    package let id: SubjectID
    /// The key that signs authorisations now.
    package var key: PublicKey
    /// The department that checked the person.
    package let attester: DepartmentID
    package let assurance: AssuranceLevel
    /// Salted commitment to the person's identifier (`SubjectCommitment`).
    package let identifierCommitment: Digest
    /// Root over the ids of the subject's 64 access heads (`AccessHeadSet`).
    package var accessHeadSet: Digest
    package var status: SubjectStatus
    /// The height at which the record last changed.
    package var changedAt: Height

    package init(
        id: SubjectID,
        key: PublicKey,
        attester: DepartmentID,
        assurance: AssuranceLevel,
        identifierCommitment: Digest,
        accessHeadSet: Digest,
        status: SubjectStatus,
        changedAt: Height
    ) {
        self.id = id
        self.key = key
        self.attester = attester
        self.assurance = assurance
        self.identifierCommitment = identifierCommitment
        self.accessHeadSet = accessHeadSet
        self.status = status
        self.changedAt = changedAt
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(id)
        encoder.append(key)
        encoder.append(attester)
        encoder.append(assurance)
        encoder.append(identifierCommitment)
        encoder.append(accessHeadSet)
        encoder.append(status)
        encoder.append(changedAt)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        id = try decoder.read()
        key = try decoder.read()
        attester = try decoder.read()
        assurance = try decoder.read()
        identifierCommitment = try decoder.read()
        accessHeadSet = try decoder.read()
        status = try decoder.read()
        changedAt = try decoder.read()
    }
}

/// The counted, chained start of one subject's access records with one department (用证链头).
package struct AccessHeadRecord: Hashable, Sendable, CanonicalCodable {
    /// The digest of the head's public key (`AccessHeads.identifier`).
    package let id: Digest
    /// The relying department it is used with.
    package let department: DepartmentID
    /// How many access records stand on it.
    package var count: UInt64
    /// The digest of the newest entry, which names its predecessor.
    package var newestEntry: Digest
    package var changedAt: Height

    package init(id: Digest, department: DepartmentID, count: UInt64, newestEntry: Digest, changedAt: Height) {
        self.id = id
        self.department = department
        self.count = count
        self.newestEntry = newestEntry
        self.changedAt = changedAt
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(id)
        encoder.append(department)
        encoder.append(count)
        encoder.append(newestEntry)
        encoder.append(changedAt)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        id = try decoder.read()
        department = try decoder.read()
        count = try decoder.readUInt64()
        newestEntry = try decoder.read()
        changedAt = try decoder.read()
    }
}
