import Credentials
import LedgerModel
import Ports
import Primitives
import ZhixinVerify

/// Shows cases: what of a file its service system, and what its subject may see.
struct CasePresenter: Sendable {
    let department: Department

    func view(of file: CaseFile, for viewer: CaseViewer) throws(ServiceError) -> CaseView {
        var view = CaseView(caseID: file.id, matter: file.request.content.matter, state: file.state)
        switch file.stage {
        case .awaitingAuthorisation, .recording, .collecting, .concluding: break
        case .failed(_, let problem): view.problem = problem.problem
        case .decided(_, let conclusion, let issued, let height):
            view.decision = try decision(conclusion, issued: issued, height: height, for: viewer)
        }
        return view
    }

    private func decision(
        _ conclusion: Conclusion,
        issued: Digest?,
        height: Height,
        for viewer: CaseViewer
    ) throws(ServiceError) -> CaseDecisionView {
        let receipt = conclusion.receipt
        guard let matter = Code(receipt.matter).flatMap({ department.catalogue.matters[$0] })?.definition else {
            throw .matterUnknown
        }
        var view = CaseDecisionView(
            outcome: .needs,
            reasons: [],
            obligations: [],
            fields: [],
            relatedMatters: [],
            receipt: receipt.canonicalBytes,
            receiptSalt: conclusion.receiptSalt,
            height: height
        )
        switch receipt.decision {
        case .zeroSubmission(let outcome):
            view.outcome = .zeroSubmission
            view.fields = prefilled(matter, conclusion.evidence)
            switch outcome {
            case .issueCertificate(let type, _):
                view.issued = try issued.map { (issued) throws(ServiceError) in
                    try certificate(issued, type: type, for: viewer)
                }
            case .show(let fields): view.fields += shown(fields, matter)
            case .paymentOrder(let order): view.paymentOrder = order.json
            }
        case .needs(let items):
            view.outcome = .needs
            view.fields = prefilled(matter, conclusion.evidence)
            view.reasons = items.map { reason(of: $0, conclusion.refusals) }
        case .refused(let code, let reason):
            view.outcome = .refused
            view.reasons = [CaseProblem(code.text, reason)]
        }
        return view
    }

    /// What is missing and where to get it; a vault's own word for it where there is one.
    private func reason(of item: MissingItem, _ refusals: [ItemRefusal]) -> CaseProblem {
        let refusal = refusals.first { $0.item == item.item }?.problem
        let chinese = refusal?.chinese ?? item.reason.text.chinese
        let english = refusal?.english ?? item.reason.text.english
        return CaseProblem(
            refusal?.code ?? item.reason.code,
            chinese: "\(item.label.chinese)：\(chinese)。办理地点：\(item.obtainFrom.chinese)",
            english: "\(item.label.english): \(english). Where to get it: \(item.obtainFrom.english)"
        )
    }

    private func prefilled(_ matter: MatterDefinition, _ evidence: [Evidence]) -> [ShownField] {
        matter.prefill.compactMap { field in
            guard
                case .disclosure(let claims, _, _)? = evidence.first(where: { $0.item == field.evidence })?.content,
                let value = claims.object[field.field]
            else { return nil }
            return ShownField(field, value)
        }
    }

    private func shown(_ fields: CanonicalJSONObject, _ matter: MatterDefinition) -> [ShownField] {
        guard case .show(let listed) = matter.outcome else { return [] }
        return listed.compactMap { field in
            fields.object["\(field.evidence).\(field.field)"].map { ShownField(field, $0) }
        }
    }

    /// The certificate that was issued; its body goes to the subject alone.
    private func certificate(
        _ commitment: Digest,
        type: String,
        for viewer: CaseViewer
    ) throws(ServiceError) -> IssuedCertificateView {
        var view = IssuedCertificateView(certificate: commitment, type: type)
        if case .subject = viewer, let stored = try department.vault.certificate(commitment) {
            view.presentation =
                CommitmentOpening(salt: stored.entry.salt, content: Array(stored.body.token.utf8)).canonicalBytes
        }
        return view
    }
}

extension MissingReason {
    /// The stable name of the reason.
    var code: String {
        switch self {
        case .absent: "evidence-absent"
        case .nothingFound: "evidence-nothing-found"
        case .fieldWithheld: "evidence-field-withheld"
        case .suspended: "certificate-suspended"
        case .revoked: "certificate-revoked"
        case .superseded: "certificate-superseded"
        case .expired: "certificate-expired"
        case .notYetValid: "certificate-not-yet-valid"
        case .stale: "evidence-stale"
        case .mismatched: "evidence-mismatched"
        case .ambiguous: "evidence-ambiguous"
        }
    }
}

extension PaymentOrder {
    /// `{"amountCents", "period", "label"}`, as in the matter's definition.
    var json: JSONValue {
        let period =
            switch period {
            case .once: "once"
            case .monthly: "monthly"
            case .yearly: "yearly"
            }
        return ["amountCents": .integer(Int64(amountCents)), "period": .string(period), "label": label.json]
    }
}

extension ShownField {
    init(_ field: EvidenceField, _ value: JSONValue) {
        self.init(name: field.field, chinese: field.label.chinese, english: field.label.english, value: value)
    }
}
