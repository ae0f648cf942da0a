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
/// What a crash leaves behind, `reconcile` and the next import find by the run, and offer the same transaction again. Only when
/// its time is over do they make a new one over the *same* commitments, of which the ledger takes each at most once.
package final class Issuer: Sendable {
    let department: Department
    let reservations = NumberReservations()

    package init(_ department: Department) { self.department = department }

    // MARK: Batches

    /// Issues the rows that are right and reports the others.
    ///
    /// A row is known by its type and certificate number: the same content as before is skipped, other content supersedes.
    /// The same batch again gives the same answer.
    /// - Throws: `certificateTypeUnknown`, `certificateTypeNotIssuedHere`, `batchNameTaken`, and the errors of ledger and vault.
    package func issue(_ request: CertificateBatchRequest) async throws(ServiceError) -> CertificateBatchReport {
        let type = try ownType(code: request.type)
        let batchKey: Set<NumberReservations.Key> = [.batch(request.batch)]
        await reservations.acquire(batchKey)
        do throws(ServiceError) {
            let report = try await issueAlone(request, type: type)
            await reservations.release(batchKey)
            return report
        } catch {
            await reservations.release(batchKey)
            throw error
        }
    }

    private func issueAlone(
        _ request: CertificateBatchRequest,
        type: CatalogueType
    ) async throws(ServiceError) -> CertificateBatchReport {
        let digest = request.contentDigest(department.suite.digestFunction)
        let kept = try department.vault.batch(request.batch)
        if let kept, kept.request != digest { throw .batchNameTaken }
        let reader = BatchReader(
            type: type,
            digestFunction: department.suite.digestFunction,
            tasks: department.limits.signingTasks
        )
        let (rows, repeats, rejected) = await reader.read(request.rows)
        if let outcome = kept?.outcome {
            return CertificateBatchReport(batch: request.batch, outcome, rejected: rejected)
        }
        var batch = kept ?? IssueBatch(request: digest)
        var outcome = try await reserving(rows.map(\.row.number), of: type) { () async throws(ServiceError) in
            try await self.issue(rows, of: type, as: request.batch, &batch)
        }
        outcome.skipped += UInt32(repeats)
        batch.outcome = outcome
        try department.vault.keep(batch, as: request.batch)
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
        for checked in rows {
            let row = checked.row
            let newest = try await settledNewest(type: type.record.id, number: row.number, &batch)
            if let newest, newest.entry.contentDigest == checked.content {
                // Issued by this very batch before a crash: it counts as then.
                if newest.body.batch == name {
                    outcome.issued += 1
                    outcome.superseded += newest.body.replaces == nil ? 0 : 1
                    outcome.height = try department.certificateRecord(newest.commitment)?.changedAt ?? outcome.height
                } else {
                    outcome.skipped += 1
                }
                continue
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
                    replaces: try newest.flatMap { (newest) throws(ServiceError) in try replaceable(newest) }
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
        batch.runs.append(maker.run)
        try department.vault.keep(batch, as: name)
        outcome.height = try await run(certificates, of: type.record.id, as: maker.run, batch: name)
        outcome.issued += UInt32(plans.count)
        outcome.superseded += UInt32(plans.count { $0.replaces != nil })
        return outcome
    }

    /// The newest certificate of the number once it is clear whether the ledger holds it: no draft.
    private func settledNewest(
        type: CertificateTypeID,
        number: String,
        _ batch: inout IssueBatch
    ) async throws(ServiceError) -> StoredCertificate? {
        while let newest = try department.vault.newest(type: type, number: number) {
            guard newest.entry.status == .draft else { return newest }
            _ = try await resume(newest.entry.batch, isRenewing: true)
        }
        return nil
    }

    /// The certificate's commitment if a new one can supersede it: one that was revoked stays what it is.
    private func replaceable(_ certificate: StoredCertificate) throws(ServiceError) -> Digest? {
        switch try department.certificateRecord(certificate.commitment)?.status {
        case .active?, .suspended?: certificate.commitment
        case .revoked?, .superseded?, nil: nil
        }
    }

    // MARK: Certificates that a decision brings

    /// Issues one certificate with these claims, or gives the one that was issued with the same number and content.
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
            var batch = IssueBatch(request: content)
            let newest = try await self.settledNewest(type: type.record.id, number: number, &batch)
            if let newest, newest.entry.contentDigest == content { return newest }
            let plan = CertificatePlan(
                claims: claims,
                number: number,
                holder: row.holderIdentifier,
                content: content,
                period: period,
                replaces: try newest.flatMap { (newest) throws(ServiceError) in try self.replaceable(newest) }
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
        try vault.keep(IssueRun(sealed, batch: batch), as: id)
        try vault.attempt { () throws(VaultError) in try vault.store.put(certificates.map(\.entry)) }
        return try await finish(sealed, as: id)
    }

    /// Sends the run's transaction until the ledger holds it or refuses it, and settles the drafts accordingly.
    private func finish(_ sealed: SealedTransaction, as id: TransactionID) async throws(ServiceError) -> Height {
        do throws(ServiceError) {
            let final = try await department.finalise(sealed)
            try settle(id)
            return final.height
        } catch .ledgerRefused(let verdict) {
            switch verdict {
            case .expired:
                // An earlier copy may still be waiting somewhere: the drafts stay until that is clear.
                throw .notFinalInTime
            case .certificateExists:
                // The same commitments came to the ledger in an earlier transaction of this run.
                try settle(id)
                return try commitmentHeight(of: sealed) ?? department.archive.view().header.height
            default:
                try discard(id)
                throw .ledgerRefused(verdict)
            }
        }
    }

    /// Brings a run that was left behind to its end.
    ///
    /// - Parameter isRenewing: Whether a run whose time is over gets a new transaction over the same commitments; else its
    ///   drafts are dropped once no block can hold it any more, and stay where that is not yet clear.
    /// - Returns: What became of it.
    func resume(_ id: TransactionID, isRenewing: Bool) async throws(ServiceError) -> ResumedRun {
        guard let run = try department.vault.run(id) else {
            // Drafts without a run were settled by someone else, or their run was forgotten before a crash.
            return try settleOrphans(id)
        }
        let sealed: SealedTransaction
        do throws(DecodeError) {
            sealed = try SealedTransaction(bytes: run.transaction, digestFunction: department.suite.digestFunction)
        } catch {
            throw .vaultFailed
        }
        let entries = try entries(of: id)
        guard !entries.isEmpty else {
            // The run was kept and its drafts were not: it was never sent.
            try department.vault.forgetRun(id)
            return .dropped
        }
        if try commitmentHeight(of: sealed) != nil {
            try settle(id)
            return .final
        }
        if department.clock() <= run.expiry {
            _ = try await finish(sealed, as: id)
            return .final
        }
        if department.archive.view().header.timestamp > run.expiry {
            try discard(id)
            return .dropped
        }
        guard isRenewing else { return .undecided }
        let renewed = try department.seal(sealed.transaction.body.payload, id: department.freshTransactionID())
        try department.vault.keep(IssueRun(renewed, batch: run.batch), as: id)
        _ = try await finish(renewed, as: id)
        return .final
    }

    /// Whether the ledger holds the certificates of the transaction, by the first of them: it takes all or none.
    private func commitmentHeight(of sealed: SealedTransaction) throws(ServiceError) -> Height? {
        guard case .issueCertificates(let batch) = sealed.transaction.body.payload, let first = batch.certificates.first
        else { return nil }
        return try department.certificateRecord(first.commitment)?.changedAt
    }

    private func settleOrphans(_ id: TransactionID) throws(ServiceError) -> ResumedRun {
        let drafts = try entries(of: id).filter { $0.status == .draft }
        guard let first = drafts.first else { return .final }
        guard try department.certificateRecord(first.commitment) != nil else {
            try discard(id)
            return .dropped
        }
        try settle(id)
        return .final
    }

    private func settle(_ id: TransactionID) throws(ServiceError) {
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
        let keys = Set(numbers.map { NumberReservations.Key.number(type.record.id, $0) })
        await reservations.acquire(keys)
        do throws(ServiceError) {
            let value = try await body()
            await reservations.release(keys)
            return value
        } catch {
            await reservations.release(keys)
            throw error
        }
    }
}

/// What became of a run that was left behind.
package enum ResumedRun: Hashable, Sendable {
    /// The ledger holds it.
    case final
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

extension CertificateBatchReport {
    init(batch: [UInt8], _ outcome: IssueOutcome, rejected: [RejectedRow]) {
        self.init(
            batch: batch,
            issued: Int(outcome.issued),
            superseded: Int(outcome.superseded),
            skipped: Int(outcome.skipped),
            rejected: rejected,
            height: outcome.height
        )
    }
}
