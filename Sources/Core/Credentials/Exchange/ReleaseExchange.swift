package import Primitives

/// A gateway asks a vault for evidence: `POST /v1/vault/releases`, over HTTPS.
package struct ReleaseRequest: ExchangeShape {
    package var caseID: Digest
    /// BCS `AuthorisationRequest`, signed by the asking department.
    package var request: [UInt8]
    /// BCS `Authorisation`, signed by the subject.
    package var authorisation: [UInt8]
    /// BCS `AccessRecord`.
    package var accessRecord: [UInt8]
    /// The final transaction that holds the access record.
    package var transaction: Digest
    /// The block that holds it; the vault waits until it has this block.
    package var height: Height
    /// BCS `AccessOpening`; the vault keeps it for the subject.
    package var opening: [UInt8]
    /// 16 bytes.
    package var openingSalt: [UInt8]
    /// What the wallet sealed to this vault.
    package var sealedIdentifier: [UInt8]
    /// The evidence items that this vault is asked for.
    package var items: [String]

    package init(
        caseID: Digest,
        request: [UInt8],
        authorisation: [UInt8],
        accessRecord: [UInt8],
        transaction: Digest,
        height: Height,
        opening: [UInt8],
        openingSalt: [UInt8],
        sealedIdentifier: [UInt8],
        items: [String]
    ) {
        self.caseID = caseID
        self.request = request
        self.authorisation = authorisation
        self.accessRecord = accessRecord
        self.transaction = transaction
        self.height = height
        self.opening = opening
        self.openingSalt = openingSalt
        self.sealedIdentifier = sealedIdentifier
        self.items = items
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        caseID = try object.digest("case")
        request = try object.binary("request", byteCountMax: 64 * 1024)
        authorisation = try object.binary("authorisation", byteCountMax: 64 * 1024)
        accessRecord = try object.binary("accessRecord", byteCountMax: 4 * 1024)
        transaction = try object.digest("transaction")
        height = Height(try object.unsigned("height"))
        opening = try object.binary("opening", byteCountMax: 64 * 1024)
        openingSalt = try object.binary("openingSalt", byteCount: 16)
        sealedIdentifier = try object.binary("sealedIdentifier", byteCountMax: 16 * 1024)
        items = try object.strings("items", count: 1...64, byteCountMax: 64)
    }

    package var json: JSONValue {
        [
            "case": .string(caseID.description),
            "request": .string(Base64URL.encode(request)),
            "authorisation": .string(Base64URL.encode(authorisation)),
            "accessRecord": .string(Base64URL.encode(accessRecord)),
            "transaction": .string(transaction.description),
            "height": .unsigned(height.rawValue),
            "opening": .string(Base64URL.encode(opening)),
            "openingSalt": .string(Base64URL.encode(openingSalt)),
            "sealedIdentifier": .string(Base64URL.encode(sealedIdentifier)),
            "items": .array(items.map { .string($0) }),
        ]
    }
}

/// What the vault gives, one answer for each item and always the same.
package struct ReleaseResponse: ExchangeShape {
    package var items: [ReleasedItem]

    package init(items: [ReleasedItem]) {
        self.items = items
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        items = try object.shapes("items", count: 1...64)
    }

    package var json: JSONValue {
        [
            "items": .array(items.map(\.json))
        ]
    }
}

/// One item: evidence, or why there is none.
package struct ReleasedItem: ExchangeShape {
    package var item: String
    /// Evidence, sealed to the asking department; absent when refused.
    package var sealed: [UInt8]?
    package var refusal: CaseProblem?

    package init(
        item: String,
        sealed: [UInt8]? = nil,
        refusal: CaseProblem? = nil
    ) {
        self.item = item
        self.sealed = sealed
        self.refusal = refusal
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        item = try object.string("item", byteCountMax: 64)
        sealed = try object.optionalBinary("sealed", byteCountMax: 128 * 1024)
        refusal = try object.optionalShape("refusal")
    }

    package var json: JSONValue {
        .members([
            ("item", .string(item)),
            ("sealed", sealed.map { .string(Base64URL.encode($0)) }),
            ("refusal", refusal.map { $0.json }),
        ])
    }
}

/// What this node keeps for a subject: `GET /v1/subjects/{did}/accesses`.
package struct AccessesResponse: ExchangeShape {
    package var accesses: [AccessOpeningView]

    package init(accesses: [AccessOpeningView]) {
        self.accesses = accesses
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        accesses = try object.shapes("accesses", count: 0...65536)
    }

    package var json: JSONValue {
        [
            "accesses": .array(accesses.map(\.json))
        ]
    }
}

/// The opening of one access record.
package struct AccessOpeningView: ExchangeShape {
    package var head: Digest
    /// The record's number on the head, from 1.
    package var count: UInt64
    /// BCS `AccessOpening`.
    package var opening: [UInt8]
    /// 16 bytes.
    package var salt: [UInt8]

    package init(
        head: Digest,
        count: UInt64,
        opening: [UInt8],
        salt: [UInt8]
    ) {
        self.head = head
        self.count = count
        self.opening = opening
        self.salt = salt
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        head = try object.digest("head")
        count = try object.unsigned("count")
        opening = try object.binary("opening", byteCountMax: 64 * 1024)
        salt = try object.binary("salt", byteCount: 16)
    }

    package var json: JSONValue {
        [
            "head": .string(head.description),
            "count": .unsigned(count),
            "opening": .string(Base64URL.encode(opening)),
            "salt": .string(Base64URL.encode(salt)),
        ]
    }
}
