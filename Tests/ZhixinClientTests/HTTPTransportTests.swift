import Cryptography
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Primitives
import Testing
import ZhixinClient

/// The real transport against a real listener on this machine.
@Suite(.serialized) struct HTTPTransportTests {
    private let request = NodeRequest(
        method: "POST",
        target: "/echo?x=1",
        headers: [NodeRequest.Header("zhixin-caller", "clerk:a")],
        body: Array("hello".utf8),
        answerBytesMax: 64,
        timeoutMilliseconds: 5000
    )

    @Test func requestArrivesAsItWasWritten() async throws {
        try await EchoServer.with(identity: nil) { address in
            let answer = try await HTTPTransport.with(address) { try await $0.send(request) }
            #expect(answer.status == 200 && answer.contentType == "text/plain")
            #expect(String(decoding: answer.body, as: UTF8.self) == "POST /echo?x=1 clerk:a hello")
        }
    }

    @Test func answerOverTheLimitIsRefused() async throws {
        try await EchoServer.with(identity: nil) { address in
            var small = request
            small.answerBytesMax = 28
            let whole = try await HTTPTransport.with(address) { [small] in try await $0.send(small) }
            #expect(whole.body.count == 28)
            small.answerBytesMax = 27
            await #expect(throws: TransportError.answerTooLong(limit: 27)) {
                try await HTTPTransport.with(address) { [small] in try await $0.send(small) }
            }
        }
    }

    @Test func nobodyListeningIsAConnectionError() async throws {
        let address = NodeAddress(isSecure: false, host: "127.0.0.1", port: 1)
        let error = await #expect(throws: TransportError.self) {
            try await HTTPTransport.with(address) { try await $0.send(request) }
        }
        guard case .connection? = error else {
            Issue.record("\(String(describing: error)) is no connection error")
            return
        }
    }

    @Test(arguments: [true, false]) func pinnedCertificateIsAccepted(_ byDigest: Bool) async throws {
        let identity = try LinkIdentity.generate(nodeName: "police", now: ClientClock.civil)
        try await EchoServer.with(identity: identity) { address in
            let pin: CertificatePin =
                byDigest ? .digest(identity.certificateDigest) : .certificate(pem: identity.certificatePEM)
            let answer = try await HTTPTransport.with(address, pin: pin) { try await $0.send(request) }
            #expect(answer.status == 200)
        }
    }

    @Test func otherCertificateThanThePinnedOneIsRefused() async throws {
        let identity = try LinkIdentity.generate(nodeName: "police", now: ClientClock.civil)
        let other = try LinkIdentity.generate(nodeName: "police", now: ClientClock.civil)
        try await EchoServer.with(identity: identity) { address in
            await #expect(
                throws: ClientError.transport(.certificateNotPinned, address: address.description)
            ) {
                try await HTTPTransport.with(address, pin: .digest(other.certificateDigest)) {
                    try await $0.send(request)
                }
            }
            await #expect(throws: TransportError.certificateNotPinned) {
                try await HTTPTransport.with(address, pin: .certificate(pem: other.certificatePEM)) {
                    try await $0.send(request)
                }
            }
        }
    }
}

/// Answers every request with its method, target, caller and body.
private enum EchoServer {
    static func with(identity: LinkIdentity?, _ body: (NodeAddress) async throws -> Void) async throws {
        let tls = try identity.map { identity in
            try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: [
                        .certificate(try NIOSSLCertificate(bytes: Array(identity.certificatePEM.utf8), format: .pem))
                    ],
                    privateKey: .privateKey(
                        try NIOSSLPrivateKey(bytes: Array(identity.privateKeyPEM.utf8), format: .pem)
                    )
                )
            )
        }
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(EchoHandler())
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        defer { channel.close(promise: nil) }
        let port = try #require(channel.localAddress?.port)
        try await body(NodeAddress(isSecure: identity != nil, host: "127.0.0.1", port: port))
    }
}

private final class EchoHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private var text = ""

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            text = "\(head.method) \(head.uri) \(head.headers.first(name: "zhixin-caller") ?? "-") "
        case .body(let buffer): text += String(buffer: buffer)
        case .end:
            let body = ByteBuffer(string: text)
            let headers: HTTPHeaders = [
                "content-length": String(body.readableBytes), "content-type": "text/plain; charset=utf-8",
            ]
            context.write(
                wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .ok, headers: headers))),
                promise: nil
            )
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
