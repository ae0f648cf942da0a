import Credentials
import Gateway
import HTTPTypes
import HummingbirdTesting
import LedgerModel
import NIOCore
import Ports
import Primitives
import TestKit
import Testing

/// The routes behind which the department's service stands.
@Suite struct ServiceRouteTests {
    private func post(
        _ fixture: GatewayFixture,
        _ target: String,
        _ text: String,
        role: CallerRole = .clerk
    ) async throws -> TestResponse {
        let body = Array(text.utf8)
        var headers = try fixture.headers(role, "POST", target, body: body)
        headers[.contentType] = "application/json"
        return try await fixture.ask("POST", target, headers: headers, body: body)
    }

    private func problem(_ response: TestResponse) throws -> ProblemDocument {
        try ProblemDocument(parsing: Array(response.body.readableBytesView), byteCountMax: 4096)
    }

    @Test(arguments: [
        (#"{"status":"revoked","status":"active"}"#, "json-duplicate-key"), (#"{"status":"revoked""#, "json-malformed"),
        ("", "json-malformed"), (#"{"status":"gone"}"#, "json-shape"), (#"{"status":"revoked","x":1}"#, "json-shape"),
        ("{}", "json-shape"), ("[]", "json-shape"),
    ])
    func otherJSONIsRefused(text: String, code: String) async throws {
        let fixture = try GatewayFixture()
        let response = try await post(fixture, "/v1/certificates/\(fixture.issued)/status", text)
        #expect(response.status == .badRequest)
        #expect(try problem(response).code == code)
        #expect(fixture.services.calls.isEmpty)
    }

    @Test func theServiceLearnsWhoAsks() async throws {
        let fixture = try GatewayFixture()
        _ = try await post(fixture, "/v1/certificates/\(fixture.issued)/status", #"{"status":"suspended"}"#)
        _ = try await post(fixture, "/v1/matters/open-shop/cases", "{}", role: .service)
        for role in [CallerRole.service, .subject] {
            let target = "/v1/cases/\(fixture.issued)?wait=decided"
            _ = try await fixture.ask("GET", target, headers: try fixture.headers(role, "GET", target))
        }
        #expect(
            fixture.services.calls == [
                "changeStatus of certificate to suspended by ann", "openCase open-shop by 1",
                "caseView for service(1) waiting 20000",
                "caseView for subject(\(fixture.ledger.subjectID(1))) waiting 20000",
            ]
        )
    }

    @Test func aSubjectSeesItsOwnAccessesOnly() async throws {
        let fixture = try GatewayFixture()
        let other = "/v1/subjects/\(fixture.ledger.subjectID(2))/accesses"
        let response = try await fixture.ask("GET", other, headers: try fixture.headers(.subject, "GET", other))
        #expect(response.status == .forbidden)
        #expect(try problem(response).code == "not-your-own")
        #expect(fixture.services.calls.isEmpty)
    }

    static let failures: [(ServiceError, Int)] = [
        (.requestRejected(CaseProblem(code: "x", chinese: "一", english: "one")), 422), (.subjectUnknown, 404),
        (.subjectOfAnotherDepartment, 403), (.certificateTypeUnknown, 404), (.certificateTypeNotIssuedHere, 403),
        (.certificateUnknown, 404), (.fieldUnknown("name"), 422), (.batchUnknown, 404), (.batchNameTaken, 409),
        (.transitionNotAllowed, 409), (.matterUnknown, 404), (.matterNotPermitted, 403), (.caseUnknown, 404),
        (.caseInOtherState(.decided), 409), (.caseExpired, 410), (.tooManyCases, 429),
        (.authorisationRejected(CaseProblem(code: "x", chinese: "一", english: "one")), 422),
        (.releaseRejected(CaseProblem(code: "x", chinese: "一", english: "one")), 403),
        (.ledgerRefused(.issuerNotAuthorised), 422), (.ledgerBusy, 429), (.notFinalInTime, 504),
        (.vaultUnreachable, 502),
        (.vaultFailed, 503),
    ]

    @Test(arguments: failures) func everyFailureHasItsStatus(error: ServiceError, status: Int) async throws {
        let fixture = try GatewayFixture()
        fixture.services.fail(with: error)
        let response = try await post(fixture, "/v1/vault/searches", #"{"number":"1"}"#)
        #expect(response.status.code == status)
        let problem = try problem(response)
        #expect(problem.code == error.code)
        #expect(problem.title == error.text.english)
        #expect(problem.titleChinese == error.text.chinese)
        #expect(problem.status == status)
        #expect(problem.type == "https://zhixin.example/problems/\(error.code)")
        #expect(problem.detail == error.detail)
        #expect([429, 502, 503, 504].contains(status) == (response.headers[.retryAfter] != nil))
    }

    /// What callers send reaches neither a log line nor a metric.
    @Test func nothingThatIsSentIsLogged() async throws {
        let fixture = try GatewayFixture()
        let marker = "MARKER-440602199001011234"
        fixture.services.fail(with: .fieldUnknown(marker))
        _ = try await post(fixture, "/v1/vault/searches", #"{"holder":"\#(marker)"}"#)
        _ = try await post(fixture, "/v1/vault/searches", #"{"\#(marker)":1}"#)
        _ = try await post(fixture, "/v1/subjects/\(marker)/status", #"{"status":"active"}"#)
        _ = try await fixture.ask("GET", "/v1/blocks?\(marker)=\(marker)", headers: [.userAgent: marker])
        _ = try await fixture.ask("GET", "/\(marker)")
        let metrics = String(buffer: try await fixture.ask("GET", "/metrics").body)
        #expect(!metrics.contains(marker))
        #expect(!fixture.logs.text.contains(marker))
        #expect(
            metrics.contains(#"zhixin_http_requests_total{method="POST",route="/v1/vault/searches",status="4xx"} 2"#)
        )
        #expect(metrics.contains(#"zhixin_http_requests_total{method="none",route="none",status="4xx"} 1"#))
        #expect(metrics.contains("zhixin_final_height 2\n"))
    }

    @Test func metricsAreInPrometheusForm() async throws {
        let text = String(buffer: try await GatewayFixture().ask("GET", "/metrics").body)
        var declared: Set<Substring> = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            if words.starts(with: ["#", "TYPE"]) {
                #expect(declared.insert(words[2]).inserted, "\(line)")
            } else if !line.hasPrefix("#") {
                #expect(words.count == 2 && Int(words[1]) != nil, "\(line)")
                let name = words[0].prefix { $0 != "{" }
                let base =
                    ["_bucket", "_sum", "_count"].first { name.hasSuffix($0) }.map { name.dropLast($0.count) } ?? name
                #expect(declared.contains(name) || declared.contains(base), "\(line)")
            }
        }
        #expect(declared.count > 15)
    }
}
