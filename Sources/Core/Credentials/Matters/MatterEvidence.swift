/// What a matter asks about one certificate type.
package enum EvidenceDemand: Hashable, Sendable {
    /// An active certificate, of which these fields are shown.
    case certificate(fields: [String])
    /// The authority's answer to a question; no field is shown.
    case predicate(Predicate)
    /// The authority's statement that the person has no certificate of the type.
    case noEntry
}

/// One piece of evidence that a matter requires (材料).
package struct MatterEvidence: Hashable, Sendable {
    /// Its name within the matter: lower-case letters, digits and hyphens.
    package let id: String
    /// The certificate type's code.
    package let type: String
    package let demand: EvidenceDemand
    /// Whether the matter cannot begin without it; else it may be promised for later (容缺).
    package let isCore: Bool
    package let label: LocalizedText
    /// Where a person gets what is missing.
    package let obtainFrom: LocalizedText
    /// Why a person for whom it does not hold is refused: the answer is no, or an entry was found.
    package let unmet: LocalizedText?

    init(_ value: JSONValue, path: String) throws(JSONShapeError) {
        var object = try StrictObject(value, path: path)
        id = try object.string("id", byteCountMax: 32)
        type = try object.string("type", byteCountMax: 32)
        guard CertificateTypeDefinition.isCode(id) else { throw object.refusal("id", "no code") }
        guard CertificateTypeDefinition.isCode(type) else { throw object.refusal("type", "no code") }
        isCore = try object.bool("core", absent: true)
        label = try LocalizedText(object.object("label"))
        obtainFrom = try LocalizedText(object.object("obtainFrom"))
        switch try object.string("kind") {
        case "certificate":
            let fields = try object.strings("fields", count: 1...CertificateTypeDefinition.fieldsMax, byteCountMax: 64)
            guard Set(fields).count == fields.count else { throw object.refusal("fields", "a field twice") }
            demand = .certificate(fields: fields)
            unmet = nil
        case "predicate":
            demand = .predicate(try Predicate(object.value("predicate"), path: object.path(of: "predicate")))
            unmet = try LocalizedText(object.object("unmet"))
        case "no-entry":
            demand = .noEntry
            unmet = try LocalizedText(object.object("unmet"))
        default: throw object.refusal("kind", "not one of certificate, predicate, no-entry")
        }
        try object.finish()
    }
}

/// A rule over the fields that one certificate shows, beyond its being there.
package struct MatterCondition: Hashable, Sendable {
    /// The evidence's id.
    package let evidence: String
    package let predicate: Predicate
    /// Why a person for whom it does not hold is refused.
    package let unmet: LocalizedText

    init(_ value: JSONValue, path: String) throws(JSONShapeError) {
        var object = try StrictObject(value, path: path)
        evidence = try object.string("evidence", byteCountMax: 32)
        predicate = try Predicate(object.value("predicate"), path: object.path(of: "predicate"))
        unmet = try LocalizedText(object.object("unmet"))
        try object.finish()
    }
}

/// A field of one certificate that the matter sees.
package struct EvidenceField: Hashable, Sendable {
    package let evidence: String
    package let field: String
    package let label: LocalizedText

    /// `{"evidence", "field", "label"}`.
    init(_ value: JSONValue, path: String) throws(JSONShapeError) {
        var object = try StrictObject(value, path: path)
        evidence = try object.string("evidence", byteCountMax: 32)
        field = try object.string("field", byteCountMax: 64)
        label = try LocalizedText(object.object("label"))
        try object.finish()
    }
}
