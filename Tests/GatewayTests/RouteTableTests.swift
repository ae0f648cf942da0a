import Credentials
import Foundation
import Gateway
import HTTPTypes
import HummingbirdTesting
import LedgerModel
import NIOCore
import Ports
import Primitives
import TestKit
import Testing

/// Every route, every role, every kind of proof.
@Suite struct RouteTableTests {
    static let signingRoles = CallerRole.allCases.filter { $0 != .anyone }

    private func ask(
        _ route: Route,
        _ fixture: GatewayFixture,
        proof: (_ target: String, _ body: [UInt8]) throws -> HTTPFields
    ) async throws -> TestResponse {
        let sample = RouteSample.sample(route, fixture)
        var headers = try proof(sample.target, sample.body ?? [])
        if let type = sample.contentType { headers[.contentType] = type }
        return try await fixture.ask(route.method, sample.target, headers: headers, body: sample.body)
    }

    private func code(_ response: TestResponse) throws -> String {
        try ProblemDocument(parsing: Array(response.body.readableBytesView), byteCountMax: 4096).code
    }

    private func expect(_ response: TestResponse, _ status: Int, _ code: String, _ route: Route) throws {
        #expect(response.status.code == status, "\(route.method) \(route.path)")
        #expect(try self.code(response) == code, "\(route.method) \(route.path)")
        #expect(response.headers[.contentType] == "application/problem+json")
        #expect(status != 401 || response.headers[.wwwAuthenticate] != nil)
    }

    private func prepared() throws -> GatewayFixture {
        let fixture = try GatewayFixture()
        fixture.gate.set { $0.submission = .accepted(digest: fixture.transaction.digest) }
        return fixture
    }

    @Test func everyRouteAnswersTheRightCaller() async throws {
        let fixture = try prepared()
        for route in RouteTable.routes {
            let expected = RouteSample.sample(route, fixture).status
            for role in route.roles {
                let response = try await ask(route, fixture) { target, body in
                    role == .anyone ? [:] : try fixture.headers(role, route.method, target, body: body)
                }
                #expect(response.status.code == expected, "\(route.method) \(route.path) as \(role)")
                #expect(response.headers[.xContentTypeOptions] == "nosniff")
            }
        }
    }

    @Test func publicRoutesTakeNoNoticeOfProof() async throws {
        let fixture = try prepared()
        for route in RouteTable.routes where route.isPublic {
            let expected = RouteSample.sample(route, fixture).status
            let response = try await ask(route, fixture) { target, body in
                try fixture.headers(.clerk, route.method, target, body: body, signer: fixture.ledger.headSigner(9))
            }
            #expect(response.status.code == expected, "\(route.method) \(route.path)")
        }
    }

