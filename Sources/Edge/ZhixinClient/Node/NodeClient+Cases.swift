package import Credentials
package import LedgerModel
package import Primitives

// Cases: the service system's side and the subject's.
extension NodeClient {
    /// How long a node waits before it answers a long poll.
    private static let pollMilliseconds: Int64 = 20_000

    /// Opens a case for a matter; by a service system of the node's department.
    ///
    /// It is not repeated: each call opens a case of its own. A case that nobody authorises expires.
    package func openCase(
        matter: Code,
        reference: String? = nil,
        signer: RequestSigner
    ) async throws(ClientError) -> CaseOpeningResponse {
        try await post(
            "/v1/matters/\(matter)/cases",
            CaseOpeningRequest(reference: reference).json,
            signer: signer,
            isRepeatable: false
        )
    }

    /// The request that a subject is asked to authorise, at the target that the QR code names.
    package func authorisationRequest(target: String) async throws(ClientError) -> AuthorisationRequestView {
        try await get(target)
    }

    /// Hands in a subject's authorisation, at the target that the request names. The same submission again is safe.
    package func authorise(
        target: String,
        _ submission: AuthorisationSubmission
    ) async throws(ClientError) -> CaseAcceptance {
        try await post(target, submission.json)
    }

    /// A case, for the service system that opened it or the subject that authorised it.
    ///
    /// - Parameter waits: whether the node answers only when the case is decided or has failed, or after 20 seconds.
    package func caseView(
        _ id: Digest,
        waits: Bool,
        signer: RequestSigner
    ) async throws(ClientError) -> CaseView {
        try await get(
            "/v1/cases/\(id)" + (waits ? "?wait=decided" : ""),
            signer: signer,
            timeoutMilliseconds: NodeClient.timeoutMilliseconds + (waits ? NodeClient.pollMilliseconds : 0)
        )
    }

    /// Waits until a case is decided or has failed, `timeoutMilliseconds` at most.
    ///
    /// - Returns: The case as it stood last, which may still be on its way.
    package func awaitDecision(
        _ id: Digest,
        timeoutMilliseconds: UInt64,
        signer: RequestSigner
    ) async throws(ClientError) -> CaseView {
        let deadline = now.adding(milliseconds: timeoutMilliseconds)
        while true {
            let started = now
            // The node holds an answer back for as long as it likes: near the end it is asked again and again instead.
            let holds = now.adding(milliseconds: UInt64(NodeClient.pollMilliseconds)) <= deadline
            let view = try await caseView(id, waits: holds, signer: signer)
            if view.state == .decided || view.state == .failed || now >= deadline { return view }
            // A node that does not hold the answer back must not be asked in a tight loop.
            guard now < started.adding(milliseconds: 1000) else { continue }
            do {
                try await Task.sleep(for: .milliseconds(500))
            } catch {
                throw .transport(.cancelled, address: address.description)
            }
        }
    }

    /// The openings that the node keeps for the subject itself.
    package func accesses(of subject: SubjectID, signer: RequestSigner) async throws(ClientError) -> AccessesResponse {
        try await get("/v1/subjects/\(subject)/accesses", signer: signer)
    }

    /// A department's vault answers another department's gateway; over HTTPS with a pinned certificate.
    package func release(
        _ request: ReleaseRequest,
        signer: RequestSigner
    ) async throws(ClientError) -> ReleaseResponse {
        try await post("/v1/vault/releases", request.json, signer: signer)
    }
}
