import Credentials
import Gateway
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import NIOPosix
import NIOSSL
import Ports
import Primitives
import TestKit
import Testing

/// What a hostile or slow caller can do, over real sockets.
@Suite(.serialized) struct LimitTests {
    /// Sends `pieces`, `pauseMilliseconds` before each but the first, and gives all that comes back until the server ends the
    /// connection or five seconds pass.
    private func exchange(
        port: Int,
        _ pieces: [String],
        pauseMilliseconds: Int = 0,
        isEncrypted: Bool = false
    ) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if isEncrypted {
                        var configuration = TLSConfiguration.makeClientConfiguration()
                        configuration.certificateVerification = .none
                        let context = try NIOSSLContext(configuration: configuration)
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: context, serverHostname: nil)
                        )
                    }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await withThrowingTaskGroup(of: String?.self) { group in
                group.addTask {
                    for (index, piece) in pieces.enumerated() {
                        if index > 0 { try await Task.sleep(for: .milliseconds(pauseMilliseconds)) }
                        // The server may have ended the connection; what it said is what counts.
                        do { try await outbound.write(ByteBuffer(string: piece)) } catch { break }
                    }
                    return nil
                }
                group.addTask {
                    var text = ""
                    do {
                        for try await buffer in inbound { text += String(buffer: buffer) }
                    } catch is IOError {
                        // Reset by the server: the connection ended.
                    }
                    return text
                }
                group.addTask {
                    try await Task.sleep(for: .seconds(5))
                    return "timed out"
                }
                while let result = try await group.next() {
                    if let result {
                        group.cancelAll()
                        return result
                    }
                }
                return ""
            }
        }
    }

    private func get(_ path: String, _ more: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(more)\r\n"
    }

    @Test func bothListenersAnswer() async throws {
        let fixture = try GatewayFixture()
        try await fixture.live { port, encryptedPort in
            let plain = try await exchange(port: port, [get("/healthz")])
            let encrypted = try await exchange(port: encryptedPort, [get("/healthz")], isEncrypted: true)
            #expect(plain.hasSuffix("ok\n"))
            #expect(encrypted.hasSuffix("ok\n"))
        }
    }

    @Test func confidentialRoutesAnswerThisMachineOverPlainHTTP() async throws {
        let fixture = try GatewayFixture()
        try await fixture.live { port, encryptedPort in
            let path = "/v1/cases/\(fixture.issued)"
            let local = try await exchange(port: port, [get(path)])
            #expect(local.contains("authentication-missing"))
            let encrypted = try await exchange(port: encryptedPort, [get(path)], isEncrypted: true)
            #expect(encrypted.contains("authentication-missing"))
            let release =
                "POST /v1/vault/releases HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
            let refused = try await exchange(port: port, [release])
            #expect(refused.contains("encryption-required"))
            let released = try await exchange(port: encryptedPort, [release], isEncrypted: true)
            #expect(released.contains("authentication-missing"))
        }
    }

    @Test func aSlowHeadEndsTheConnection() async throws {
        let fixture = try GatewayFixture { $0.limits.headTimeoutMilliseconds = 300 }
        try await fixture.live { port, _ in
            let pieces = ["GET /healthz HTTP/1.1\r\n"] + (0..<40).map { "X-\($0): 1\r\n" }
            let slow = try await exchange(port: port, pieces, pauseMilliseconds: 100)
            let silent = try await exchange(port: port, [""])
            #expect(slow == "")
            #expect(silent == "")
        }
    }

    @Test func aSlowBodyIsRefused() async throws {
        let fixture = try GatewayFixture { $0.limits.bodyTimeoutMilliseconds = 300 }
        try await fixture.live { port, _ in
            let head = "POST /v1/transactions HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
            let pieces = [head] + (0..<40).map { _ in "x" }
            let answer = try await exchange(port: port, pieces, pauseMilliseconds: 100)
            #expect(answer.hasPrefix("HTTP/1.1 408 "))
            #expect(answer.contains("body-too-slow"))
        }
    }

    /// A signed request whose last byte is held back until its time has passed is not taken again.
    @Test func aRequestThatCameInPiecesIsRefusedWhenItsTimeHasPassed() async throws {
        let fixture = try GatewayFixture()
        let target = "/v1/certificates/\(fixture.issued)/status"
        let body = #"{"status":"suspended"}"#
        let fields = try fixture.headers(.clerk, "POST", target, body: Array(body.utf8))
        let head =
            "POST \(target) HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n"
            + fields.map { "\($0.name.rawName): \($0.value)\r\n" }.joined() + "\r\n"
        try await fixture.live { port, _ in
            let first = try await exchange(port: port, [head + body])
            #expect(first.hasPrefix("HTTP/1.1 200 "))
            // Into the last second of the window: the head is taken, the body comes when the minute of its nonce is over.
            fixture.clock.advance(milliseconds: 59_000)
            async let second = exchange(
                port: port,
                [head + body.dropLast(), String(body.suffix(1))],
                pauseMilliseconds: 1_500
            )
            try await Task.sleep(for: .milliseconds(500))
            fixture.clock.advance(milliseconds: 122_000)
            let refused = try await second
            #expect(refused.contains("authentication-expired"))
        }
        #expect(fixture.services.calls.count == 1)
    }

    /// A length over the limit is refused before the body comes; a body without a length when it goes over.
    @Test func aLargeBodyIsRefused() async throws {
        let fixture = try GatewayFixture { $0.limits.bodyTimeoutMilliseconds = 500 }
        try await fixture.live { port, _ in
            let head = "POST /v1/verifications HTTP/1.1\r\nHost: x\r\n"
            let declared = try await exchange(port: port, [head + "Content-Length: 102401\r\n\r\n"])
            #expect(declared.hasPrefix("HTTP/1.1 413 "))
            let chunk = "10000\r\n" + String(repeating: " ", count: 0x10000) + "\r\n"
            let chunked = try await exchange(
                port: port,
                [head + "Transfer-Encoding: chunked\r\n\r\n", chunk, chunk, chunk],
                pauseMilliseconds: 20
            )
            #expect(chunked.hasPrefix("HTTP/1.1 413 "))
            let withBody = try await exchange(port: port, [get("/healthz", "Content-Length: 1\r\n") + "1"])
            #expect(withBody.hasPrefix("HTTP/1.1 413 "))
        }
        #expect(fixture.gate.submitted.isEmpty)
    }

    @Test func largeAndManyHeadersAreRefused() async throws {
        let fixture = try GatewayFixture()
        try await fixture.live { port, _ in
            let allowed = try await exchange(
                port: port,
                [get("/healthz", "X: \(String(repeating: "a", count: 7_000))\r\n")]
            )
            #expect(allowed.hasSuffix("ok\n"))
            let large = try await exchange(
                port: port,
                [get("/healthz", "X: \(String(repeating: "a", count: 9_000))\r\n")]
            )
            #expect(large.hasPrefix("HTTP/1.1 4"))
            let many = (0..<70).map { "X-\($0): 1\r\n" }.joined()
            let refused = try await exchange(port: port, [get("/healthz", many)])
            #expect(refused.hasPrefix("HTTP/1.1 4"))
        }
    }

    @Test func tooManyRequestsAtOnceAreRefused() async throws {
        let fixture = try GatewayFixture { $0.limits.requestsInFlightMax = 2 }
        fixture.services.slowDown()
        try await fixture.live { port, _ in
            let path = "/v1/requests/\(fixture.issued)"
            let answers = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<6 { group.addTask { try await exchange(port: port, [get(path)]) } }
                return try await group.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(answers.filter { $0.hasPrefix("HTTP/1.1 200 ") }.count >= 2)
            let refused = answers.filter { $0.hasPrefix("HTTP/1.1 503 ") }
            #expect(!refused.isEmpty)
            #expect(refused.allSatisfy { $0.lowercased().contains("retry-after: 1") && $0.contains("overloaded") })
            // The places were given back.
            let after = try await exchange(port: port, [get("/healthz")])
            #expect(after.hasSuffix("ok\n"))
        }
    }

    @Test func bodiesThatAreHeldAtOnceAreLimited() async throws {
        let fixture = try GatewayFixture { $0.limits.bodyBytesHeldMax = 1_000 }
        try await fixture.live { port, _ in
            let head = "POST /v1/transactions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            let over = head + "Content-Length: 1001\r\n\r\n" + String(repeating: "x", count: 1001)
            let refused = try await exchange(port: port, [over])
            #expect(refused.contains("overloaded"))
            let within = head + "Content-Length: 1000\r\n\r\n" + String(repeating: "x", count: 1000)
            let first = try await exchange(port: port, [within])
            #expect(first.contains("ledger-busy"))
            let second = try await exchange(port: port, [within])
            #expect(second.contains("ledger-busy"))
        }
    }

    @Test func connectionsOverTheLimitWait() async throws {
        let fixture = try GatewayFixture {
            $0.limits.connectionsMax = 1
            $0.limits.headTimeoutMilliseconds = 1_000
        }
        try await fixture.live { port, _ in
            async let idle = exchange(port: port, [""])
            try await Task.sleep(for: .milliseconds(200))
            let start = ContinuousClock.now
            let served = try await exchange(port: port, [get("/healthz")])
            #expect(served.hasSuffix("ok\n"))
            // It was served when the idle connection had been ended.
            #expect(ContinuousClock.now - start > .milliseconds(400))
            let last = try await idle
            #expect(last == "")
        }
    }
}
