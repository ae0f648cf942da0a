import Credentials
import LedgerModel
import Ports
import Primitives

/// Checks what a subject sent for a case, in the order of `CaseRefusal`, and makes the transaction that records the access.
struct SubmissionCheck: Sendable {
    let department: Department

    /// - Throws: `ServiceError.authorisationRejected` with the first `CaseRefusal` that applies.
    func check(
        _ submission: AuthorisationSubmission,
        for file: CaseFile
    ) throws(ServiceError) -> CaseSubmission {
        let (authorisation, accessRecord, opening) = try decode(submission)
        try checkAuthorisation(authorisation, for: file)
        try checkSubject(authorisation)
        let content = authorisation.content
        let id = TransactionID(content.accessRecord)
        guard department.archive.location(of: id, by: .department(department.id)) == nil else {
            throw CaseRefusal.reused.error
        }
        let digestFunction = department.suite.digestFunction
        let expected = AccessOpening(
            of: content,
            request: file.request.content,
            caseID: file.id,
            digestFunction: digestFunction
        )
        let commitment = Commitments.access(
            salt: submission.openingSalt,
            opening: submission.opening,
            digestFunction: digestFunction
        )
        guard opening == expected, commitment == accessRecord.commitment else {
            throw CaseRefusal.openingMismatch.error
        }
        try checkAccessRecord(accessRecord, transaction: id)
        let vaults = Set(content.items.map { DepartmentID($0.issuer) })
        let identifiers = submission.sealedIdentifiers.map {
            VaultIdentifier(department: DepartmentID($0.department), sealed: $0.sealed)
        }
        guard vaults.allSatisfy({ vault in identifiers.contains { $0.department == vault } }) else {
            throw CaseRefusal.identifierMissing.error
        }
        let lifetime = department.clock().adding(
            milliseconds: min(
                department.limits.transactionLifetimeMilliseconds,
                department.catalogue.transactionLifetimeMilliseconds
            )
        )
        let sealed = try department.seal(
            .recordAccess(accessRecord),
            id: id,
            expiry: min(lifetime, content.expiry)
        )
        return CaseSubmission(
            authorisation: authorisation,
            accessRecord: accessRecord,
            opening: submission.opening,
            openingSalt: submission.openingSalt,
            sealedIdentifiers: identifiers.filter { vaults.contains($0.department) },
            transaction: sealed.bytes
        )
    }

    private func decode(
        _ submission: AuthorisationSubmission
    ) throws(ServiceError) -> (Signed<Authorisation>, AccessRecord, AccessOpening) {
        let departments = submission.sealedIdentifiers.map(\.department)
        guard submission.openingSalt.count == Commitments.saltByteCount, Set(departments).count == departments.count
        else { throw CaseRefusal.malformed.error }
        do throws(DecodeError) {
            return (
                try Signed(canonicalBytes: submission.authorisation),
                try AccessRecord(canonicalBytes: submission.accessRecord),
                try AccessOpening(canonicalBytes: submission.opening)
            )
        } catch {
            throw CaseRefusal.malformed.error
        }
    }

    private func checkAuthorisation(_ signed: Signed<Authorisation>, for file: CaseFile) throws(ServiceError) {
        do throws(AuthorisationFault) {
            try signed.content.check(
                answers: file.request.content,
                at: department.clock(),
                digestFunction: department.suite.digestFunction
            )
        } catch {
            switch error {
            case .otherNetwork: throw CaseRefusal.otherNetwork.error
            case .otherRequest, .otherService, .otherMatter: throw CaseRefusal.otherRequest.error
            case .itemNotAsked: throw CaseRefusal.beyondRequest.error
            case .expired: throw CaseRefusal.expired.error
            }
        }
    }

    private func checkSubject(_ signed: Signed<Authorisation>) throws(ServiceError) {
        guard let subject = try department.subjectRecord(SubjectID(signed.content.subject)) else {
            throw CaseRefusal.subjectUnknown.error
        }
        guard subject.status == .active else { throw CaseRefusal.subjectNotActive.error }
        guard signed.isSigned(by: subject.key, verifier: department.suite.verifier) else {
            throw CaseRefusal.signature.error
        }
    }

    /// What the ledger would refuse is refused here, where the subject still hears of it.
    private func checkAccessRecord(_ accessRecord: AccessRecord, transaction: TransactionID) throws(ServiceError) {
        let entry = accessRecord.entry(network: department.network, department: department.id, transaction: transaction)
        let verifier = department.suite.verifier
        guard verifier.isValid(accessRecord.signature, of: entry.signingBytes, by: accessRecord.headKey) else {
            throw CaseRefusal.accessRecordSignature.error
        }
        let id = AccessHeads.identifier(of: accessRecord.headKey, digestFunction: department.suite.digestFunction)
        let isNext = try department.reading { view throws(StoreError) -> Bool in
            guard case .accessHead(let head)? = try view.record(.accessHead(id))?.record else {
                return accessRecord.count == 1 && accessRecord.previousEntry == .zero
            }
            return head.department == department.id && accessRecord.count == head.count + 1
                && accessRecord.previousEntry == head.newestEntry
        }
        guard isNext else { throw CaseRefusal.headOutOfOrder.error }
    }
}
