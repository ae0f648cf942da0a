package import Credentials
package import LedgerModel
package import Primitives

// What clerks do at their own department's node.
extension NodeClient {
    /// How long a batch of 2,000 certificates may take until it is final.
    private static let batchTimeoutMilliseconds: Int64 = 180_000

    /// Registers a checked person. The transaction id in the request makes it safe to repeat.
    package func registerSubject(
        _ request: SubjectRegistrationRequest,
        signer: RequestSigner
    ) async throws(ClientError) -> SubjectRegistrationResponse {
        try await post("/v1/subjects", request.json, signer: signer)
    }

    /// Suspends, resumes or deactivates a subject.
    package func setStatus(
        of subject: SubjectID,
        to status: SubjectCondition,
        signer: RequestSigner
    ) async throws(ClientError) -> HeightResponse {
        try await post("/v1/subjects/\(subject)/status", SubjectStatusRequest(status: status).json, signer: signer)
    }

    /// Issues the certificates of up to 2,000 rows. The same batch again has the same outcome.
    package func issue(
        _ batch: CertificateBatchRequest,
        signer: RequestSigner
    ) async throws(ClientError) -> CertificateBatchReport {
        try await post(
            "/v1/certificates/batches",
            batch.json,
            signer: signer,
            timeoutMilliseconds: Self.batchTimeoutMilliseconds
        )
    }

    /// Revokes what a wrong batch issued.
    package func revokeBatch(_ batch: [UInt8], signer: RequestSigner) async throws(ClientError) -> BatchRevocationReport
    {
        let target = "/v1/batches/\(Hexadecimal.encode(batch))/revocation"
        let request = NodeRequest(
            method: "POST",
            target: target,
            headers: [NodeRequest.Header("accept", "application/json")],
            answerBytesMax: NodeClient.jsonBytesMax,
            timeoutMilliseconds: Self.batchTimeoutMilliseconds
        )
        return try NodeClient.decode(try await send(request, signer: signer), target: target)
    }

    /// Suspends, resumes or revokes a certificate.
    package func setStatus(
        of certificate: Digest,
        to status: CertificateStatusWord,
        signer: RequestSigner
    ) async throws(ClientError) -> HeightResponse {
        try await post(
            "/v1/certificates/\(certificate)/status",
            CertificateStatusRequest(status: status).json,
            signer: signer
        )
    }

    /// Looks for certificates in the department's own vault.
    package func search(
        _ request: VaultSearchRequest,
        signer: RequestSigner
    ) async throws(ClientError) -> VaultSearchResponse {
        try await post("/v1/vault/searches", request.json, signer: signer)
    }

    /// An offline bundle that discloses `fields`; BCS, not verified here.
    package func bundle(
        of certificate: Digest,
        fields: [String],
        signer: RequestSigner
    ) async throws(ClientError) -> [UInt8] {
        let request = NodeClient.jsonRequest(
            "/v1/certificates/\(certificate)/bundle",
            BundleRequest(fields: fields).json,
            accept: "application/octet-stream"
        )
        return try await send(request, signer: signer).body
    }
}
