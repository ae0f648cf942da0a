package import Credentials
import LedgerModel
package import Ports
import Primitives

/// Issues certificates: batches of a clerk's rows, and those that a decision brings.
///
/// The order that makes it safe against a crash at any point:
/// 1. the signed transaction is kept as a *run*, then the bodies as drafts named after the run;
/// 2. the transaction is sent and waited for;
/// 3. the drafts are marked final and the run is forgotten.
///
/// What a crash leaves behind, `reconcile` and the next import find by the run, and offer the same transaction again.
/// Only when its time is over does an import make a new one over the *same* commitments, of which the ledger takes each
/// at most once. Drafts go only once the ledger refused them or is past their time. Whoever works on a run holds its
/// reservation.
package final class Issuer: Sendable {
    /// Certificates of one holder and type that are looked through for the one before.
    private static let formerCertificatesMax = 1_000

    let department: Department
    let reservations = NumberReservations()

    package init(_ department: Department) { self.department = department }

    // MARK: Batches

    /// Issues the rows that are right and reports the others.
    ///
    /// A row is known by its type and certificate number: the content that is in force is skipped, other content
    /// supersedes, and what is no longer in force is issued anew and counted as `reissued` if it says the same. A request that was interrupted goes on when it comes
    /// again; one that was answered finds its rows in force and skips them.
    /// - Throws: `certificateTypeUnknown`, `certificateTypeNotIssuedHere`, `batchNameTaken`, and the errors of ledger and vault.
    package func issue(_ request: CertificateBatchRequest) async throws(ServiceError) -> CertificateBatchReport {
        let type = try ownType(code: request.type)
        return try await reservations.holding([.batch(request.batch)]) { () async throws(ServiceError) in
            try await self.issueAlone(request, type: type)
        }
    }

    private func issueAlone(
        _ request: CertificateBatchRequest,
        type: CatalogueType
    ) async throws(ServiceError) -> CertificateBatchReport {
        let digest = request.contentDigest(department.suite.digestFunction)
        let kept = try department.vault.batch(request.batch)
        var batch = kept ?? IssueBatch(request: digest)
        guard batch.request == digest else { throw .batchNameTaken }
        let reader = BatchReader(
            type: type,
            digestFunction: department.suite.digestFunction,
            tasks: department.limits.signingTasks
        )
        let (rows, repeats, rejected) = await reader.read(request.rows)
        var outcome = try await reserving(rows.map(\.row.number), of: type) { () async throws(ServiceError) in
            try await self.issue(rows, of: type, as: request.batch, &batch)
        }
        outcome.skipped += repeats
        batch.answer()
        if batch != kept { try department.vault.keep(batch, as: request.batch) }
        return CertificateBatchReport(batch: request.batch, outcome, rejected: rejected)
    }

    /// Issues rows whose numbers are reserved.
    private func issue(
        _ rows: [CheckedRow],
        of type: CatalogueType,
        as name: [UInt8],
        _ batch: inout IssueBatch
    ) async throws(ServiceError) -> IssueOutcome {
        var outcome = IssueOutcome()
        var plans: [CertificatePlan] = []
        let now = department.clock()
        let unanswered = batch.unanswered
        for checked in rows {
            let row = checked.row
            let newest = try await newestOnLedger(type: type.record.id, number: row.number)
            let present = newest.flatMap { $0.isInForce ? $0 : nil }
            if let newest, newest.certificate.entry.contentDigest == checked.content {
                if newest.isInForce {
                    // Issued by this very request before it was interrupted: it counts as then.
                    if unanswered.contains(newest.certificate.entry.batch) {
                        try count(newest, line: row.line, in: &outcome)
                    } else {
                        outcome.skipped += 1
                    }
                    continue
                }
                outcome.reissued += 1
            }
            if let present, present.certificate.entry.holderIdentifier != row.holderIdentifier {
                outcome.changedHolder.append(row.line)
            }
            guard let period = type.definition.validity.period(of: row.claims, issuedAt: now) else {
                preconditionFailure("the row's validity was checked")
            }
            plans.append(
                CertificatePlan(
                    claims: row.claims,
                    number: row.number,
                    holder: row.holderIdentifier,
                    content: checked.content,
                    period: period,
                    replaces: present?.certificate.commitment
                )
            )
        }
        guard !plans.isEmpty else { return outcome }
        let maker = CertificateMaker(
            department: department,
            type: type,
            run: department.freshTransactionID(),
            batch: name
        )
        let certificates = try await maker.sign(plans)
        batch.add(maker.run)
        try department.vault.keep(batch, as: name)
        outcome.height = try await run(certificates, of: type.record.id, as: maker.run, batch: name)
        outcome.issued += plans.count
        outcome.superseded += plans.count { $0.replaces != nil }
        return outcome
    }

    /// Counts a certificate that this request issued before it was interrupted.
    private func count(
        _ newest: NewestCertificate,
        line: Int,
        in outcome: inout IssueOutcome
    ) throws(ServiceError) {
        let entry = newest.certificate.entry
        outcome.issued += 1
        outcome.height = max(outcome.height ?? newest.changedAt, newest.changedAt)
        if let replaced = newest.certificate.body.replaces {
            outcome.superseded += 1
            if let former = try department.vault.certificate(replaced),
                former.entry.holderIdentifier != entry.holderIdentifier
            {
                outcome.changedHolder.append(line)
            }
            return
        }
        let vault = department.vault
        let ofHolder = try vault.attempt { () throws(VaultError) in
            try vault.store.entries(
                type: entry.type,
                holderIdentifier: entry.holderIdentifier,
                countMax: Self.formerCertificatesMax
            )
        }
        let sameNumber = ofHolder.filter { $0.certificateNumber == entry.certificateNumber && $0.status == .final }
        if sameNumber.dropFirst().first?.contentDigest == entry.contentDigest { outcome.reissued += 1 }
    }

    /// The newest certificate of the number, as the ledger has it.
    ///
    /// - Throws: `notFinalInTime` while this node's ledger does not reach to the certificate.
    private func newestOnLedger(
        type: CertificateTypeID,
        number: String
    ) async throws(ServiceError) -> NewestCertificate? {
        guard let newest = try await settledNewest(type: type, number: number) else { return nil }
        guard let record = try department.certificateRecord(newest.commitment) else { throw .notFinalInTime }
        let isInForce = record.status == .active || record.status == .suspended
        return NewestCertificate(certificate: newest, isInForce: isInForce, changedAt: record.changedAt)
    }

    /// The newest certificate of the number once it is clear whether the ledger holds it: no draft.
    private func settledNewest(
        type: CertificateTypeID,
        number: String
    ) async throws(ServiceError) -> StoredCertificate? {
        while let newest = try department.vault.newest(type: type, number: number) {
            guard newest.entry.status == .draft else { return newest }
            _ = try await resume(newest.entry.batch, .renewing)
        }
        return nil
    }

    // MARK: Certificates that a decision brings

    /// Issues one certificate with these claims, or gives the one in force with the same number and content.
    ///
    /// - Parameter name: What brought it: 16 bytes of the case's id, in the place of a batch.
    /// - Throws: `requestRejected` with `claims-malformed` when the claims do not make a certificate of the type, and the
    ///   errors of ledger and vault.
    func issue(
        claims: JSONObject,
        typeCode: String,
        for name: [UInt8]
    ) async throws(ServiceError) -> StoredCertificate {
        let type = try ownType(code: typeCode)
        let definition = type.definition
        guard let row = CertificateRow(claims: claims, type: definition),
            let period = definition.validity.period(of: claims, issuedAt: department.clock())
        else {
            throw .requestRejected(
                CaseProblem(
                    "claims-malformed",
                    chinese: "决定的内容不能构成该类型证照",
                    english: "the decision's claims do not make a certificate of the type"
                )
            )
        }
        let number = row.number
        let content = row.contentDigest(type: definition, digestFunction: department.suite.digestFunction)
        return try await reserving([number], of: type) { () async throws(ServiceError) in
            // The case that brought it finds it again, whatever became of it since.
            if let newest = try await self.settledNewest(type: type.record.id, number: number),
                newest.entry.contentDigest == content, newest.body.batch == name
            {
                return newest
            }
            let newest = try await self.newestOnLedger(type: type.record.id, number: number)
            let present = newest.flatMap { $0.isInForce ? $0.certificate : nil }
            if let present, present.entry.contentDigest == content { return present }
            let plan = CertificatePlan(
                claims: claims,
                number: number,
                holder: row.holderIdentifier,
                content: content,
                period: period,
                replaces: present?.commitment
            )
            let department = self.department
            let run = department.freshTransactionID()
            let maker = CertificateMaker(department: department, type: type, run: run, batch: name)
            let certificates = try await maker.sign([plan])
            _ = try await self.run(certificates, of: type.record.id, as: run, batch: name)
            guard let issued = try department.vault.certificate(certificates[0].entry.commitment) else {
                throw .vaultFailed
            }
            return issued
        }
    }

    // MARK: Runs

    /// Keeps the run and its drafts, sends the transaction and waits for it.
    private func run(
        _ certificates: [SignedCertificate],
        of type: CertificateTypeID,
        as id: TransactionID,
        batch: [UInt8]
    ) async throws(ServiceError) -> Height {
        let payload = CertificateBatch(type: type, certificates: certificates.map(\.issued))
        let sealed = try department.seal(.issueCertificates(payload), id: id)
        let vault = department.vault
        return try await reservations.holding([.run(id)]) { () async throws(ServiceError) in
            try vault.keep(IssueRun(sealed, batch: batch), as: id)
            try vault.attempt { () throws(VaultError) in try vault.store.put(certificates.map(\.entry)) }
            return try await self.finish(sealed, as: id)
        }
    }

    /// Sends the run's transaction until the ledger holds it or refuses it, and settles the drafts accordingly.
    private func finish(_ sealed: SealedTransaction, as id: TransactionID) async throws(ServiceError) -> Height {
        let height: Height
        do throws(ServiceError) {
            height = try await department.finalise(sealed).height
        } catch .ledgerRefused(let verdict) {
            // The same commitments may have come to the ledger in an earlier transaction of this run.
            guard case .held(let earlier) = try fate(of: sealed) else {
                try discard(id)
                throw verdict == .expired ? .notFinalInTime : .ledgerRefused(verdict)
            }
            height = earlier
        }
        try await settle(id, replaced: sealed.replacedCertificates)
        return height
    }

    /// Brings a run that was left behind as far as `effort` allows.
    func resume(_ id: TransactionID, _ effort: ResumeEffort) async throws(ServiceError) -> ResumedRun {
        try await reservations.holding([.run(id)]) { () async throws(ServiceError) in
            try await self.resumeAlone(id, effort)
        }
    }

    private func resumeAlone(_ id: TransactionID, _ effort: ResumeEffort) async throws(ServiceError) -> ResumedRun {
        guard let run = try department.vault.run(id) else {
            // Someone else settled it, or it was forgotten before a crash.
            return try await settleOrphans(id)
        }
        let sealed: SealedTransaction
        do throws(DecodeError) {
            sealed = try SealedTransaction(bytes: run.transaction, digestFunction: department.suite.digestFunction)
        } catch {
            throw .vaultFailed
        }
        guard try !entries(of: id).isEmpty else {
            // The run was kept and its drafts were not: it was never sent.
            try department.vault.forgetRun(id)
            return .dropped
        }
        switch try fate(of: sealed) {
        case .held:
            try await settle(id, replaced: sealed.replacedCertificates)
            return .final
        case .over:
            try discard(id)
            return .dropped
        case .open: break
        }
        guard effort != .looking else { return .undecided }
        if department.clock() <= run.expiry {
            _ = try await finish(sealed, as: id)
            return .final
        }
        guard effort == .renewing else { return .undecided }
        let renewed = try department.seal(sealed.transaction.body.payload, id: department.freshTransactionID())
        try department.vault.keep(IssueRun(renewed, batch: run.batch), as: id)
        _ = try await finish(renewed, as: id)
        return .final
    }

    private enum Fate {
        /// The ledger holds its certificates since this block or an earlier one.
        case held(Height)
        /// It does not, and no later block can take them.
        case over
        /// It does not, and a later block may.
        case open
    }

    /// What one state of the ledger says of the transaction, by the first of its certificates: the ledger takes all or
    /// none.
    private func fate(of sealed: SealedTransaction) throws(ServiceError) -> Fate {
        let body = sealed.transaction.body
        guard case .issueCertificates(let batch) = body.payload, let first = batch.certificates.first else {
            return .over
        }
        return try department.reading { view throws(StoreError) in
            if let record = try view.certificateRecord(first.commitment) { return .held(record.changedAt) }
            return view.header.timestamp > body.expiry ? .over : .open
        }
    }

    private func settleOrphans(_ id: TransactionID) async throws(ServiceError) -> ResumedRun {
        let drafts = try entries(of: id).filter { $0.status == .draft }
        guard let first = drafts.first else { return .nothingLeft }
        guard try department.certificateRecord(first.commitment) != nil else {
            try discard(id)
            return .dropped
        }
        var replaced: [Digest] = []
        for draft in drafts { if let one = try department.vault.stored(draft).body.replaces { replaced.append(one) } }
        try await settle(id, replaced: replaced)
        return .final
    }

    /// Notes that the ledger holds the run's certificates, after what was derived from those they supersede is revoked.
    private func settle(_ id: TransactionID, replaced: [Digest]) async throws(ServiceError) {
        try await bring(replaced, to: .revoked)
        let vault = department.vault
        let commitments = try entries(of: id).map(\.commitment)
        try vault.attempt { () throws(VaultError) in try vault.store.markFinal(commitments) }
        try vault.forgetRun(id)
    }

    private func discard(_ id: TransactionID) throws(ServiceError) {
        let vault = department.vault
        let commitments = try entries(of: id).map(\.commitment)
        try vault.attempt { () throws(VaultError) in try vault.store.discardDrafts(commitments) }
        try vault.forgetRun(id)
    }

    func entries(of run: TransactionID) throws(ServiceError) -> [VaultEntry] {
        let vault = department.vault
        return try vault.attempt { () throws(VaultError) in try vault.store.entries(batch: run) }
    }

    // MARK: Parts

    /// The type with this code, which this department must be allowed to issue.
    func ownType(code: String) throws(ServiceError) -> CatalogueType {
        guard let type = department.catalogue.type(code: code) else { throw .certificateTypeUnknown }
        guard type.record.issuers.contains(department.id) else { throw .certificateTypeNotIssuedHere }
        return type
    }

    private func reserving<Value: Sendable>(
        _ numbers: [String],
        of type: CatalogueType,
        _ body: () async throws(ServiceError) -> Value
    ) async throws(ServiceError) -> Value {
        try await reservations.holding(Set(numbers.map { .number(type.record.id, $0) }), body)
    }
}

