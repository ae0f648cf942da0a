package import Primitives

/// Decides a matter from verified evidence. The same arguments give the same decision on every machine, so an auditor
/// can re-execute any receipt.
package enum DecisionFunction {
    /// How old an authority's statement may be at the decision, in milliseconds: a day.
    package static let statementAgeMillisecondsMax: UInt64 = 86_400_000

    /// The decision at `time`.
    ///
    /// Refusals come before missing items, and both in the matter's order: a person who cannot get the matter is not
    /// sent for papers first.
    /// - Parameters:
    ///   - evidence: What was released, verified by the caller; items that the matter does not name are ignored.
    ///   - accessRecord: The access record under which it was released; it numbers the outcome.
    package static func decide(
        matter: MatterDefinition,
        evidence: [Evidence],
        accessRecord: AccessRecordID,
        at time: Timestamp
    ) -> Decision {
        var claims: [String: JSONObject] = [:]
        var missing: [MissingItem] = []
        var refusals: [(code: RefusalCode, reason: LocalizedText)] = []
        for item in matter.evidence {
            switch judge(item, evidence.filter { $0.item == item.id }, at: time) {
            case .satisfied(let shown): claims[item.id] = shown
            case .missing(let reason):
                let place = item.obtainFrom
                missing.append(MissingItem(item: item.id, reason: reason, label: item.label, obtainFrom: place))
            case .refused(let code): refusals.append((code, item.unmet ?? item.label))
            }
        }
        let date = CalendarDate(time)
        for condition in matter.conditions {
            guard let shown = claims[condition.evidence] else { continue }
            if condition.predicate.evaluate(shown, on: date) != true {
                refusals.append((.conditionNotMet, condition.unmet))
            }
        }
        for code in RefusalCode.allCases {
            if let refusal = refusals.first(where: { $0.code == code }) {
                return .refused(code, reason: refusal.reason)
            }
        }
        guard missing.isEmpty else { return .needs(missing) }
        return outcome(of: matter, claims, accessRecord, date)
    }

    private enum Judgement {
        case satisfied(JSONObject)
        case missing(MissingReason)
        case refused(RefusalCode)
    }

    private static func judge(_ item: MatterEvidence, _ supplied: [Evidence], at time: Timestamp) -> Judgement {
        guard let evidence = supplied.first else { return .missing(.absent) }
        guard supplied.count == 1 else { return .missing(.ambiguous) }
        guard evidence.type == item.type else { return .missing(.mismatched) }
        switch (item.demand, evidence.content) {
        case (.certificate(let fields), .disclosure(let claims, let status, let validity)):
            if let reason = fault(of: status, validity, at: time) { return .missing(reason) }
            guard fields.allSatisfy({ claims.object[$0] != nil }) else { return .missing(.fieldWithheld) }
            // Only what the matter asks for may bear on the decision, whatever else was shown.
            return .satisfied(JSONObject(distinct: claims.object.members.filter { fields.contains($0.name) }))
        case (.predicate(let predicate), .predicate(let expression, let holds, let evaluatedAt)):
            guard canonical(predicate.json) == expression else { return .missing(.mismatched) }
            guard isFresh(evaluatedAt, at: time) else { return .missing(.stale) }
            return holds ? .satisfied(JSONObject()) : .refused(.predicateNotMet)
        case (.noEntry, .noEntry(let holds, let evaluatedAt)):
            guard isFresh(evaluatedAt, at: time) else { return .missing(.stale) }
            return holds ? .satisfied(JSONObject()) : .refused(.entryFound)
        case (.certificate, .nothingFound), (.predicate, .nothingFound): return .missing(.nothingFound)
        default: return .missing(.mismatched)
        }
    }

    private static func fault(
        of status: EvidenceStatus,
        _ validity: ValidityPeriod,
        at time: Timestamp
    ) -> MissingReason? {
        switch status {
        case .suspended: return .suspended
        case .revoked: return .revoked
        case .superseded: return .superseded
        case .active: break
        }
        if time.seconds < validity.fromSeconds { return .notYetValid }
        return time.seconds >= validity.untilSeconds ? .expired : nil
    }

    private static func isFresh(_ statement: Timestamp, at time: Timestamp) -> Bool {
        statement <= time && statement.adding(milliseconds: statementAgeMillisecondsMax) > time
    }

    private static func outcome(
        of matter: MatterDefinition,
        _ claims: [String: JSONObject],
        _ accessRecord: AccessRecordID,
        _ date: CalendarDate
    ) -> Decision {
        switch matter.outcome {
        case .paymentOrder(let order): return .zeroSubmission(.paymentOrder(order))
        case .show(let fields):
            var shown = JSONObject()
            for field in fields { shown["\(field.evidence).\(field.field)"] = claims[field.evidence]?[field.field] }
            return .zeroSubmission(.show(fields: canonical(shown)))
        case .issueCertificate(let type, let sources):
            var issued = JSONObject()
            for claim in sources {
                switch claim.source {
                case .field(let item, let field): issued[claim.name] = claims[item]?[field]
                case .constant(let value): issued[claim.name] = value
                case .decisionDate: issued[claim.name] = .string(date.description)
                case .caseNumber:
                    let digits = Hexadecimal.encode(accessRecord.bytes.prefix(8))
                    issued[claim.name] = .string("\(date.compactText)-\(digits)")
                }
            }
            return .zeroSubmission(.issueCertificate(type: type, claims: canonical(issued)))
        }
    }

    /// The values come from canonical objects and a canonical definition, so they have a canonical form.
    private static func canonical(_ object: JSONObject) -> CanonicalJSONObject {
        do throws(JSONCanonicalError) {
            return try CanonicalJSONObject(object)
        } catch {
            preconditionFailure("a value taken from canonical JSON has a canonical form")
        }
    }
}
