import LedgerModel
import Primitives

extension Judge {
    /// Issues a whole batch or nothing: every certificate is checked before the first one is written.
    func issue(
        _ batch: CertificateBatch,
        by author: DepartmentID,
        in scope: inout BlockScope
    ) throws(LedgerReadError) -> Verdict {
        guard !batch.certificates.isEmpty else { return .contentMalformed }
        guard case .certificateType(let type) = try scope.institution(.certificateType(batch.type)) else {
            return .certificateTypeUnknown
        }
        guard type.issuers.contains(author) else { return .issuerNotAuthorised }
        guard batch.certificates.allSatisfy({ $0.validFromSeconds < $0.validUntilSeconds }) else {
            return .validityMalformed
        }
        // In order: repeats lie side by side, and a store finds neighbours faster.
        var previous: Digest?
        for commitment in batch.certificates.map(\.commitment).sorted() {
            guard commitment != previous, try scope.position(of: .certificate(commitment)) == nil else {
                return .certificateExists
            }
            previous = commitment
        }
        var replacedOnce: Set<Digest> = []
        var superseded: [CertificateRecord] = []
        for case let replaced? in batch.certificates.lazy.map(\.replaces) {
            guard case .certificate(var record) = try scope.record(.certificate(replaced)) else {
                return .certificateUnknown
            }
            guard record.issuer == author else { return .certificateNotIssuedByAuthor }
            guard record.type == batch.type else { return .certificateTypeMismatch }
            guard record.status == .active || record.status == .suspended, replacedOnce.insert(replaced).inserted
            else {
                return .certificateTransitionNotAllowed
            }
            record.status = .superseded
            record.changedAt = scope.height
            superseded.append(record)
        }
        for record in superseded { try scope.rewrite(.certificate(record)) }
        scope.reserve(batch.certificates.count)
        for certificate in batch.certificates {
            scope.create(
                .certificate(
                    CertificateRecord(
                        commitment: certificate.commitment,
                        type: batch.type,
                        issuer: author,
                        validFromSeconds: certificate.validFromSeconds,
                        validUntilSeconds: certificate.validUntilSeconds,
                        status: .active,
                        changedAt: scope.height
                    )
                )
            )
        }
        return .accepted
    }

    /// Changes every status named or none.
    func changeStatus(
        _ batch: StatusChangeBatch,
        by author: DepartmentID,
        in scope: inout BlockScope
    ) throws(LedgerReadError) -> Verdict {
        guard !batch.changes.isEmpty else { return .contentMalformed }
        var named = Set<Digest>(minimumCapacity: batch.changes.count)
        var changed: [CertificateRecord] = []
        for change in batch.changes {
            guard named.insert(change.commitment).inserted else { return .contentMalformed }
            guard case .certificate(var record) = try scope.record(.certificate(change.commitment)) else {
                return .certificateUnknown
            }
            guard record.issuer == author else { return .certificateNotIssuedByAuthor }
            guard Judge.allowsTransition(from: record.status, to: change.status) else {
                return .certificateTransitionNotAllowed
            }
            record.status = change.status
            record.changedAt = scope.height
            changed.append(record)
        }
        for record in changed { try scope.rewrite(.certificate(record)) }
        return .accepted
    }

    /// Suspend, resume, revoke; a revoked or superseded certificate stays what it is.
    private static func allowsTransition(from old: CertificateStatus, to new: CertificateStatus) -> Bool {
        switch (old, new) {
        case (.active, .suspended), (.suspended, .active), (.active, .revoked), (.suspended, .revoked): true
        default: false
        }
    }
}
