package import Primitives

/// A service system opens a case: `POST /v1/matters/{code}/cases`.
package struct CaseOpeningRequest: ExchangeShape {
    /// The system's own number for it; not shown to anyone else.
    package var reference: String?

    package init(reference: String? = nil) {
        self.reference = reference
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        reference = try object.optionalString("reference", byteCountMax: 64)
    }

    package var json: JSONValue {
        .members([
            ("reference", reference.map { .string($0) })
        ])
    }
}

/// The opened case and what the subject is asked.
package struct CaseOpeningResponse: ExchangeShape {
    /// 32 random bytes.
    package var caseID: Digest
    /// BCS `AuthorisationRequest`, signed by the department.
    package var request: [UInt8]
    /// Where a wallet fetches the request: the content of the QR code.
    package var requestAddress: String
    package var expires: Timestamp

    package init(
        caseID: Digest,
        request: [UInt8],
        requestAddress: String,
        expires: Timestamp
    ) {
        self.caseID = caseID
        self.request = request
        self.requestAddress = requestAddress
        self.expires = expires
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        caseID = try object.digest("case")
        request = try object.binary("request", byteCountMax: 64 * 1024)
        requestAddress = try object.string("requestAddress", byteCountMax: 512)
        expires = Timestamp(try object.unsigned("expires"))
    }

    package var json: JSONValue {
        [
            "case": .string(caseID.description),
            "request": .string(Base64URL.encode(request)),
            "requestAddress": .string(requestAddress),
            "expires": .unsigned(expires.rawValue),
        ]
    }
}

/// Where a case stands.
package enum CaseState: String, Sendable, CaseIterable {
    /// The subject has not signed.
    case awaitingAuthorisation
    /// The access record is on its way to the ledger.
    case recording
    /// The vaults are asked.
    case collecting
    case decided
    /// It will not be decided; `problem` says why.
    case failed
}

/// The request of a case, for the wallet: `GET /v1/requests/{case}`.
package struct AuthorisationRequestView: ExchangeShape {
    /// BCS `AuthorisationRequest`, signed.
    package var request: [UInt8]
    package var state: CaseState

    package init(
        request: [UInt8],
        state: CaseState
    ) {
        self.request = request
        self.state = state
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        request = try object.binary("request", byteCountMax: 64 * 1024)
        state = try object.word("state")
    }

    package var json: JSONValue {
        [
            "request": .string(Base64URL.encode(request)),
            "state": .string(state.rawValue),
        ]
    }
}

/// The subject's permission and the access record that makes it usable: `POST /v1/requests/{case}/authorisation`.
package struct AuthorisationSubmission: ExchangeShape {
    /// BCS `Authorisation`, signed with the subject's key.
    package var authorisation: [UInt8]
    /// BCS `AccessRecord`, signed with the head's key; its transaction id is the authorisation's nonce.
    package var accessRecord: [UInt8]
    /// BCS `AccessOpening`: what the access record commits to.
    package var opening: [UInt8]
    /// 16 bytes.
    package var openingSalt: [UInt8]
    /// One for each vault that will be asked.
    package var sealedIdentifiers: [SealedIdentifier]

    package init(
        authorisation: [UInt8],
        accessRecord: [UInt8],
        opening: [UInt8],
        openingSalt: [UInt8],
        sealedIdentifiers: [SealedIdentifier]
    ) {
        self.authorisation = authorisation
        self.accessRecord = accessRecord
        self.opening = opening
        self.openingSalt = openingSalt
        self.sealedIdentifiers = sealedIdentifiers
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        authorisation = try object.binary("authorisation", byteCountMax: 64 * 1024)
        accessRecord = try object.binary("accessRecord", byteCountMax: 4 * 1024)
        opening = try object.binary("opening", byteCountMax: 64 * 1024)
        openingSalt = try object.binary("openingSalt", byteCount: 16)
        sealedIdentifiers = try object.shapes("sealedIdentifiers", count: 0...64)
    }

    package var json: JSONValue {
        [
            "authorisation": .string(Base64URL.encode(authorisation)),
            "accessRecord": .string(Base64URL.encode(accessRecord)),
            "opening": .string(Base64URL.encode(opening)),
            "openingSalt": .string(Base64URL.encode(openingSalt)),
            "sealedIdentifiers": .array(sealedIdentifiers.map(\.json)),
        ]
    }
}

/// Who the subject is, sealed to one vault's key.
package struct SealedIdentifier: ExchangeShape {
    /// The department whose vault can open it.
    package var department: UInt16
    /// HPKE; within it BCS `IdentifierOpening`.
    package var sealed: [UInt8]

    package init(
        department: UInt16,
        sealed: [UInt8]
    ) {
        self.department = department
        self.sealed = sealed
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        department = try object.unsigned("department")
        sealed = try object.binary("sealed", byteCountMax: 16 * 1024)
    }

    package var json: JSONValue {
        [
            "department": .integer(Int64(department)),
            "sealed": .string(Base64URL.encode(sealed)),
        ]
    }
}

/// The submission was taken; the case goes on by itself.
package struct CaseAcceptance: ExchangeShape {
    package var caseID: Digest
    package var state: CaseState

    package init(
        caseID: Digest,
        state: CaseState
    ) {
        self.caseID = caseID
        self.state = state
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        caseID = try object.digest("case")
        state = try object.word("state")
    }

    package var json: JSONValue {
        [
            "case": .string(caseID.description),
            "state": .string(state.rawValue),
        ]
    }
}
