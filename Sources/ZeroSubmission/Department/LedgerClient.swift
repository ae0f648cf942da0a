import LedgerModel
import Logging
package import Ports
package import Primitives

/// A transaction that is final and was accepted.
struct FinalTransaction: Hashable, Sendable {
    let digest: Digest
    let height: Height
}

/// How a department's services write to the ledger and read from it.
extension Department {
    /// A transaction of this department, signed and not yet sent.
    ///
    /// - Throws: `ServiceError.vaultFailed` when the key does not sign.
    func seal(
        _ payload: Payload,
        id: TransactionID,
        expiry: Timestamp? = nil
    ) throws(ServiceError) -> SealedTransaction {
        let lifetime = min(limits.transactionLifetimeMilliseconds, catalogue.transactionLifetimeMilliseconds)
        let body = TransactionBody(
            network: network,
            author: .department(self.id),
            id: id,
            expiry: expiry ?? clock().adding(milliseconds: lifetime),
            payload: payload
        )
        do {
            return SealedTransaction(
                try Transaction(signing: body, with: keys.transaction),
                digestFunction: suite.digestFunction
            )
        } catch {
            logger.error("the transaction key does not sign", metadata: ["reason": "\(error)"])
            throw .vaultFailed
        }
    }

    /// Offers the transaction until it is final and can be read here. Offering the same bytes again is safe, also after a
    /// restart.
    ///
    /// - Throws: `ledgerRefused` when it is final with another verdict, or the ledger is past its expiry without it;
    ///   `ledgerBusy`; `notFinalInTime`, also when this node does not take it and a copy that was sent before may still
    ///   become final.
    @discardableResult
    func finalise(_ sealed: SealedTransaction) async throws(ServiceError) -> FinalTransaction {
        let slices: UInt64 = 4
        var pauses = limits.finalityWaitMilliseconds / max(1, limits.busyPauseMilliseconds)
        var waits = slices
        while true {
            switch await gate.submit(sealed.bytes) {
            case .accepted:
                let slice = limits.finalityWaitMilliseconds / slices
                let progress = await gate.outcome(of: sealed.digest, waitMilliseconds: slice)
                if case .final(let height, let verdict) = progress {
                    return try await settled(sealed.digest, height: height, verdict: verdict)
                }
                waits -= 1
                guard waits > 0, !Task.isCancelled else { throw .notFinalInTime }
            case .refused(let verdict):
                return try await judged(sealed, refusedHere: verdict)
            case .malformed:
                throw .ledgerRefused(.contentMalformed)
            case .busy:
                guard pauses > 0 else { throw .ledgerBusy }
                pauses -= 1
                do {
                    try await Task.sleep(for: .milliseconds(limits.busyPauseMilliseconds))
                } catch {
                    throw .ledgerBusy
                }
            }
        }
    }

    /// What the ledger made of a transaction that this node does not take. The node speaks for itself alone, for
    /// example when its clock was set; the ledger decides.
    private func judged(
        _ sealed: SealedTransaction,
        refusedHere verdict: Verdict
    ) async throws(ServiceError) -> FinalTransaction {
        let (location, isOver) = try reading { view throws(StoreError) in
            (try view.location(of: sealed.digest), view.header.timestamp > sealed.transaction.body.expiry)
        }
        guard let location else { throw isOver ? .ledgerRefused(verdict) : .notFinalInTime }
        return try await settled(sealed.digest, height: location.height, verdict: location.verdict)
    }

    private func settled(
        _ digest: Digest,
        height: Height,
        verdict: Verdict
    ) async throws(ServiceError) -> FinalTransaction {
        // The store first: whoever is told of a refusal looks there for what the ledger holds.
        let isStored = await gate.waitUntilStored(height, waitMilliseconds: limits.finalityWaitMilliseconds)
        guard isStored else { throw .notFinalInTime }
        guard verdict == .accepted else { throw .ledgerRefused(verdict) }
        return FinalTransaction(digest: digest, height: height)
    }

    /// Where the transaction stands on the ledger, or nil.
    func location(of transaction: Digest) throws(ServiceError) -> TransactionLocation? {
        try reading { view throws(StoreError) in try view.location(of: transaction) }
    }

    /// Reads the newest state of the ledger.
    ///
    /// - Throws: `vaultFailed` when the store cannot be read; the operator finds the reason in the log.
    func reading<Value>(
        _ read: (any LedgerView) throws(StoreError) -> Value
    ) throws(ServiceError) -> Value {
        try reading(archive.view(), read)
    }

    private func reading<Value>(
        _ view: any LedgerView,
        _ read: (any LedgerView) throws(StoreError) -> Value
    ) throws(ServiceError) -> Value {
        do throws(StoreError) {
            return try read(view)
        } catch {
            logger.error("the ledger's store cannot be read", metadata: ["reason": "\(error)"])
            throw .vaultFailed
        }
    }

    /// The certificate's record, or nil.
    func certificateRecord(_ commitment: Digest) throws(ServiceError) -> CertificateRecord? {
        try certificateRecord(commitment, in: archive.view())
    }

    /// The certificate's record at the height of `view`, or nil.
    func certificateRecord(_ commitment: Digest, in view: any LedgerView) throws(ServiceError) -> CertificateRecord? {
        try reading(view) { view throws(StoreError) in try view.certificateRecord(commitment) }
    }

    /// The subject's record, or nil.
    func subjectRecord(_ id: SubjectID) throws(ServiceError) -> SubjectRecord? {
        try reading { view throws(StoreError) in
            guard case .subject(let record)? = try view.record(.subject(id))?.record else { return nil }
            return record
        }
    }
}

extension LedgerView {
    /// The certificate's record, or nil.
    func certificateRecord(_ commitment: Digest) throws(StoreError) -> CertificateRecord? {
        guard case .certificate(let record)? = try record(.certificate(commitment))?.record else { return nil }
        return record
    }
}

// MARK: What is kept

extension Department {
    /// The file of a case of this department, for its own auditor, or nil.
    package func caseFile(_ id: Digest) throws(ServiceError) -> CaseFile? { try vault.caseFile(id) }

    /// What clerks saw and changed from `start` on, by time, for the department's own auditor.
    package func clerkActions(from start: Timestamp, countMax: Int) throws(ServiceError) -> [ClerkAction] {
        try vault.clerkActions(from: start, countMax: countMax)
    }

    /// Keeps that a clerk saw or changed something, and logs it.
    func note(_ kind: ClerkAction.Kind, by clerk: String, _ objects: [[UInt8]]) throws(ServiceError) {
        let action = ClerkAction(kind: kind, clerk: clerk, time: clock(), objects: objects)
        try vault.keep(action, mark: randomBytes(8))
        logger.notice(
            "a clerk used the vault",
            metadata: ["clerk": "\(clerk)", "action": "\(kind.name)", "objects": "\(objects.count)"]
        )
    }

    /// The openings that this department keeps for a subject.
    package func openings(of subject: Digest) throws(ServiceError) -> [StoredOpening] {
        try vault.openings(of: subject)
    }
}
