package import Credentials
package import LedgerModel
package import Primitives

/// What a department does around the ledger, as its gateway's callers ask for it.
///
/// The contract:
/// * The gateway has checked who asks and that the role may; what that caller may do to *this* subject, case or certificate is
///   the service's to check.
/// * Every call that changes something can be repeated with the same request and then gives the same answer; a batch of
///   certificates says that they are in force already.
/// * A call returns when what it asked for is final on the ledger, or throws; `submitAuthorisation` returns earlier, and the
///   case goes on by itself.
/// * Nothing that is thrown or answered holds personal data, except answers to those whose data it is.
package protocol DepartmentServices: Sendable {
    // MARK: Clerks

    /// Registers a person or organisation that the clerk has checked.
    func registerSubject(
        _ request: SubjectRegistrationRequest,
        by clerk: String
    ) async throws(ServiceError) -> SubjectRegistrationResponse

    /// Suspends, resumes or deactivates a subject that this department attested.
    func changeStatus(
        of subject: SubjectID,
        _ request: SubjectStatusRequest,
        by clerk: String
    ) async throws(ServiceError) -> HeightResponse

    /// Issues the rows that are right and reports the others.
    func issueBatch(
        _ request: CertificateBatchRequest,
        by clerk: String
    ) async throws(ServiceError) -> CertificateBatchReport

    /// Revokes what is left of a batch; `batch` is its name of 16 bytes.
    func revokeBatch(_ batch: [UInt8], by clerk: String) async throws(ServiceError) -> BatchRevocationReport

    /// Suspends, resumes or revokes a certificate of this department.
    func changeStatus(
        ofCertificate commitment: Digest,
        _ request: CertificateStatusRequest,
        by clerk: String
    ) async throws(ServiceError) -> HeightResponse

    /// Looks for certificates in this department's vault.
    func searchVault(
        _ request: VaultSearchRequest,
        by clerk: String
    ) async throws(ServiceError) -> VaultSearchResponse

    /// The BCS of an `OfflineBundle` that discloses the fields asked for.
    func makeBundle(
        ofCertificate commitment: Digest,
        _ request: BundleRequest,
        by clerk: String
    ) async throws(ServiceError) -> [UInt8]

    // MARK: Cases

    /// Opens a case for a matter of this department and signs the request that its subject will be shown.
    func openCase(
        matter: Code,
        _ request: CaseOpeningRequest,
        by system: ServiceSystemID
    ) async throws(ServiceError) -> CaseOpeningResponse

    /// The request of a case that nobody has answered, for whoever knows its id.
    func authorisationRequest(ofCase caseID: Digest) async throws(ServiceError) -> AuthorisationRequestView

    /// Checks a subject's authorisation and sends its access record to the ledger.
    func submitAuthorisation(
        forCase caseID: Digest,
        _ submission: AuthorisationSubmission
    ) async throws(ServiceError) -> CaseAcceptance

    /// The case as `viewer` may see it: at once, or when it is decided or failed, after `waitMilliseconds` at most.
    /// - Throws: `ServiceError.caseUnknown` also when the case is someone else's.
    func caseView(
        of caseID: Digest,
        for viewer: CaseViewer,
        waitMilliseconds: UInt64
    ) async throws(ServiceError) -> CaseView

    // MARK: Vault

    /// Gives the evidence that an authorisation allows, sealed to the department that asks.
    func release(_ request: ReleaseRequest, to department: DepartmentID) async throws(ServiceError) -> ReleaseResponse

    /// The openings that this node keeps of a subject's access records.
    func accesses(of subject: SubjectID) async throws(ServiceError) -> AccessesResponse
}

/// Who looks at a case.
package enum CaseViewer: Hashable, Sendable {
    /// The service system; it sees the cases it opened.
    case service(ServiceSystemID)
    /// The subject; it sees the cases it authorised.
    case subject(SubjectID)
}
