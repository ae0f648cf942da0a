package import Primitives

/// A case as its service system or its subject sees it: `GET /v1/cases/{case}`.
package struct CaseView: ExchangeShape {
    package var caseID: Digest
    /// The matter's code.
    package var matter: String
    package var state: CaseState
    /// Once decided.
    package var decision: CaseDecisionView?
    /// Once failed.
    package var problem: CaseProblem?

    package init(
        caseID: Digest,
        matter: String,
        state: CaseState,
        decision: CaseDecisionView? = nil,
        problem: CaseProblem? = nil
    ) {
        self.caseID = caseID
        self.matter = matter
        self.state = state
        self.decision = decision
        self.problem = problem
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        caseID = try object.digest("case")
        matter = try object.string("matter", byteCountMax: 32)
        state = try object.word("state")
        decision = try object.optionalShape("decision")
        problem = try object.optionalShape("problem")
    }

    package var json: JSONValue {
        .members([
            ("case", .string(caseID.description)),
            ("matter", .string(matter)),
            ("state", .string(state.rawValue)),
            ("decision", decision.map { $0.json }),
            ("problem", problem.map { $0.json }),
        ])
    }
}

/// What a decision says.
package enum CaseOutcome: String, Sendable, CaseIterable {
    /// Granted; nothing had to be submitted.
    case zeroSubmission
    /// 容缺受理: accepted, with items due later.
    case acceptedWithDeferral
    /// 容缺收件: held until a core item is there; the review has not begun.
    case heldForCore
    /// Something is missing; the reasons say what and where to get it.
    case needs
    /// The rule is not met.
    case refused
}

/// A decision, with what a person is shown and what an auditor needs.
package struct CaseDecisionView: ExchangeShape {
    package var outcome: CaseOutcome
    /// Why; empty when nothing is missing.
    package var reasons: [CaseProblem]
    /// What is still due, and until when.
    package var obligations: [CaseObligation]
    /// The form, filled in.
    package var fields: [ShownField]
    /// The certificate that the decision brought.
    package var issued: IssuedCertificateView?
    /// The order to pay, for matters that pay.
    package var paymentOrder: JSONValue?
    /// Codes of matters that follow in the subject's life.
    package var relatedMatters: [String]
    /// BCS `DecisionReceipt`. The service system has it too: it is what it shows for having been told the decision, and
    /// it says of the person no more than the fields that the matter needs.
    package var receipt: [UInt8]
    /// 16 bytes: opens the commitment on the ledger.
    package var receiptSalt: [UInt8]
    /// The block that holds the decision's commitment.
    package var height: Height

    package init(
        outcome: CaseOutcome,
        reasons: [CaseProblem],
        obligations: [CaseObligation],
        fields: [ShownField],
        issued: IssuedCertificateView? = nil,
        paymentOrder: JSONValue? = nil,
        relatedMatters: [String],
        receipt: [UInt8],
        receiptSalt: [UInt8],
        height: Height
    ) {
        self.outcome = outcome
        self.reasons = reasons
        self.obligations = obligations
        self.fields = fields
        self.issued = issued
        self.paymentOrder = paymentOrder
        self.relatedMatters = relatedMatters
        self.receipt = receipt
        self.receiptSalt = receiptSalt
        self.height = height
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        outcome = try object.word("outcome")
        reasons = try object.shapes("reasons", count: 0...64)
        obligations = try object.shapes("obligations", count: 0...64)
        fields = try object.shapes("fields", count: 0...256)
        issued = try object.optionalShape("issued")
        paymentOrder = object.optionalValue("paymentOrder")
        relatedMatters = try object.strings("relatedMatters", count: 0...64, byteCountMax: 32)
        receipt = try object.binary("receipt", byteCountMax: 256 * 1024)
        receiptSalt = try object.binary("receiptSalt", byteCount: 16)
        height = Height(try object.unsigned("height"))
    }

    package var json: JSONValue {
        .members([
            ("outcome", .string(outcome.rawValue)),
            ("reasons", .array(reasons.map(\.json))),
            ("obligations", .array(obligations.map(\.json))),
            ("fields", .array(fields.map(\.json))),
            ("issued", issued.map { $0.json }),
            ("paymentOrder", paymentOrder),
            ("relatedMatters", .array(relatedMatters.map { .string($0) })),
            ("receipt", .string(Base64URL.encode(receipt))),
            ("receiptSalt", .string(Base64URL.encode(receiptSalt))),
            ("height", .unsigned(height.rawValue)),
        ])
    }
}

/// A reason with a stable code.
package struct CaseProblem: ExchangeShape {
    package var code: String
    package var chinese: String
    package var english: String

    package init(
        code: String,
        chinese: String,
        english: String
    ) {
        self.code = code
        self.chinese = chinese
        self.english = english
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        code = try object.string("code", byteCountMax: 64)
        chinese = try object.string("chinese", byteCountMax: 1024)
        english = try object.string("english", byteCountMax: 1024)
    }

    package var json: JSONValue {
        [
            "code": .string(code),
            "chinese": .string(chinese),
            "english": .string(english),
        ]
    }
}

/// An item that is due later (容缺承诺).
package struct CaseObligation: ExchangeShape {
    /// The evidence item.
    package var item: String
    package var chinese: String
    package var english: String
    /// After this instant the obligation has lapsed.
    package var due: Timestamp

    package init(
        item: String,
        chinese: String,
        english: String,
        due: Timestamp
    ) {
        self.item = item
        self.chinese = chinese
        self.english = english
        self.due = due
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        item = try object.string("item", byteCountMax: 64)
        chinese = try object.string("chinese", byteCountMax: 1024)
        english = try object.string("english", byteCountMax: 1024)
        due = Timestamp(try object.unsigned("due"))
    }

    package var json: JSONValue {
        [
            "item": .string(item),
            "chinese": .string(chinese),
            "english": .string(english),
            "due": .unsigned(due.rawValue),
        ]
    }
}

/// One line of the form.
package struct ShownField: ExchangeShape {
    package var name: String
    package var chinese: String
    package var english: String
    /// As the evidence or the rule gave it.
    package var value: JSONValue

    package init(
        name: String,
        chinese: String,
        english: String,
        value: JSONValue
    ) {
        self.name = name
        self.chinese = chinese
        self.english = english
        self.value = value
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        name = try object.string("name", byteCountMax: 64)
        chinese = try object.string("chinese")
        english = try object.string("english")
        value = try object.value("value")
    }

    package var json: JSONValue {
        [
            "name": .string(name),
            "chinese": .string(chinese),
            "english": .string(english),
            "value": value,
        ]
    }
}

/// A certificate that a decision issued.
package struct IssuedCertificateView: ExchangeShape {
    /// The commitment.
    package var certificate: Digest
    /// The type's code.
    package var type: String
    /// The SD-JWT with its salt, as the vault hands it to the subject; absent for the service system, which could show
    /// it elsewhere.
    package var presentation: [UInt8]?

    package init(
        certificate: Digest,
        type: String,
        presentation: [UInt8]? = nil
    ) {
        self.certificate = certificate
        self.type = type
        self.presentation = presentation
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        certificate = try object.digest("certificate")
        type = try object.string("type", byteCountMax: 32)
        presentation = try object.optionalBinary("presentation", byteCountMax: 128 * 1024)
    }

    package var json: JSONValue {
        .members([
            ("certificate", .string(certificate.description)),
            ("type", .string(type)),
            ("presentation", presentation.map { .string(Base64URL.encode($0)) }),
        ])
    }
}
