import LedgerModel
import Primitives

extension Judge {
    func register(
        _ payload: SubjectRegistration,
        by author: DepartmentID,
        in scope: inout BlockScope
    ) throws(LedgerReadError) -> Verdict {
        let id = SubjectID(key: payload.key, network: network, digestFunction: suite.digestFunction)
        guard try scope.position(of: .subject(id)) == nil else { return .subjectExists }
        scope.create(
            .subject(
                SubjectRecord(
                    id: id,
                    key: payload.key,
                    attester: author,
                    assurance: payload.assurance,
                    identifierCommitment: payload.identifierCommitment,
                    accessHeadSet: payload.accessHeadSet,
                    status: .active,
                    changedAt: scope.height
                )
            )
        )
        return .accepted
    }

    func rotate(
        _ payload: SubjectKeyRotation,
        of subject: SubjectID,
        in scope: inout BlockScope
    ) throws(LedgerReadError) -> Verdict {
        guard case .subject(var record) = try scope.record(.subject(subject)) else { return .subjectUnknown }
        record.key = payload.key
        record.accessHeadSet = payload.accessHeadSet
        record.changedAt = scope.height
        try scope.rewrite(.subject(record))
        return .accepted
    }

    func setStatus(
        _ payload: SubjectStatusChange,
        by author: DepartmentID,
        in scope: inout BlockScope
    ) throws(LedgerReadError) -> Verdict {
        guard case .subject(var record) = try scope.record(.subject(payload.subject)) else { return .subjectUnknown }
        guard record.attester == author else { return .subjectNotAttestedByAuthor }
        switch (record.status, payload.status) {
        case (.active, .suspended), (.suspended, .active), (.active, .deactivated), (.suspended, .deactivated):
            break
        case (.deactivated, _), (.active, .active), (.suspended, .suspended):
            return .subjectTransitionNotAllowed
        }
        record.status = payload.status
        record.changedAt = scope.height
        try scope.rewrite(.subject(record))
        return .accepted
    }

    func recordAccess(
        _ payload: AccessRecord,
        body: TransactionBody,
        by author: DepartmentID,
        in scope: inout BlockScope
    ) throws(LedgerReadError) -> Verdict {
        let id = AccessHeads.identifier(of: payload.headKey, digestFunction: suite.digestFunction)
        let entry = payload.entry(network: network, department: author, transaction: body.id)
        let entryDigest = suite.digest(of: entry, domain: .accessEntry)
        guard case .accessHead(var head) = try scope.record(.accessHead(id)) else {
            guard payload.count == 1 else { return .accessCountOutOfOrder }
            guard payload.previousEntry == .zero else { return .accessEntryMismatch }
            scope.create(
                .accessHead(
                    AccessHeadRecord(
                        id: id,
                        department: author,
                        count: 1,
                        newestEntry: entryDigest,
                        changedAt: scope.height
                    )
                )
            )
            return .accepted
        }
        guard head.department == author else { return .accessHeadOfOtherDepartment }
        guard payload.count == head.count + 1 else { return .accessCountOutOfOrder }
        guard payload.previousEntry == head.newestEntry else { return .accessEntryMismatch }
        head.count += 1
        head.newestEntry = entryDigest
        head.changedAt = scope.height
        try scope.rewrite(.accessHead(head))
        return .accepted
    }

    func recordCase(
        _ payload: CaseDecision,
        by author: DepartmentID,
        in scope: inout BlockScope
    ) throws(LedgerReadError) -> Verdict {
        guard case .matter(let matter) = try scope.record(.matter(payload.matter)) else { return .matterUnknown }
        guard matter.version == payload.matterVersion else { return .matterVersionNotCurrent }
        guard matter.department == author else { return .matterOfOtherDepartment }
        guard try scope.position(of: .serviceCase(payload.id)) == nil else { return .caseExists }
        scope.create(
            .serviceCase(
                CaseRecord(
                    id: payload.id,
                    department: author,
                    matter: payload.matter,
                    matterVersion: payload.matterVersion,
                    receiptCommitment: payload.receiptCommitment,
                    changedAt: scope.height
                )
            )
        )
        return .accepted
    }
}
