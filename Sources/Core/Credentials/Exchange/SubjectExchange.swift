package import Primitives

/// What a person or organisation is identified by.
package enum SubjectIdentifierKind: String, Sendable, CaseIterable {
    /// GB 11643.
    case citizen
    /// GB 32100.
    case socialCredit
}

/// A clerk registers a checked person: `POST /v1/subjects`. The wallet made the key, the proof and the head set.
package struct SubjectRegistrationRequest: ExchangeShape {
    /// BCS `PublicKey`.
    package var key: [UInt8]
    /// The transaction id that the proof names: 32 hexadecimal digits.
    package var transaction: [UInt8]
    /// By `key` over `SubjectKeyProof`, 64 bytes.
    package var proof: [UInt8]
    package var accessHeadSet: Digest
    /// Of the commitment to the identifier, 16 bytes; wallet and vault keep it.
    package var salt: [UInt8]
    package var identifier: String
    package var identifierKind: SubjectIdentifierKind
    package var name: String?
    package var assurance: AssuranceWord

    package init(
        key: [UInt8],
        transaction: [UInt8],
        proof: [UInt8],
        accessHeadSet: Digest,
        salt: [UInt8],
        identifier: String,
        identifierKind: SubjectIdentifierKind,
        name: String? = nil,
        assurance: AssuranceWord
    ) {
        self.key = key
        self.transaction = transaction
        self.proof = proof
        self.accessHeadSet = accessHeadSet
        self.salt = salt
        self.identifier = identifier
        self.identifierKind = identifierKind
        self.name = name
        self.assurance = assurance
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        key = try object.binary("key", byteCountMax: 64)
        transaction = try object.hexadecimal("transaction", byteCount: 16)
        proof = try object.binary("proof", byteCount: 64)
        accessHeadSet = try object.digest("accessHeadSet")
        salt = try object.binary("salt", byteCount: 16)
        identifier = try object.string("identifier", byteCountMax: 64)
        identifierKind = try object.word("identifierKind")
        name = try object.optionalString("name")
        assurance = try object.word("assurance")
    }

    package var json: JSONValue {
        .members([
            ("key", .string(Base64URL.encode(key))),
            ("transaction", .string(Hexadecimal.encode(transaction))),
            ("proof", .string(Base64URL.encode(proof))),
            ("accessHeadSet", .string(accessHeadSet.description)),
            ("salt", .string(Base64URL.encode(salt))),
            ("identifier", .string(identifier)),
            ("identifierKind", .string(identifierKind.rawValue)),
            ("name", name.map { .string($0) }),
            ("assurance", .string(assurance.rawValue)),
        ])
    }
}

/// How the person was checked.
package enum AssuranceWord: String, Sendable, CaseIterable {
    /// Not at all.
    case selfDeclared
    /// By a document alone.
    case document
    /// In person, with the identity card.
    case inPerson
}

/// The subject's name on the ledger.
package struct SubjectRegistrationResponse: ExchangeShape {
    package var did: String
    /// The transaction's digest.
    package var transaction: Digest
    package var height: Height

    package init(
        did: String,
        transaction: Digest,
        height: Height
    ) {
        self.did = did
        self.transaction = transaction
        self.height = height
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        did = try object.string("did", byteCountMax: 80)
        transaction = try object.digest("transaction")
        height = Height(try object.unsigned("height"))
    }

    package var json: JSONValue {
        [
            "did": .string(did),
            "transaction": .string(transaction.description),
            "height": .unsigned(height.rawValue),
        ]
    }
}

/// A clerk changes a subject's status: `POST /v1/subjects/{did}/status`.
package struct SubjectStatusRequest: ExchangeShape {
    package var status: SubjectCondition

    package init(status: SubjectCondition) {
        self.status = status
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        status = try object.word("status")
    }

    package var json: JSONValue {
        [
            "status": .string(status.rawValue)
        ]
    }
}

/// Done, in the final block of this height.
package struct HeightResponse: ExchangeShape {
    package var height: Height

    package init(height: Height) {
        self.height = height
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        height = Height(try object.unsigned("height"))
    }

    package var json: JSONValue {
        [
            "height": .unsigned(height.rawValue)
        ]
    }
}
