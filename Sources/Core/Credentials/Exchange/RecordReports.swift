package import Primitives

/// What a certificate is worth at a moment: its status on the ledger, and its dates.
package enum CertificateCondition: String, Sendable, CaseIterable {
    case active
    case suspended
    case revoked
    case superseded
    /// Active, and its time is over.
    case expired
    /// Active, and its time has not come.
    case notYetValid
}

/// A certificate's status: `GET /v1/certificates/{commitment}`. It does not say whose it is or what it says.
package struct CertificateReport: ExchangeShape {
    /// The commitment.
    package var certificate: Digest
    package var status: CertificateCondition
    /// The type's code.
    package var type: String
    package var typeName: String
    package var typeEnglishName: String
    /// The issuing department's code.
    package var issuer: String
    package var issuerName: String
    package var issuerEnglishName: String
    /// The first instant at which it holds.
    package var validFrom: Timestamp
    /// The first instant at which it no longer holds; absent for no end.
    package var validUntil: Timestamp?
    /// The height at which its status last changed.
    package var changedAt: Height
    /// Its place in the register.
    package var position: UInt64
    package var asOf: LedgerMoment

    package init(
        certificate: Digest,
        status: CertificateCondition,
        type: String,
        typeName: String,
        typeEnglishName: String,
        issuer: String,
        issuerName: String,
        issuerEnglishName: String,
        validFrom: Timestamp,
        validUntil: Timestamp? = nil,
        changedAt: Height,
        position: UInt64,
        asOf: LedgerMoment
    ) {
        self.certificate = certificate
        self.status = status
        self.type = type
        self.typeName = typeName
        self.typeEnglishName = typeEnglishName
        self.issuer = issuer
        self.issuerName = issuerName
        self.issuerEnglishName = issuerEnglishName
        self.validFrom = validFrom
        self.validUntil = validUntil
        self.changedAt = changedAt
        self.position = position
        self.asOf = asOf
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        certificate = try object.digest("certificate")
        status = try object.word("status")
        type = try object.string("type", byteCountMax: 32)
        typeName = try object.string("typeName")
        typeEnglishName = try object.string("typeEnglishName")
        issuer = try object.string("issuer", byteCountMax: 32)
        issuerName = try object.string("issuerName")
        issuerEnglishName = try object.string("issuerEnglishName")
        validFrom = Timestamp(try object.unsigned("validFrom"))
        validUntil = try object.optionalUnsigned("validUntil").map { Timestamp($0) }
        changedAt = Height(try object.unsigned("changedAt"))
        position = try object.unsigned("position")
        asOf = try object.shape("asOf")
    }

    package var json: JSONValue {
        .members([
            ("certificate", .string(certificate.description)),
            ("status", .string(status.rawValue)),
            ("type", .string(type)),
            ("typeName", .string(typeName)),
            ("typeEnglishName", .string(typeEnglishName)),
            ("issuer", .string(issuer)),
            ("issuerName", .string(issuerName)),
            ("issuerEnglishName", .string(issuerEnglishName)),
            ("validFrom", .unsigned(validFrom.rawValue)),
            ("validUntil", validUntil.map { .unsigned($0.rawValue) }),
            ("changedAt", .unsigned(changedAt.rawValue)),
            ("position", .unsigned(position)),
            ("asOf", asOf.json),
        ])
    }
}

/// Whether a subject's key may act.
package enum SubjectCondition: String, Sendable, CaseIterable {
    case active
    case suspended
    case deactivated
}

/// A subject's record: `GET /v1/subjects/{did}`.
package struct SubjectReport: ExchangeShape {
    package var did: String
    package var status: SubjectCondition
    /// The present key, BCS `PublicKey`.
    package var key: [UInt8]
    /// The attesting department's code.
    package var attester: String
    /// `selfDeclared`, `document` or `inPerson`.
    package var assurance: String
    /// The root over the ids of the 64 access heads.
    package var accessHeadSet: Digest
    package var changedAt: Height
    package var position: UInt64
    package var asOf: LedgerMoment

    package init(
        did: String,
        status: SubjectCondition,
        key: [UInt8],
        attester: String,
        assurance: String,
        accessHeadSet: Digest,
        changedAt: Height,
        position: UInt64,
        asOf: LedgerMoment
    ) {
        self.did = did
        self.status = status
        self.key = key
        self.attester = attester
        self.assurance = assurance
        self.accessHeadSet = accessHeadSet
        self.changedAt = changedAt
        self.position = position
        self.asOf = asOf
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        did = try object.string("did", byteCountMax: 80)
        status = try object.word("status")
        key = try object.binary("key", byteCountMax: 64)
        attester = try object.string("attester", byteCountMax: 32)
        assurance = try object.string("assurance", byteCountMax: 16)
        accessHeadSet = try object.digest("accessHeadSet")
        changedAt = Height(try object.unsigned("changedAt"))
        position = try object.unsigned("position")
        asOf = try object.shape("asOf")
    }

    package var json: JSONValue {
        [
            "did": .string(did),
            "status": .string(status.rawValue),
            "key": .string(Base64URL.encode(key)),
            "attester": .string(attester),
            "assurance": .string(assurance),
            "accessHeadSet": .string(accessHeadSet.description),
            "changedAt": .unsigned(changedAt.rawValue),
            "position": .unsigned(position),
            "asOf": asOf.json,
        ]
    }
}

/// An access head's record: `GET /v1/heads/{id}`.
package struct AccessHeadReport: ExchangeShape {
    package var head: Digest
    /// The code of the relying department.
    package var department: String
    /// Access records on the head.
    package var count: UInt64
    /// The digest of the newest.
    package var newestEntry: Digest
    package var changedAt: Height
    package var position: UInt64
    package var asOf: LedgerMoment

    package init(
        head: Digest,
        department: String,
        count: UInt64,
        newestEntry: Digest,
        changedAt: Height,
        position: UInt64,
        asOf: LedgerMoment
    ) {
        self.head = head
        self.department = department
        self.count = count
        self.newestEntry = newestEntry
        self.changedAt = changedAt
        self.position = position
        self.asOf = asOf
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        head = try object.digest("head")
        department = try object.string("department", byteCountMax: 32)
        count = try object.unsigned("count")
        newestEntry = try object.digest("newestEntry")
        changedAt = Height(try object.unsigned("changedAt"))
        position = try object.unsigned("position")
        asOf = try object.shape("asOf")
    }

    package var json: JSONValue {
        [
            "head": .string(head.description),
            "department": .string(department),
            "count": .unsigned(count),
            "newestEntry": .string(newestEntry.description),
            "changedAt": .unsigned(changedAt.rawValue),
            "position": .unsigned(position),
            "asOf": asOf.json,
        ]
    }
}
