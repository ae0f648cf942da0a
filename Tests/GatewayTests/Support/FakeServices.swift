import Credentials
import LedgerModel
import Ports
import Primitives
import Synchronization

/// A department's service that answers everything alike, or throws what the test sets, and remembers who asked.
final class FakeServices: DepartmentServices {
    private struct State {
        var error: ServiceError?
        var calls: [String] = []
        var isSlow = false
    }

    private let state = Mutex(State())
    static let certificate = Digest(words: (9, 9, 9, 9))

    func fail(with error: ServiceError?) { state.withLock { $0.error = error } }
    /// Makes every call take half a second.
    func slowDown() { state.withLock { $0.isSlow = true } }
    var calls: [String] { state.withLock { $0.calls } }

    private func called(_ call: String) async throws(ServiceError) {
        let (error, isSlow) = state.withLock { state in
            state.calls.append(call)
            return (state.error, state.isSlow)
        }
        if isSlow { try? await Task.sleep(for: .milliseconds(500)) }
        if let error { throw error }
    }

    func registerSubject(
        _ request: SubjectRegistrationRequest,
        by clerk: String
    ) async throws(ServiceError) -> SubjectRegistrationResponse {
        try await called("registerSubject by \(clerk)")
        return SubjectRegistrationResponse(did: "did:zhixin:00", transaction: .zero, height: Height(1))
    }

    func changeStatus(
        of subject: SubjectID,
        _ request: SubjectStatusRequest,
        by clerk: String
    ) async throws(ServiceError) -> HeightResponse {
        try await called("changeStatus of subject to \(request.status) by \(clerk)")
        return HeightResponse(height: Height(2))
    }

    func issueBatch(
        _ request: CertificateBatchRequest,
        by clerk: String
    ) async throws(ServiceError) -> CertificateBatchReport {
        try await called("issueBatch of \(request.rows.count) by \(clerk)")
        return CertificateBatchReport(batch: request.batch, issued: 1, superseded: 0, skipped: 0, rejected: [])
    }

    func revokeBatch(_ batch: [UInt8], by clerk: String) async throws(ServiceError) -> BatchRevocationReport {
        try await called("revokeBatch by \(clerk)")
        return BatchRevocationReport(revoked: 0)
    }

    func changeStatus(
        ofCertificate commitment: Digest,
        _ request: CertificateStatusRequest,
        by clerk: String
    ) async throws(ServiceError) -> HeightResponse {
        try await called("changeStatus of certificate to \(request.status) by \(clerk)")
        return HeightResponse(height: Height(3))
    }

    func searchVault(
        _ request: VaultSearchRequest,
        by clerk: String
    ) async throws(ServiceError) -> VaultSearchResponse {
        try await called("searchVault by \(clerk)")
        return VaultSearchResponse(certificates: [], more: false)
    }

    func makeBundle(
        ofCertificate commitment: Digest,
        _ request: BundleRequest,
        by clerk: String
    ) async throws(ServiceError) -> [UInt8] {
        try await called("makeBundle by \(clerk)")
        return [1, 2, 3]
    }

    func openCase(
        matter: Code,
        _ request: CaseOpeningRequest,
        by system: ServiceSystemID
    ) async throws(ServiceError) -> CaseOpeningResponse {
        try await called("openCase \(matter) by \(system)")
        return CaseOpeningResponse(
            caseID: .zero,
            request: [1],
            requestAddress: "http://x/v1/requests/0",
            expires: Timestamp(5)
        )
    }

    func authorisationRequest(ofCase caseID: Digest) async throws(ServiceError) -> AuthorisationRequestView {
        try await called("authorisationRequest")
        return AuthorisationRequestView(request: [1], state: .awaitingAuthorisation)
    }

    func submitAuthorisation(
        forCase caseID: Digest,
        _ submission: AuthorisationSubmission
    ) async throws(ServiceError) -> CaseAcceptance {
        try await called("submitAuthorisation")
        return CaseAcceptance(caseID: caseID, state: .recording)
    }

    func caseView(
        of caseID: Digest,
        for viewer: CaseViewer,
        waitMilliseconds: UInt64
    ) async throws(ServiceError) -> CaseView {
        try await called("caseView for \(viewer) waiting \(waitMilliseconds)")
        return CaseView(caseID: caseID, matter: "open-shop", state: .collecting)
    }

    func release(_ request: ReleaseRequest, to department: DepartmentID) async throws(ServiceError) -> ReleaseResponse {
        try await called("release to \(department)")
        return ReleaseResponse(items: [ReleasedItem(item: "licence", sealed: [1])])
    }

    func accesses(of subject: SubjectID) async throws(ServiceError) -> AccessesResponse {
        try await called("accesses")
        return AccessesResponse(accesses: [])
    }
}
