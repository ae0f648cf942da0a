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
    /// - Throws: `batchUnknown`, and the errors of the ledger.
    package func revoke(batch name: [UInt8]) async throws(ServiceError) -> BatchRevocationReport {
        guard let batch = try department.vault.batch(name) else { throw .batchUnknown }
        var commitments: [Digest] = []
        for run in batch.runs {
            for entry in try entries(of: run) where entry.status == .final {
                guard let record = try department.certificateRecord(entry.commitment),
                    record.status.canBecome(.revoked)
                else { continue }
                commitments.append(entry.commitment)
            }
        }
        guard !commitments.isEmpty else { return BatchRevocationReport(revoked: 0) }
        let revoked = commitments.count
        for commitment in commitments { commitments += try changeableDerived(of: commitment, to: .revoked) }
        var height: Height?
        for start in stride(from: 0, to: commitments.count, by: Limits.batchCertificatesMax) {
            let end = min(start + Limits.batchCertificatesMax, commitments.count)
            height = try await change(Array(commitments[start..<end]), to: .revoked)
        }
        return BatchRevocationReport(revoked: revoked, height: height)
    }

    /// Changes statuses in an order that says nothing about which certificates belong together.
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
