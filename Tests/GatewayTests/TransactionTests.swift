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

@Suite struct TransactionTests {
    private func submit(_ fixture: GatewayFixture, _ query: String = "") async throws -> TestResponse {
        try await fixture.ask("POST", "/v1/transactions\(query)", body: fixture.transaction.bytes)
    }

    private func problem(_ response: TestResponse) throws -> ProblemDocument {
        try ProblemDocument(parsing: Array(response.body.readableBytesView), byteCountMax: 4096)
    }

    private func report(_ response: TestResponse) throws -> TransactionReport {
        try TransactionReport(parsing: Array(response.body.readableBytesView), byteCountMax: 4096)
    }

    @Test func anAcceptedTransactionIsPending() async throws {
        let fixture = try GatewayFixture()
        let digest = fixture.transaction.digest
        fixture.gate.set { $0.submission = .accepted(digest: digest) }
        let response = try await submit(fixture)
        #expect(response.status == .accepted)
        #expect(try report(response) == TransactionReport(transaction: digest, state: .pending))
        #expect(fixture.gate.submitted == [fixture.transaction.bytes])
        #expect(fixture.gate.waits == [0])
    }

    @Test func whoWaitsGetsTheVerdict() async throws {
        let fixture = try GatewayFixture()
        let digest = fixture.transaction.digest
        fixture.gate.set {
            $0.submission = .accepted(digest: digest)
            $0.progressAfterWait = .final(height: Height(7), verdict: .accepted)
        }
        let response = try await submit(fixture, "?wait=finalized")
        #expect(response.status == .ok)
        #expect(
            try report(response)
                == TransactionReport(
                    transaction: digest,
                    state: .final,
                    height: Height(7),
                    verdict: "accepted",
                    verdictCode: 0
                )
        )
        #expect(fixture.gate.waits == [20_000])
    }

    @Test func overTheLimitOfWaitersNobodyWaits() async throws {
        let fixture = try GatewayFixture { $0.limits.waitersMax = 0 }
        fixture.gate.set { $0.submission = .accepted(digest: .zero) }
        #expect(try await submit(fixture, "?wait=finalized").status == .accepted)
        #expect(fixture.gate.waits == [0])
    }

    @Test func anotherWordToWaitForIsRefused() async throws {
        #expect(try await submit(GatewayFixture(), "?wait=finalised").status == .badRequest)
    }

    @Test func aRefusalNamesTheVerdict() async throws {
        let fixture = try GatewayFixture()
        fixture.gate.set { $0.submission = .refused(.issuerNotAuthorised) }
        let response = try await submit(fixture)
        #expect(response.status.code == 422)
        #expect(try problem(response).code == "transaction-refused")
        #expect(try problem(response).verdict == "issuerNotAuthorised")
    }

    @Test func whatIsNoTransactionIsRefused() async throws {
        let fixture = try GatewayFixture()
        fixture.gate.set { $0.submission = .malformed(.notUTF8) }
        let response = try await submit(fixture)
        #expect(response.status == .badRequest)
        #expect(try problem(response).code == "transaction-malformed")
    }

    @Test func aBusyNetworkSaysWhenToTryAgain() async throws {
        let response = try await submit(GatewayFixture())
        #expect(response.status == .tooManyRequests)
        #expect(response.headers[.retryAfter] == "1")
    }

    @Test func anIncludedTransactionIsFound() async throws {
        let fixture = try GatewayFixture()
        let response = try await fixture.ask("GET", "/v1/transactions/\(fixture.transaction.digest)")
        #expect(response.status == .ok)
        let report = try report(response)
        #expect(report.state == .final)
        #expect(report.height == Height(1))
        #expect(report.verdict == "accepted")
    }

    /// 512 KiB may come, one byte more may not.
    @Test(arguments: [(512 * 1024, 429), (512 * 1024 + 1, 413)])
    func aBodyIsTakenUpToItsLimit(byteCount: Int, status: Int) async throws {
        let fixture = try GatewayFixture()
        let body = [UInt8](repeating: 0, count: byteCount)
        #expect(try await fixture.ask("POST", "/v1/transactions", body: body).status.code == status)
    }

    @Test func aBodyOfAnotherTypeIsRefused() async throws {
        let fixture = try GatewayFixture()
        let response = try await fixture.ask(
            "POST",
            "/v1/transactions",
            headers: [.contentType: "application/json"],
            body: [1]
        )
        #expect(response.status == .unsupportedMediaType)
        #expect(try problem(response).detail == "application/octet-stream")
    }
}
