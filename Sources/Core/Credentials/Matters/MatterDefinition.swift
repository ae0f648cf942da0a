package import Primitives

/// One public service (政务服务事项): what it needs, by which rule it is decided, and what it gives.
///
/// The ledger keeps it as canonical JSON, versioned. Unknown members are refused.
package struct MatterDefinition: Hashable, Sendable {
    /// Pieces of evidence and conditions of one matter.
    package static let evidenceMax = 32

    /// A short ASCII name: lower-case letters, digits and hyphens, up to 32.
    package let code: String
    package let version: UInt32
    package let name: LocalizedText
    /// The code of the department that decides its cases.
    package let department: String
    package let subjectKind: CertificateSubjectKind
    /// What the applicant is told that the data is for.
    package let purpose: LocalizedText
    package let evidence: [MatterEvidence]
    package let conditions: [MatterCondition]
    package let outcome: MatterOutcome
    /// The form's fields that fill themselves in (免填表).
    package let prefill: [EvidenceField]
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
        department = try object.string("department", byteCountMax: 32)
        for (member, text) in [("code", code), ("department", department)] {
            guard CertificateTypeDefinition.isCode(text) else { throw object.refusal(member, "no code") }
        }
        version = UInt32(try object.integer("version", in: 1...Int64(UInt32.max)))
        name = try LocalizedText(object.object("name"))
        subjectKind = try object.word("subject")
        purpose = try LocalizedText(object.object("purpose"))
        var evidence: [MatterEvidence] = []
        for (value, path) in try object.array("evidence", count: 1...Self.evidenceMax) {
            evidence.append(try MatterEvidence(value, path: path))
        }
        var conditions: [MatterCondition] = []
        for (value, path) in try object.array("conditions", count: 0...Self.evidenceMax) {
            conditions.append(try MatterCondition(value, path: path))
        }
        var prefill: [EvidenceField] = []
        for (value, path) in try object.array("prefill", count: 0...CertificateTypeDefinition.fieldsMax) {
            prefill.append(try EvidenceField(value, path: path))
        }
        self.evidence = evidence
        self.conditions = conditions
        self.prefill = prefill
        outcome = try MatterOutcome(object.value("outcome"), path: "outcome")
        do throws(JSONCanonicalError) {
            canonicalJSON = try value.canonicalJSON()
        } catch {
            throw .notAllowed(path: "", reason: "no canonical form: \(error)")
        }
        guard canonicalJSON.count <= Limits.definitionBytesMax else {
            throw .notAllowed(path: "", reason: "more than \(Limits.definitionBytesMax) bytes")
        }
        try checkReferences(object)
        try object.finish()
    }

    /// The evidence with this id, or nil.
    package func evidence(_ id: String) -> MatterEvidence? { evidence.first { $0.id == id } }

    /// The digest by which receipts name this version of the rule.
    package func digest(_ digestFunction: any DigestFunction) -> Digest {
        digestFunction.digest(Domain.definition.frame(raw: canonicalJSON))
    }

    /// The codes of all certificate types that the matter reads or issues.
    package var typeCodes: Set<String> {
        var codes = Set(evidence.map(\.type))
        if case .issueCertificate(let type, _) = outcome { codes.insert(type) }
        return codes
    }

    /// Whatever a rule, an outcome or a form reads must be a field that the evidence shows: nothing is asked for without
    /// a use being visible here, and nothing is used that was not asked for.
    private func checkReferences(_ object: StrictObject) throws(JSONShapeError) {
        guard Set(evidence.map(\.id)).count == evidence.count else { throw object.refusal("evidence", "an id twice") }
        func requireShown(_ id: String, _ fields: [String], _ member: String) throws(JSONShapeError) {
            guard case .certificate(let shown)? = evidence(id)?.demand else {
                throw object.refusal(member, "\(id) is no evidence that shows a certificate")
            }
            for field in fields where !shown.contains(field) {
                throw object.refusal(member, "\(id) does not show \(field)")
            }
        }
        for condition in conditions { try requireShown(condition.evidence, condition.predicate.fields, "conditions") }
        for field in prefill { try requireShown(field.evidence, [field.field], "prefill") }
        switch outcome {
        case .issueCertificate(_, let claims):
            for claim in claims {
                if case .field(let id, let field) = claim.source { try requireShown(id, [field], "outcome.claims") }
            }
        case .show(let fields):
            for field in fields { try requireShown(field.evidence, [field.field], "outcome.fields") }
        case .paymentOrder: break
        }
    }

    /// Checks the matter against the types that it names.
    ///
    /// - Throws: `MatterTypeError` for the first fault.
    package func check(against types: [String: CertificateTypeDefinition]) throws(MatterTypeError) {
        for item in evidence {
            guard let type = types[item.type] else { throw .unknownType(item.type) }
            let fields: [String]
            switch item.demand {
            case .certificate(let shown): fields = shown
            case .predicate(let predicate): fields = predicate.fields
            case .noEntry: fields = []
            }
            for field in fields where type.field(field) == nil { throw .unknownField(type: item.type, field: field) }
        }
        guard case .issueCertificate(let code, let claims) = outcome else { return }
        guard let type = types[code] else { throw .unknownType(code) }
        guard type.issuers.contains(department) else { throw .noAuthority(type: code, department: department) }
        for claim in claims where type.field(claim.name) == nil {
            throw .unknownField(type: code, field: claim.name)
        }
        for field in type.fields where field.isRequired && !claims.contains(where: { $0.name == field.name }) {
            throw .missingClaim(type: code, field: field.name)
        }
    }
}

/// Why a matter does not fit the certificate types that it names.
package enum MatterTypeError: Error, Equatable, Sendable {
    case unknownType(String)
    case unknownField(type: String, field: String)
    /// The deciding department may not issue the outcome's type.
    case noAuthority(type: String, department: String)
    /// A required field of the outcome's type that no claim fills.
    case missingClaim(type: String, field: String)
}
