package import Primitives

/// Where a claim of a certificate that a matter issues comes from.
package enum OutcomeClaimSource: Hashable, Sendable {
    case field(evidence: String, field: String)
    case constant(JSONValue)
    /// The day of the decision in China.
    case decisionDate
    /// `YYYYMMDD-` and 16 hexadecimal digits of the access record: a number that no other case has.
    case caseNumber
}

/// One claim of a certificate that a matter issues.
package struct OutcomeClaim: Hashable, Sendable {
    package let name: String
    package let source: OutcomeClaimSource

    init(_ value: JSONValue, path: String) throws(JSONShapeError) {
        var object = try StrictObject(value, path: path)
        name = try object.string("name", byteCountMax: 64)
        switch try object.string("from") {
        case "evidence":
            source = .field(
                evidence: try object.string("evidence", byteCountMax: 32),
                field: try object.string("field", byteCountMax: 64)
            )
        case "constant":
            let value = try object.value("value")
            guard value.string != nil || value.integer != nil else {
                throw object.refusal("value", "neither a text nor an integer")
            }
            source = .constant(value)
        case "decision-date": source = .decisionDate
        case "case-number": source = .caseNumber
        default: throw object.refusal("from", "not one of evidence, constant, decision-date, case-number")
        }
        try object.finish()
    }
}

/// How often a payment is made.
package enum PaymentPeriod: UInt8, Sendable, CaseIterable, CanonicalCodableTag {
    case once = 0
    case monthly = 1
    case yearly = 2

    init?(word: String) {
        switch word {
        case "once": self = .once
        case "monthly": self = .monthly
        case "yearly": self = .yearly
        default: return nil
        }
    }
}

/// An amount that is due to the applicant.
package struct PaymentOrder: Hashable, Sendable, CanonicalCodable {
    /// In cents (分) of yuan, 1 to 100,000,000.
    package let amountCents: UInt64
    package let period: PaymentPeriod
    package let label: LocalizedText

    init(_ object: StrictObject) throws(JSONShapeError) {
        var object = object
        amountCents = UInt64(try object.integer("amountCents", in: 1...100_000_000))
        guard let period = PaymentPeriod(word: try object.string("period")) else {
            throw object.refusal("period", "not one of once, monthly, yearly")
        }
        self.period = period
        label = try LocalizedText(object.object("label"))
        try object.finish()
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(amountCents)
        encoder.append(period.rawValue)
        encoder.append(label)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        amountCents = try decoder.readUInt64()
        guard (1...100_000_000).contains(amountCents) else {
            throw .invalid(type: "PaymentOrder", reason: "an amount of 1 to 100,000,000 cents")
        }
        period = try PaymentPeriod(tagFrom: &decoder)
        label = try decoder.read()
    }
}

/// What a matter gives to whoever satisfies its rule.
package enum MatterOutcome: Hashable, Sendable {
    /// A certificate of the type, with claims by these sources.
    case issueCertificate(type: String, claims: [OutcomeClaim])
    /// These fields, to be seen and kept by the applicant.
    case show([EvidenceField])
    case paymentOrder(PaymentOrder)

    init(_ value: JSONValue, path: String) throws(JSONShapeError) {
        var object = try StrictObject(value, path: path)
        switch try object.string("kind") {
        case "issue-certificate":
            let type = try object.string("type", byteCountMax: 32)
            guard CertificateTypeDefinition.isCode(type) else { throw object.refusal("type", "no code") }
            var claims: [OutcomeClaim] = []
            for (value, path) in try object.array("claims", count: 1...CertificateTypeDefinition.fieldsMax) {
                claims.append(try OutcomeClaim(value, path: path))
            }
            guard Set(claims.map(\.name)).count == claims.count else { throw object.refusal("claims", "a name twice") }
            self = .issueCertificate(type: type, claims: claims)
        case "show":
            var fields: [EvidenceField] = []
            for (value, path) in try object.array("fields", count: 1...CertificateTypeDefinition.fieldsMax) {
                fields.append(try EvidenceField(value, path: path))
            }
            self = .show(fields)
        case "payment-order":
            self = .paymentOrder(try PaymentOrder(object.object("payment")))
        default: throw object.refusal("kind", "not one of issue-certificate, show, payment-order")
        }
        try object.finish()
    }
}

/// An enum whose raw value is its tag of one byte in canonical bytes.
package protocol CanonicalCodableTag: RawRepresentable, Sendable where RawValue == UInt8 {}

extension CanonicalCodableTag {
    /// The case of the next byte.
    package init(tagFrom decoder: inout CanonicalDecoder) throws(DecodeError) {
        let tag = try decoder.readUInt8()
        guard let value = Self(rawValue: tag) else { throw .unknownTag(type: "\(Self.self)", found: UInt64(tag)) }
        self = value
    }
}
