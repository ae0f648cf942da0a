import Credentials
import Gateway
import LedgerModel
import Primitives
import TestKit

/// A request that succeeds for each route of the table.
struct RouteSample {
    let target: String
    let body: [UInt8]?
    /// The status that the right caller gets.
    let status: Int
    let contentType: String?

    init(_ target: String, _ status: Int, body: [UInt8]? = nil, contentType: String? = nil) {
        self.target = target
        self.status = status
        self.body = body
        self.contentType = contentType
    }

    private init(_ target: String, _ status: Int, _ shape: some ExchangeShape) {
        self.init(target, status, body: shape.jsonBytes, contentType: "application/json")
    }

    static func sample(_ route: Route, _ fixture: GatewayFixture) -> RouteSample {
        let hex = fixture.issued.description
        let did = fixture.ledger.subjectID(1).description
        let salt = [UInt8](repeating: 1, count: 16)
        switch (route.method, route.path) {
        case ("POST", "/v1/transactions"):
            return RouteSample(
                route.path,
                202,
                body: fixture.transaction.bytes,
                contentType: "application/octet-stream"
            )
        case ("POST", "/v1/verifications"): return RouteSample(route.path, 200, VerificationRequest(bundle: [1]))
        case ("POST", "/v1/matters/{code}/cases"):
            return RouteSample("/v1/matters/open-shop/cases", 201, CaseOpeningRequest(reference: "7"))
        case ("POST", "/v1/requests/{case}/authorisation"):
            let submission = AuthorisationSubmission(
                authorisation: [1],
                accessRecord: [1],
                opening: [1],
                openingSalt: salt,
                sealedIdentifiers: [SealedIdentifier(department: 1, sealed: [1])]
            )
            return RouteSample("/v1/requests/\(hex)/authorisation", 202, submission)
        case ("POST", "/v1/vault/releases"): return RouteSample(route.path, 200, release(salt: salt))
        case ("POST", "/v1/subjects"):
            let registration = SubjectRegistrationRequest(
                key: [1],
                transaction: salt,
                proof: [UInt8](repeating: 1, count: 64),
                accessHeadSet: .zero,
                salt: salt,
                identifier: "x",
                identifierKind: .citizen,
                assurance: .inPerson
            )
            return RouteSample(route.path, 201, registration)
        case ("POST", "/v1/subjects/{did}/status"):
            return RouteSample("/v1/subjects/\(did)/status", 200, SubjectStatusRequest(status: .suspended))
        case ("POST", "/v1/certificates/batches"):
            let row = CertificateBatchRow(line: 1, values: [.init(header: "a", text: "b")])
            return RouteSample(route.path, 200, CertificateBatchRequest(batch: salt, type: "licence", rows: [row]))
        case ("POST", "/v1/batches/{batch}/revocation"):
            return RouteSample("/v1/batches/\(Hexadecimal.encode(salt))/revocation", 200)
        case ("POST", "/v1/certificates/{commitment}/status"):
            return RouteSample("/v1/certificates/\(hex)/status", 200, CertificateStatusRequest(status: .revoked))
        case ("POST", "/v1/vault/searches"): return RouteSample(route.path, 200, VaultSearchRequest(number: "1"))
        case ("POST", "/v1/certificates/{commitment}/bundle"):
            return RouteSample("/v1/certificates/\(hex)/bundle", 200, BundleRequest(fields: ["name"]))
        default:
            let target =
                route.path
                .replacing("{commitment}", with: hex).replacing(
                    "{digest}",
                    with: fixture.transaction.digest.description
                )
                .replacing("{did}", with: did).replacing("{head}", with: fixture.head.description)
                .replacing("{code}", with: "open-shop").replacing("{case}", with: hex)
                .replacing("{height}", with: "1")
            return RouteSample(target, 200)
        }
    }

    private static func release(salt: [UInt8]) -> ReleaseRequest {
        ReleaseRequest(
            caseID: .zero,
            request: [1],
            authorisation: [1],
            accessRecord: [1],
            transaction: .zero,
            height: Height(1),
            opening: [1],
            openingSalt: salt,
            sealedIdentifier: [1],
            items: ["licence"]
        )
    }
}
