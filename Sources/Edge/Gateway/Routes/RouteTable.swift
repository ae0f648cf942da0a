import Credentials

/// Every route of a gateway. `openapi.yaml` says the same for people; a test holds the two together.
package enum RouteTable {
    private static let kibibyte = 1024

    package static let routes: [Route] = pages + ledger + cases + vault + clerks

    private static let pages: [Route] = [
        Route("GET", "/", .firstPage),
        Route("GET", "/style.css", .styleSheet),
        Route("GET", "/app.js", .pageScript),
        Route("GET", "/healthz", .health),
        Route("GET", "/readyz", .readiness),
        Route("GET", "/metrics", .metrics),
        Route("GET", "/openapi.yaml", .openAPI),
        Route("GET", "/v1/status", .status),
        Route("GET", "/v1/genesis", .genesis),
    ]

    private static let ledger: [Route] = [
        Route(
            "POST",
            "/v1/transactions",
            .submitTransaction,
            body: .binary(byteCountMax: 512 * kibibyte),
            query: ["wait"]
        ),
        Route("GET", "/v1/transactions/{digest}", .transaction),
        Route("GET", "/v1/blocks", .blocks, query: ["from", "limit", "before"]),
        Route("GET", "/v1/blocks/{height}", .block),
        Route("GET", "/v1/checkpoint", .checkpoint),
        Route("GET", "/v1/certificates/{commitment}", .certificate),
        Route("GET", "/v1/subjects/{did}", .subject),
        Route("GET", "/v1/heads/{head}", .accessHead),
        Route("GET", "/1.0/identifiers/{did}", .identifier),
        Route("GET", "/v1/matters", .matters),
        Route("GET", "/v1/matters/{code}", .matter),
        Route("GET", "/v1/departments", .departments),
        Route("GET", "/v1/certificate-types", .certificateTypes),
        Route(
            "POST",
            "/v1/verifications",
            .verification,
            body: .json(byteCountMax: 100 * kibibyte),
            listener: .confidential
        ),
    ]

    private static let cases: [Route] = [
        Route(
            "POST",
            "/v1/matters/{code}/cases",
            .openCase,
            roles: [.service],
            body: .json(byteCountMax: 4 * kibibyte)
        ),
        Route("GET", "/v1/requests/{case}", .authorisationRequest),
        Route(
            "POST",
            "/v1/requests/{case}/authorisation",
            .submitAuthorisation,
            body: .json(byteCountMax: 512 * kibibyte),
            listener: .confidential
        ),
        Route(
            "GET",
            "/v1/cases/{case}",
            .caseView,
            roles: [.service, .subject],
            listener: .confidential,
            query: ["wait"]
        ),
    ]

    private static let vault: [Route] = [
        Route(
            "POST",
            "/v1/vault/releases",
            .release,
            roles: [.department],
            body: .json(byteCountMax: 512 * kibibyte),
            listener: .encrypted
        ),
        Route("GET", "/v1/subjects/{did}/accesses", .accesses, roles: [.subject], listener: .confidential),
    ]

    private static let clerks: [Route] = [
        Route(
            "POST",
            "/v1/subjects",
            .registerSubject,
            roles: [.clerk],
            body: .json(byteCountMax: 8 * kibibyte),
            listener: .confidential
        ),
        Route(
            "POST",
            "/v1/subjects/{did}/status",
            .changeSubjectStatus,
            roles: [.clerk],
            body: .json(byteCountMax: kibibyte)
        ),
        Route(
            "POST",
            "/v1/certificates/batches",
            .issueBatch,
            roles: [.clerk],
            body: .json(byteCountMax: 8 * kibibyte * kibibyte),
            listener: .confidential
        ),
        Route("POST", "/v1/batches/{batch}/revocation", .revokeBatch, roles: [.clerk]),
        Route(
            "POST",
            "/v1/certificates/{commitment}/status",
            .changeCertificateStatus,
            roles: [.clerk],
            body: .json(byteCountMax: kibibyte)
        ),
        Route(
            "POST",
            "/v1/vault/searches",
            .searchVault,
            roles: [.clerk],
            body: .json(byteCountMax: 4 * kibibyte),
            listener: .confidential
        ),
        Route(
            "POST",
            "/v1/certificates/{commitment}/bundle",
            .bundle,
            roles: [.clerk],
            body: .json(byteCountMax: 8 * kibibyte),
            listener: .confidential
        ),
    ]
}
