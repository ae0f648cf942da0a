package import Primitives

/// Why a piece of evidence does not yet do. The raw value is the tag in canonical bytes.
package enum MissingReason: UInt8, Sendable, CaseIterable, CanonicalCodableTag {
    /// Nothing was supplied for the item.
    case absent = 0
    /// The authority has no certificate of the type for this person.
    case nothingFound = 1
    /// A field that the matter reads was withheld.
    case fieldWithheld = 2
    case suspended = 3
    case revoked = 4
    case superseded = 5
    case expired = 6
    case notYetValid = 7
    /// The statement was made too long before the decision, or after it.
    case stale = 8
    /// What was supplied answers another question.
    case mismatched = 9
    /// Two pieces were supplied for one item.
    case ambiguous = 10

    /// The reason for people.
    package var text: LocalizedText {
        switch self {
        case .absent: LocalizedText(chinese: "未取得该材料", english: "this evidence was not supplied")
        case .nothingFound:
            LocalizedText(chinese: "主管部门没有您的该项记录", english: "the authority has no such record for you")
        case .fieldWithheld:
            LocalizedText(chinese: "未授权出示所需的字段", english: "a field that is needed was withheld")
        case .suspended: LocalizedText(chinese: "证照已被暂扣", english: "the certificate is suspended")
        case .revoked: LocalizedText(chinese: "证照已被撤销", english: "the certificate is revoked")
        case .superseded:
            LocalizedText(chinese: "证照已被新版取代", english: "the certificate was superseded by a newer one")
        case .expired: LocalizedText(chinese: "证照已过有效期", english: "the certificate has expired")
        case .notYetValid: LocalizedText(chinese: "证照尚未生效", english: "the certificate is not valid yet")
        case .stale: LocalizedText(chinese: "证明已过时，请重新获取", english: "the statement is too old; ask again")
        case .mismatched:
            LocalizedText(chinese: "材料与事项要求不符", english: "the evidence answers another question")
        case .ambiguous: LocalizedText(chinese: "同一材料重复提供", english: "two pieces for one item were supplied")
        }
    }
}

/// One item that is missing, why, and where to get it.
package struct MissingItem: Hashable, Sendable, CanonicalCodable {
    /// The evidence's id in the matter.
    package let item: String
    package let reason: MissingReason
    package let label: LocalizedText
    package let obtainFrom: LocalizedText

    package init(item: String, reason: MissingReason, label: LocalizedText, obtainFrom: LocalizedText) {
        self.item = item
        self.reason = reason
        self.label = label
        self.obtainFrom = obtainFrom
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(item)
        encoder.append(reason.rawValue)
        encoder.append(label)
        encoder.append(obtainFrom)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        item = try decoder.readCode()
        reason = try MissingReason(tagFrom: &decoder)
        label = try decoder.read()
        obtainFrom = try decoder.read()
    }
}

/// Why a matter refuses. The raw value is the tag in canonical bytes; the order is that of precedence.
package enum RefusalCode: UInt8, Sendable, CaseIterable, CanonicalCodableTag {
    /// An authority answered a question with no.
    case predicateNotMet = 0
    /// An authority found an entry where none may be.
    case entryFound = 1
    /// A shown field does not satisfy the rule.
    case conditionNotMet = 2

    /// The code for interfaces.
    package var text: String {
        switch self {
        case .predicateNotMet: "predicate-not-met"
        case .entryFound: "entry-found"
        case .conditionNotMet: "condition-not-met"
        }
    }
}

/// What a satisfied matter gives.
package enum DecisionOutcome: Hashable, Sendable, CanonicalCodable {
    /// A certificate of the type (code) with these claims, to be signed by the deciding department.
    case issueCertificate(type: String, claims: CanonicalJSONObject)
    /// Fields by `evidence.field`, as the matter's outcome lists them.
    case show(fields: CanonicalJSONObject)
    case paymentOrder(PaymentOrder)

    package func encode(to encoder: inout CanonicalEncoder) {
        switch self {
        case .issueCertificate(let type, let claims):
            encoder.appendLength(0)
            encoder.append(type)
            encoder.append(claims)
        case .show(let fields):
            encoder.appendLength(1)
            encoder.append(fields)
        case .paymentOrder(let order):
            encoder.appendLength(2)
            encoder.append(order)
        }
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        switch try decoder.readLength(max: Int(UInt16.max)) {
        case 0: self = .issueCertificate(type: try decoder.readCode(), claims: try decoder.read())
        case 1: self = .show(fields: try decoder.read())
        case 2: self = .paymentOrder(try decoder.read())
        case let other: throw .unknownTag(type: "DecisionOutcome", found: UInt64(other))
        }
    }
}

/// What the decision function says. The tags 3 and 4 are kept for deferral (容缺受理, 容缺收件).
package enum Decision: Hashable, Sendable, CanonicalCodable {
    /// The rule is satisfied and the applicant submitted nothing.
    case zeroSubmission(DecisionOutcome)
    /// What is missing, in the matter's order.
    case needs([MissingItem])
    case refused(RefusalCode, reason: LocalizedText)

    package func encode(to encoder: inout CanonicalEncoder) {
        switch self {
        case .zeroSubmission(let outcome):
            encoder.appendLength(0)
            encoder.append(outcome)
        case .needs(let items):
            encoder.appendLength(1)
            encoder.append(list: items)
        case .refused(let code, let reason):
            encoder.appendLength(2)
            encoder.append(code.rawValue)
            encoder.append(reason)
        }
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        switch try decoder.readLength(max: Int(UInt16.max)) {
        case 0: self = .zeroSubmission(try decoder.read())
        case 1:
            let items = try decoder.readList(MissingItem.self, countMax: MatterDefinition.evidenceMax)
            guard !items.isEmpty else { throw .invalid(type: "Decision", reason: "nothing is missing") }
            self = .needs(items)
        case 2: self = .refused(try RefusalCode(tagFrom: &decoder), reason: try decoder.read())
        case let other: throw .unknownTag(type: "Decision", found: UInt64(other))
        }
    }
}
