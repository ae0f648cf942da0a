package import Credentials
import LedgerModel
package import Ports
package import Primitives

extension Issuer {
    /// Suspends, resumes or revokes a certificate of this department, together with the live certificates derived from it.
    /// Setting the present status again changes nothing.
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
        guard record.status != target else { return HeightResponse(height: record.changedAt) }
        guard record.status.canBecome(target) else { throw .transitionNotAllowed }
        let changed = [commitment] + (try changeableDerived(of: commitment, to: target))
        do throws(ServiceError) {
            return HeightResponse(height: try await change(changed, to: target))
        } catch .ledgerRefused(.certificateTransitionNotAllowed) {
            guard let now = try department.certificateRecord(commitment), now.status == target else {
                throw .transitionNotAllowed
            }
            return HeightResponse(height: now.changedAt)
        }
    }

    /// Revokes what is left of a batch: certificates of it that are active or suspended.
    ///
    /// The answer counts what of the batch is revoked now, so that it stays the same when the call is repeated.
    /// - Throws: `batchUnknown`, and the errors of the ledger.
    package func revoke(batch name: [UInt8]) async throws(ServiceError) -> BatchRevocationReport {
        guard let batch = try department.vault.batch(name) else { throw .batchUnknown }
        let members = try members(of: batch)
        var commitments: [Digest] = []
        for member in members where try department.certificateRecord(member)?.status.canBecome(.revoked) == true {
            commitments.append(member)
            commitments += try changeableDerived(of: member, to: .revoked)
        }
        for start in stride(from: 0, to: commitments.count, by: Limits.batchCertificatesMax) {
            let end = min(start + Limits.batchCertificatesMax, commitments.count)
            try await change(Array(commitments[start..<end]), to: .revoked)
        }
        var report = BatchRevocationReport(revoked: 0)
        for member in members {
            guard let record = try department.certificateRecord(member), record.status == .revoked else { continue }
            report.revoked += 1
            report.height = max(report.height ?? record.changedAt, record.changedAt)
        }
        return report
    }

    /// The batch's certificates on the ledger.
    private func members(of batch: IssueBatch) throws(ServiceError) -> [Digest] {
        var members: [Digest] = []
        for run in batch.runs {
            members += try entries(of: run).filter { $0.status == .final }.map(\.commitment)
        }
        return members
    }

    /// Changes statuses in an order that says nothing about which certificates belong together.
    @discardableResult
    private func change(_ commitments: [Digest], to status: CertificateStatus) async throws(ServiceError) -> Height {
        var entropy = BufferedEntropy(department.entropy())
        let changes = commitments.shuffled(using: &entropy).map { StatusChange(commitment: $0, status: status) }
        let payload = Payload.changeStatus(StatusChangeBatch(changes: changes))
        return try await department.finalise(department.seal(payload, id: department.freshTransactionID())).height
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
