import Primitives

/// Whom a certificate of a type is about.
package enum CertificateSubjectKind: String, Sendable, CaseIterable {
    case natural
    case legal
}

/// What a certificate of one kind contains, who may issue it and how long it holds (证照类型).
///
/// The ledger keeps it as canonical JSON. Unknown members are refused: a node that does not understand a rule must not
/// act on the rest of it.
package struct CertificateTypeDefinition: Hashable, Sendable {
    /// Fields of one type.
    package static let fieldsMax = 64
    /// Claims that every certificate has and no field may be named.
    private static let reservedNames: Set<String> = [
        "iss", "sub", "aud", "nbf", "exp", "iat", "jti", "cnf", "vct", "aka_vcts", "status", "_sd", "_sd_alg",
    ]

    /// A short ASCII name: lower-case letters, digits and hyphens, up to 32.
    package let code: String
    /// The type's number on the ledger.
    package let id: UInt16
    package let version: UInt32
    package let name: LocalizedText
    /// Codes of the departments that may issue it, one at least.
    package let issuers: [String]
    package let subjectKind: CertificateSubjectKind
    /// Whether a vault answers with a certificate made for the asking department alone.
    package let isUnlinkable: Bool
    package let validity: ValidityRule
    package let fields: [CertificateField]
    /// The field with the certificate's own number, by which a changed row supersedes an earlier one.
    package let numberField: String
    /// The field with the holder's citizen id or social credit code.
    package let holderIdentifierField: String
    /// The field with the holder's name.
    package let holderNameField: String
    /// The canonical JSON that the ledger keeps.
    package let canonicalJSON: [UInt8]

    /// Decodes canonical JSON from the ledger, or JSON from a template.
    ///
    /// - Throws: `DefinitionError`.
    package init(json bytes: [UInt8]) throws(DefinitionError) {
        try self.init(DefinitionError.parse(bytes))
    }

    /// Decodes a value, for instance read from YAML.
    ///
    /// - Throws: `DefinitionError`.
    package init(_ value: JSONValue) throws(DefinitionError) {
        do throws(JSONShapeError) {
            try self.init(shape: value)
        } catch {
            throw .shape(error)
        }
    }

    private init(shape value: JSONValue) throws(JSONShapeError) {
        var object = try StrictObject(value)
        code = try object.string("code", byteCountMax: 32)
        guard Self.isCode(code) else { throw object.refusal("code", "not lower-case letters, digits and hyphens") }
        id = UInt16(try object.integer("id", in: 1...65_535))
        version = UInt32(try object.integer("version", in: 1...Int64(UInt32.max)))
        name = try LocalizedText(object.object("name"))
        issuers = try object.strings("issuers", count: 1...64, byteCountMax: 32)
        guard issuers.allSatisfy(Self.isCode), Set(issuers).count == issuers.count else {
            throw object.refusal("issuers", "not distinct codes")
        }
        subjectKind = try object.word("subject")
        isUnlinkable = try object.bool("unlinkable", absent: false)
        validity = try ValidityRule(object.object("validity"))
        var fields: [CertificateField] = []
        for (value, path) in try object.array("fields", count: 1...Self.fieldsMax) {
            fields.append(try CertificateField(value, path: path))
        }
        self.fields = fields
        numberField = try object.string("numberField")
        holderIdentifierField = try object.string("holderIdentifierField")
        holderNameField = try object.string("holderNameField")
        do throws(JSONCanonicalError) {
            canonicalJSON = try value.canonicalJSON()
        } catch {
            throw .notAllowed(path: "", reason: "no canonical form: \(error)")
        }
        guard canonicalJSON.count <= Limits.definitionBytesMax else {
            throw .notAllowed(path: "", reason: "more than \(Limits.definitionBytesMax) bytes")
        }
        try checkFields(object)
        try object.finish()
    }

    /// The field named `name`, or nil.
    package func field(_ name: String) -> CertificateField? { fields.first { $0.name == name } }

    /// The credential type of its certificates (`vct`): a name that says code and version.
    package var credentialType: String { "urn:zhixin:certificate-type:\(code):\(version)" }

    /// 1 to 32 lower-case ASCII letters, digits and hyphens.
    package static func isCode(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d }
    }

    /// 1 to 64 lower-case ASCII letters, digits and underscores, not reserved.
    static func isClaimName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && !reservedNames.contains(text)
            && text.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f }
    }

    private func checkFields(_ object: StrictObject) throws(JSONShapeError) {
        guard Set(fields.map(\.name)).count == fields.count else {
            throw object.refusal("fields", "two fields have one name")
        }
        let headers = fields.flatMap { [$0.header] + $0.aliases }
        guard Set(headers).count == headers.count else { throw object.refusal("fields", "two fields have one heading") }
        let holderKind: CertificateFieldKind = subjectKind == .natural ? .citizenIdentifier : .socialCreditCode
        let roles: [(String, String, CertificateFieldKind)] = [
            ("numberField", numberField, .text), ("holderIdentifierField", holderIdentifierField, holderKind),
            ("holderNameField", holderNameField, .text),
        ]
        for (member, name, kind) in roles {
            guard let field = field(name), field.isRequired, field.kind == kind else {
                throw object.refusal(member, "names no required field of kind \(kind.rawValue)")
            }
        }
        for name in validity.fields {
            guard let field = field(name), field.kind == .date else {
                throw object.refusal("validity", "\(name) is no date field")
            }
        }
    }
}

/// Why the definition of a certificate type or matter is refused.
package enum DefinitionError: Error, Equatable, Sendable {
    /// Not strict JSON, or more than 32 KiB.
    case json(JSONParseError)
    /// JSON of another shape.
    case shape(JSONShapeError)

    static func parse(_ bytes: [UInt8]) throws(DefinitionError) -> JSONValue {
        do throws(JSONParseError) {
            return try JSONValue(parsing: bytes, byteCountMax: Limits.definitionBytesMax)
        } catch {
            throw .json(error)
        }
    }
}
