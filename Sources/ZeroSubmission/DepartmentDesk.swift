package import Credentials
package import LedgerModel
import Logging
package import Ports
package import Primitives

/// Everything that one department does around the ledger, behind the protocol that its gateway speaks.
///
/// `start` settles what can be settled at once of what an earlier run left behind; `run` works on cases and on the rest
/// until it is cancelled.
package struct DepartmentDesk: DepartmentServices {
    package let department: Department
    package let registrar: Registrar
    package let issuer: Issuer
    package let releases: ReleaseService
    package let cases: CaseService

    package init(_ department: Department, peers: any VaultPeers) {
        self.department = department
        registrar = Registrar(department)
        issuer = Issuer(department)
        releases = ReleaseService(department)
        cases = CaseService(department, issuer: issuer, releases: releases, peers: peers)
    }

    /// Settles the drafts of an earlier run whose fate this node's ledger shows. It waits for nobody, and may overlap
    /// with requests.
    ///
    /// - Throws: `ServiceError.vaultFailed`.
    @discardableResult
    package func start() async throws(ServiceError) -> Reconciliation {
        for code in department.catalogue.unreadable {
            department.logger.error("a definition on the ledger cannot be read", metadata: ["code": "\(code)"])
        }
        return try await issuer.reconcile(.looking)
    }

    /// Works on cases until the task is cancelled, and meanwhile sees to what is overdue.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.cases.run() }
            group.addTask {
                await self.repeating { () async throws(ServiceError) in try await self.cases.sweep() }
            }
            // Without a quorum each of these takes as long as a caller would wait: nothing else may wait for them.
            group.addTask {
                await self.repeating { () async throws(ServiceError) in _ = try await self.issuer.reconcile(.offering) }
            }
        }
    }

    private func repeating(_ body: () async throws(ServiceError) -> Void) async {
        while !Task.isCancelled {
            do throws(ServiceError) {
                try await body()
            } catch {
                department.logger.error("what is overdue cannot be seen to", metadata: ["code": "\(error.code)"])
            }
            // The sleep ends early only when the task is cancelled.
            try? await Task.sleep(for: .milliseconds(department.limits.sweepPauseMilliseconds))
        }
    }

    // MARK: Clerks

    package func registerSubject(
        _ request: SubjectRegistrationRequest,
        by clerk: String
    ) async throws(ServiceError) -> SubjectRegistrationResponse {
        try await registrar.register(request, by: clerk)
    }

    package func changeStatus(
        of subject: SubjectID,
        _ request: SubjectStatusRequest,
        by clerk: String
    ) async throws(ServiceError) -> HeightResponse {
        try department.note(.subjectStatusChange, by: clerk, [subject.digest.bytes])
        return try await registrar.changeStatus(of: subject, to: request.status.status)
    }

    package func issueBatch(
        _ request: CertificateBatchRequest,
        by clerk: String
    ) async throws(ServiceError) -> CertificateBatchReport {
        let report = try await issuer.issue(request)
        department.logger.info(
            "batch issued",
            metadata: [
                "batch": "\(Hexadecimal.encode(report.batch))", "issued": "\(report.issued)", "clerk": "\(clerk)",
            ]
        )
        return report
    }

    package func revokeBatch(
        _ batch: [UInt8],
        by clerk: String
    ) async throws(ServiceError) -> BatchRevocationReport {
        try department.note(.batchRevocation, by: clerk, [batch])
        return try await issuer.revoke(batch: batch)
    }

    package func changeStatus(
        ofCertificate commitment: Digest,
        _ request: CertificateStatusRequest,
        by clerk: String
    ) async throws(ServiceError) -> HeightResponse {
        try department.note(.certificateStatusChange, by: clerk, [commitment.bytes])
        return try await issuer.changeStatus(of: commitment, to: request.status)
    }

    package func searchVault(
        _ request: VaultSearchRequest,
        by clerk: String
    ) async throws(ServiceError) -> VaultSearchResponse {
        let found = try await issuer.search(request)
        try department.note(.search, by: clerk, found.certificates.map(\.certificate.bytes))
        return found
    }

    package func makeBundle(
        ofCertificate commitment: Digest,
        _ request: BundleRequest,
        by clerk: String
    ) async throws(ServiceError) -> [UInt8] {
        let bundle = try await issuer.makeBundle(of: commitment, fields: request.fields)
        try department.note(.bundle, by: clerk, [commitment.bytes])
        return bundle
    }

    // MARK: Cases

    package func openCase(
        matter: Code,
        _ request: CaseOpeningRequest,
        by system: ServiceSystemID
    ) async throws(ServiceError) -> CaseOpeningResponse {
        try await cases.open(matter: matter, request, by: system)
    }

    package func authorisationRequest(ofCase caseID: Digest) async throws(ServiceError) -> AuthorisationRequestView {
        try await cases.request(of: caseID)
    }

    package func submitAuthorisation(
        forCase caseID: Digest,
        _ submission: AuthorisationSubmission
    ) async throws(ServiceError) -> CaseAcceptance {
        try await cases.submit(submission, for: caseID)
    }

    package func caseView(
        of caseID: Digest,
        for viewer: CaseViewer,
        waitMilliseconds: UInt64
    ) async throws(ServiceError) -> CaseView {
        try await cases.view(of: caseID, for: viewer, waitMilliseconds: waitMilliseconds)
    }

    // MARK: Vault

    package func release(
        _ request: ReleaseRequest,
        to department: DepartmentID
    ) async throws(ServiceError) -> ReleaseResponse {
        try await releases.release(request, to: department)
    }

    package func accesses(of subject: SubjectID) async throws(ServiceError) -> AccessesResponse {
        AccessesResponse(
            accesses: try department.vault.openings(of: subject.digest).map {
                AccessOpeningView(head: $0.head, count: $0.count, opening: $0.opening, salt: $0.salt)
            }
        )
    }
}
