/// A certificate type.
package struct CertificateTypeSummary: ExchangeShape {
    package var id: UInt16
    package var code: String
    package var version: UInt32
    /// The departments that may issue it.
    package var issuers: [UInt16]
    /// The definition as it stands on the ledger.
    package var definition: JSONValue

    package init(
        id: UInt16,
        code: String,
        version: UInt32,
        issuers: [UInt16],
        definition: JSONValue
    ) {
        self.id = id
        self.code = code
        self.version = version
        self.issuers = issuers
        self.definition = definition
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        id = try object.unsigned("id")
        code = try object.string("code", byteCountMax: 32)
        version = try object.unsigned("version")
        issuers = try object.numbers("issuers", count: 0...256)
        definition = try object.value("definition")
    }

    package var json: JSONValue {
        [
            "id": .integer(Int64(id)),
            "code": .string(code),
            "version": .integer(Int64(version)),
            "issuers": .array(issuers.map { .integer(Int64($0)) }),
            "definition": definition,
        ]
    }
}

/// All certificate types: `GET /v1/certificate-types`.
package struct CertificateTypeList: ExchangeShape {
    /// By number.
    package var certificateTypes: [CertificateTypeSummary]

    package init(certificateTypes: [CertificateTypeSummary]) {
        self.certificateTypes = certificateTypes
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        certificateTypes = try object.shapes("certificateTypes", count: 0...4096)
    }

    package var json: JSONValue {
        [
            "certificateTypes": .array(certificateTypes.map(\.json))
        ]
    }
}

/// A matter: `GET /v1/matters/{code}`.
package struct MatterSummary: ExchangeShape {
    package var code: String
    package var version: UInt32
    /// The department that decides its cases.
    package var department: UInt16
    /// The definition as it stands on the ledger.
    package var definition: JSONValue

    package init(
        code: String,
        version: UInt32,
        department: UInt16,
        definition: JSONValue
    ) {
        self.code = code
        self.version = version
        self.department = department
        self.definition = definition
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        code = try object.string("code", byteCountMax: 32)
        version = try object.unsigned("version")
        department = try object.unsigned("department")
        definition = try object.value("definition")
    }

    package var json: JSONValue {
        [
            "code": .string(code),
            "version": .integer(Int64(version)),
            "department": .integer(Int64(department)),
            "definition": definition,
        ]
    }
}

/// All matters: `GET /v1/matters`.
package struct MatterList: ExchangeShape {
    /// By code.
    package var matters: [MatterSummary]

    package init(matters: [MatterSummary]) {
        self.matters = matters
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        matters = try object.shapes("matters", count: 0...4096)
    }

    package var json: JSONValue {
        [
            "matters": .array(matters.map(\.json))
        ]
    }
}
