import LedgerModel
import Primitives

/// The rules of the ledger: what each transaction must satisfy and what it changes.
///
/// A verdict depends on leaves, the block's header and the transactions younger than L, and on nothing else, so that every
/// node, auditor and simulator judges alike. The checks stand in the order of precedence (docs/protocol.md, "Verdicts").
struct Judge {
    let network: Digest
    let suite: Suite
    let transactionLifetimeMilliseconds: UInt64

    /// Judges one transaction and applies what it asks for if it is accepted.
    func judge(_ input: TransactionInput, in scope: inout BlockScope) throws(LedgerReadError) -> Verdict {
        let body = input.sealed.transaction.body
        guard body.network == network else { return .networkMismatch }
        guard scope.timestamp <= body.expiry else { return .expired }
        guard body.expiry <= scope.timestamp.adding(milliseconds: transactionLifetimeMilliseconds) else {
            return .expiryTooFar
        }
        let inclusion = InclusionKey(author: body.author, id: body.id)
        guard try !scope.wasIncluded(inclusion) else { return .repeated }
        let verdict = try judgeAuthor(input, in: &scope)
        guard verdict == .accepted else {
            // Only the author's own signature may use up the author's id: an unsigned copy must not block the real one.
            if verdict == .authorNotAllowed || verdict == .authorSuspended {
                scope.include(inclusion, until: body.expiry)
            }
            return verdict
        }
        scope.include(inclusion, until: body.expiry)
        return try judgePayload(body, in: &scope)
    }

    private func judgeAuthor(
        _ input: TransactionInput,
        in scope: inout BlockScope
    ) throws(LedgerReadError) -> Verdict {
        let body = input.sealed.transaction.body
        let key: PublicKey
        var status = Verdict.accepted
        switch body.author {
        case .department(let id):
            guard case .department(let record) = try scope.institution(.department(id)) else { return .authorUnknown }
            key = record.transactionKey
        case .subject(let id):
            guard case .subject(let record) = try scope.record(.subject(id)) else { return .authorUnknown }
            if record.status != .active { status = .authorSuspended }
            key = record.key
        }
        guard input.isVerified(under: key, suite: suite) else { return .signatureInvalid }
        guard status == .accepted else { return status }
        return body.payload.allows(body.author) ? .accepted : .authorNotAllowed
    }

    private func judgePayload(
        _ body: TransactionBody,
        in scope: inout BlockScope
    ) throws(LedgerReadError) -> Verdict {
        switch (body.payload, body.author) {
        case (.registerSubject(let payload), .department(let author)):
            try register(payload, by: author, in: &scope)
        case (.rotateSubjectKey(let payload), .subject(let author)):
            try rotate(payload, of: author, in: &scope)
        case (.setSubjectStatus(let payload), .department(let author)):
            try setStatus(payload, by: author, in: &scope)
        case (.issueCertificates(let payload), .department(let author)):
            try issue(payload, by: author, in: &scope)
        case (.changeStatus(let payload), .department(let author)):
            try changeStatus(payload, by: author, in: &scope)
        case (.recordAccess(let payload), .department(let author)):
            try recordAccess(payload, body: body, by: author, in: &scope)
        case (.recordCase(let payload), .department(let author)):
            try recordCase(payload, by: author, in: &scope)
        case (.propose(let payload), .department(let author)):
            try propose(payload, body: body, by: author, in: &scope)
        case (.decideProposal(let payload), .department(let author)):
            try decide(payload, by: author, in: &scope)
        case (.reportEquivocation(let evidence), .department(let author)):
            try report(evidence, by: author, in: &scope)
        default:
            .authorNotAllowed
        }
    }
}

extension Payload {
    /// Whether this kind of author may ask for it at all.
    fileprivate func allows(_ author: Author) -> Bool {
        switch (self, author) {
        case (.rotateSubjectKey, .subject): true
        case (.rotateSubjectKey, .department): false
        case (_, .department): true
        case (_, .subject): false
        }
    }
}