/// The newest certificate of a number, which the ledger holds.
private struct NewestCertificate {
    let certificate: StoredCertificate
    /// Active or suspended.
    let isInForce: Bool
    let changedAt: Height
}

/// What a batch brought.
struct IssueOutcome {
    /// New certificates, those that supersede another included.
    var issued = 0
    var superseded = 0
    /// New certificates that say what a revoked one said.
    var reissued = 0
    /// The lines whose number was another holder's.
    var changedHolder: [Int] = []
    /// Rows that say what is in force.
    var skipped = 0
    /// The block that holds the batch's last transaction; nil when nothing was issued.
    var height: Height?
}

/// How far a run that was left behind is taken.
enum ResumeEffort: Sendable {
    /// What this node's ledger says now is noted, and nothing is sent.
    case looking
    /// The transaction is offered again while its time lasts.
    case offering
    /// Once its time is over, a new transaction over the same commitments is sent.
    case renewing
}

/// What became of a run that was left behind.
package enum ResumedRun: Hashable, Sendable {
    /// The ledger holds it.
    case final
    /// Someone else settled it meanwhile.
    case nothingLeft
    /// The ledger will never hold it: its drafts are gone.
    case dropped
    /// Its time is over and no later block is there yet: it may still turn up.
    case undecided
}

extension IssueRun {
    init(_ sealed: SealedTransaction, batch: [UInt8]) {
        self.init(transaction: sealed.bytes, expiry: sealed.transaction.body.expiry, batch: batch)
    }
}

extension SealedTransaction {
    /// The certificates that this one's supersede.
    fileprivate var replacedCertificates: [Digest] {
        guard case .issueCertificates(let batch) = transaction.body.payload else { return [] }
        return batch.certificates.compactMap(\.replaces)
    }
}

extension CertificateBatchReport {
    init(batch: [UInt8], _ outcome: IssueOutcome, rejected: [RejectedRow]) {
        self.init(
            batch: batch,
            issued: outcome.issued,
            superseded: outcome.superseded,
            reissued: outcome.reissued,
            changedHolder: outcome.changedHolder,
            skipped: outcome.skipped,
            rejected: rejected,
            height: outcome.height
        )
    }
}
