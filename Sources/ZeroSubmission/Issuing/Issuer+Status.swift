package import Credentials
import LedgerModel
package import Ports
package import Primitives

extension Issuer {
    /// Suspends, resumes or revokes a certificate of this department, together with the live certificates derived from it.
    /// Setting the present status again changes only what was derived and missed the change.
    ///
    /// - Throws: `certificateUnknown`, `transitionNotAllowed`, and the errors of the ledger.
    package func changeStatus(
        of commitment: Digest,
        to status: CertificateStatusWord
    ) async throws(ServiceError) -> HeightResponse {
        guard try department.vault.certificate(commitment) != nil,
            let record = try department.certificateRecord(commitment), record.issuer == department.id
        else { throw .certificateUnknown }
        let target = status.status
        guard record.status == target || record.status.canBecome(target) else { throw .transitionNotAllowed }
        try await bring([commitment], to: target)
        guard let now = try department.certificateRecord(commitment), now.status == target else {
            throw .transitionNotAllowed
        }
        return HeightResponse(height: now.changedAt)
    }

    /// Revokes what is left of a batch: certificates of it that are active or suspended. What is still on its way to
    /// the ledger is waited for first.
    ///
    /// The answer counts the batch's numbers whose certificates are revoked now, so that it stays the same when the
    /// call is repeated.
    /// - Throws: `batchUnknown`; `notFinalInTime` while it is not clear whether the ledger will hold a part of the
    ///   batch; and the errors of the ledger.
    package func revoke(batch name: [UInt8]) async throws(ServiceError) -> BatchRevocationReport {
        try await reservations.holding([.batch(name)]) { () async throws(ServiceError) in
            guard let batch = try self.department.vault.batch(name) else { throw .batchUnknown }
            return try await self.revoke(batch)
        }
    }

    private func revoke(_ batch: IssueBatch) async throws(ServiceError) -> BatchRevocationReport {
        var members: [VaultEntry] = []
        for run in batch.runs {
            do throws(ServiceError) {
                guard try await resume(run, .offering) != .undecided else { throw .notFinalInTime }
            } catch .ledgerRefused {
                // Its drafts are gone: there is nothing to revoke.
                continue
            }
            members += try entries(of: run)
        }
        try await bring(members.map(\.commitment), to: .revoked)
        var numbers: Set<String> = []
        var height: Height?
        for member in members {
            guard let record = try department.certificateRecord(member.commitment), record.status == .revoked else {
                continue
            }
            numbers.insert(member.certificateNumber)
            height = max(height ?? record.changedAt, record.changedAt)
        }
        return BatchRevocationReport(revoked: numbers.count, height: height)
    }

    /// Changes the status of those of `originals`, and of the live certificates derived from them, that can have the
    /// new one.
    ///
    /// It looks again after every change: a certificate that was being derived at that moment may be there only then,
    /// and one that someone else changed meanwhile is left as it is.
    func bring(_ originals: [Digest], to status: CertificateStatus) async throws(ServiceError) {
        var refusalsLeft = 3
        while true {
            var open: [Digest] = []
            for original in originals {
                if try department.certificateRecord(original)?.status.canBecome(status) == true {
                    open.append(original)
                }
                open += try changeableDerived(of: original, to: status)
            }
            guard !open.isEmpty else { return }
            do throws(ServiceError) {
                for start in stride(from: 0, to: open.count, by: Limits.batchCertificatesMax) {
                    let end = min(start + Limits.batchCertificatesMax, open.count)
                    try await change(Array(open[start..<end]), to: status)
                }
            } catch .ledgerRefused(.certificateTransitionNotAllowed) where refusalsLeft > 0 {
                refusalsLeft -= 1
            }
        }
    }

    /// Changes statuses in an order that says nothing about which certificates belong together.
    private func change(_ commitments: [Digest], to status: CertificateStatus) async throws(ServiceError) {
        var entropy = BufferedEntropy(department.entropy())
        let changes = commitments.shuffled(using: &entropy).map { StatusChange(commitment: $0, status: status) }
        let payload = Payload.changeStatus(StatusChangeBatch(changes: changes))
        try await department.finalise(department.seal(payload, id: department.freshTransactionID()))
    }

    private func changeableDerived(of original: Digest, to status: CertificateStatus) throws(ServiceError) -> [Digest] {
        var changeable: [Digest] = []
        for derived in try department.vault.derived(of: original, at: department.clock())
        where try department.certificateRecord(derived)?.status.canBecome(status) == true {
            changeable.append(derived)
        }
        return changeable
    }
}

extension CertificateStatus {
    /// Whether the issuer can set `status` on a certificate with this one.
    func canBecome(_ status: CertificateStatus) -> Bool {
        switch (self, status) {
        case (.active, .suspended), (.suspended, .active), (.active, .revoked), (.suspended, .revoked): true
        default: false
        }
    }
}