    @Test func withoutProofNothingIsAnswered() async throws {
        let fixture = try prepared()
        for route in RouteTable.routes where !route.isPublic {
            try expect(try await ask(route, fixture) { _, _ in [:] }, 401, "authentication-missing", route)
            for dropped in ["zhixin-caller", "zhixin-time", "zhixin-nonce", "zhixin-signature"] {
                let response = try await ask(route, fixture) { target, body in
                    var headers = try fixture.headers(.clerk, route.method, target, body: body)
                    headers[try #require(HTTPField.Name(dropped))] = nil
                    return headers
                }
                try expect(response, 401, "authentication-missing", route)
            }
        }
        #expect(fixture.services.calls.isEmpty)
    }

    @Test(arguments: [
        ("zhixin-caller", "service:01"), ("zhixin-caller", "nobody"), ("zhixin-time", "1e3"), ("zhixin-time", "-1"),
        ("zhixin-nonce", "00"), ("zhixin-nonce", "0000000000000000000000000000000G"),
        ("zhixin-nonce", "ABCDEF00000000000000000000000000"), ("zhixin-signature", "AA"), ("zhixin-signature", "="),
    ])
    func malformedProofIsRefused(header: String, value: String) async throws {
        let fixture = try prepared()
        for route in RouteTable.routes where !route.isPublic {
            for role in Self.signingRoles {
                let response = try await ask(route, fixture) { target, body in
                    var headers = try fixture.headers(role, route.method, target, body: body)
                    headers[try #require(HTTPField.Name(header))] = value
                    return headers
                }
                try expect(response, 401, "authentication-malformed", route)
            }
        }
        #expect(fixture.services.calls.isEmpty)
    }

    @Test(arguments: [
        Caller.service(2), .department(77), .clerk(name: "bob"),
        .subject(did: "did:zhixin:" + String(repeating: "00", count: 32)),
    ])
    func unknownCallersAreRefused(caller: Caller) async throws {
        let fixture = try prepared()
        for route in RouteTable.routes where !route.isPublic {
            let response = try await ask(route, fixture) { target, body in
                try fixture.headers(.clerk, route.method, target, body: body, caller: caller)
            }
            try expect(response, 401, "caller-unknown", route)
        }
    }

    @Test func anotherKeyIsRefused() async throws {
        let fixture = try prepared()
        for route in RouteTable.routes where !route.isPublic {
            for role in Self.signingRoles {
                let response = try await ask(route, fixture) { target, body in
                    try fixture.headers(role, route.method, target, body: body, signer: fixture.ledger.headSigner(9))
                }
                try expect(response, 401, "signature-invalid", route)
            }
        }
        #expect(fixture.services.calls.isEmpty)
    }

    @Test func aSignatureIsForOneRequestAlone() async throws {
        let fixture = try prepared()
        for route in RouteTable.routes where !route.isPublic {
            let wrong: [(String, String, [UInt8], DepartmentID)] = [
                ("PUT", "", [], LedgerFixture.market), ("", "/v1/other", [], LedgerFixture.market),
                ("", "", [9, 9], LedgerFixture.market), ("", "", [], LedgerFixture.police),
            ]
            for (method, otherTarget, extra, gateway) in wrong {
                let response = try await ask(route, fixture) { target, body in
                    try fixture.headers(
                        .clerk,
                        method.isEmpty ? route.method : method,
                        otherTarget.isEmpty ? target : otherTarget,
                        body: body + extra,
                        gateway: gateway
                    )
                }
                try expect(response, 401, "signature-invalid", route)
            }
        }
    }

    /// The window is 60 seconds back and 5 ahead; both ends are inside.
    @Test(arguments: [(-60_001, false), (-60_000, true), (0, true), (5_000, true), (5_001, false)])
    func timesOutsideTheWindowAreRefused(offsetMilliseconds: Int64, isInside: Bool) async throws {
        let fixture = try prepared()
        fixture.clock.advance(milliseconds: 300_000)
        let now = Int64(fixture.clock.now.milliseconds)
        for route in RouteTable.routes where !route.isPublic {
            for role in Self.signingRoles {
                let response = try await ask(route, fixture) { target, body in
                    try fixture.headers(
                        role,
                        route.method,
                        target,
                        body: body,
                        time: Timestamp(UInt64(now + offsetMilliseconds))
                    )
                }
                if isInside {
                    #expect(response.status.code != 401)
                } else {
                    try expect(response, 401, "authentication-expired", route)
                }
            }
        }
    }

    /// What an earlier run may have taken is refused, up to the last time that its clock let it take.
    @Test(arguments: [(-1, false), (0, false), (5_000, false), (5_001, true)])
    func aRequestThatAnEarlierRunMayHaveTakenIsRefused(offsetMilliseconds: Int64, isTaken: Bool) async throws {
        let fixture = try prepared()
        for route in RouteTable.routes where !route.isPublic {
            for role in route.roles {
                let response = try await ask(route, fixture) { target, body in
                    let time = Timestamp(UInt64(Int64(fixture.start.milliseconds) + offsetMilliseconds))
                    return try fixture.headers(role, route.method, target, body: body, time: time)
                }
                if isTaken {
                    #expect(response.status.code == RouteSample.sample(route, fixture).status)
                } else {
                    try expect(response, 503, "not-ready", route)
                    #expect(response.headers[.retryAfter] != nil)
                }
            }
        }
    }

    @Test func aRepeatedRequestIsRefused() async throws {
        let fixture = try prepared()
        for route in RouteTable.routes where !route.isPublic {
            for role in route.roles {
                let sample = RouteSample.sample(route, fixture)
                var headers = try fixture.headers(role, route.method, sample.target, body: sample.body ?? [])
                if let type = sample.contentType { headers[.contentType] = type }
                let first = try await fixture.ask(route.method, sample.target, headers: headers, body: sample.body)
                #expect(first.status.code == sample.status)
                let second = try await fixture.ask(route.method, sample.target, headers: headers, body: sample.body)
                try expect(second, 401, "authentication-repeated", route)
            }
        }
    }

    @Test func anotherRoleIsRefused() async throws {
        let fixture = try prepared()
        for route in RouteTable.routes where !route.isPublic {
            for role in Self.signingRoles where !route.roles.contains(role) {
                let response = try await ask(route, fixture) { target, body in
                    try fixture.headers(role, route.method, target, body: body)
                }
                try expect(response, 403, "role-not-allowed", route)
            }
        }
        #expect(fixture.services.calls.isEmpty)
    }

    @Test func otherMethodsAreRefusedWithTheRightOnes() async throws {
        let fixture = try prepared()
        for path in Set(RouteTable.routes.map(\.path)) {
            let known = Set(RouteTable.routes.filter { $0.path == path }.map(\.method))
            let route = try #require(RouteTable.routes.first { $0.path == path })
            let target = RouteSample.sample(route, fixture).target
            for method in ["GET", "POST", "PUT", "DELETE", "PATCH"] where !known.contains(method) {
                let response = try await fixture.ask(method, target)
                try expect(response, 405, "method-not-allowed", route)
                #expect(Set((response.headers[.allow] ?? "").split(separator: ", ").map(String.init)) == known)
            }
        }
    }

    @Test func encryptedRoutesAnswerOverPlainHTTPToNoOneElse() async throws {
        let fixture = try prepared()
        for route in RouteTable.routes where route.listener != .any {
            let sample = RouteSample.sample(route, fixture)
            let response = try await fixture.ask(
                route.method,
                sample.target,
                body: sample.body,
                isEncrypted: false
            )
            try expect(response, 403, "encryption-required", route)
        }
    }

    @Test func theDocumentNamesEveryRouteAndNoOther() async throws {
        let response = try await prepared().ask("GET", "/openapi.yaml")
        var documented: Set<String> = []
        var path = ""
        var isInPaths = false
        for line in String(buffer: response.body).split(separator: "\n") {
            if !line.hasPrefix(" ") { isInPaths = line == "paths:" }
            guard isInPaths else { continue }
            let name = line.drop { $0 == " " }.dropLast().trimmingCharacters(in: ["\""])
            if line.hasPrefix("  "), !line.hasPrefix("   ") { path = name }
            if line.hasPrefix("    "), !line.hasPrefix("     ") { documented.insert("\(name.uppercased()) \(path)") }
        }
        #expect(documented == Set(RouteTable.routes.map { "\($0.method) \($0.path)" }))
    }

    @Test(.enabled(if: OpenAPIValidator.isPresent, "openapi-spec-validator is not installed"))
    func anIndependentValidatorAcceptsTheDocument() async throws {
        let response = try await prepared().ask("GET", "/openapi.yaml")
        #expect(try OpenAPIValidator.accepts(Array(response.body.readableBytesView)))
    }
}

/// The `openapi-spec-validator` of PyPI.
enum OpenAPIValidator {
    static var isPresent: Bool {
        do {
            return try run(["python3", "-c", "import openapi_spec_validator"]) == 0
        } catch {
            return false
        }
    }

    static func accepts(_ document: [UInt8]) throws -> Bool {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("openapi-\(UUID().uuidString).yaml")
        try Data(document).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try run(["python3", "-m", "openapi_spec_validator", file.path]) == 0
    }

    private static func run(_ arguments: [String]) throws -> Int32 {
        let command = Process()
        command.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        command.arguments = arguments
        command.standardOutput = FileHandle.nullDevice
        command.standardError = FileHandle.nullDevice
        try command.run()
        command.waitUntilExit()
        return command.terminationStatus
    }
}
