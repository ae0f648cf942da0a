import NIOCore
import NIOPosix
import NIOSSL
import Ports
import Primitives
import Synchronization
import Transport

/// A connection made by hand, which keeps to no rule but those that its test asks for.
final class HostileClient: Sendable {
    enum Security {
        /// No TLS at all.
        case plain
        /// TLS with this certificate, or without one.
        case tls(TestIdentity?)
        /// TLS 1.2 at most.
        case oldTLS(TestIdentity)
    }

    private final class Listener: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let byteCount = Mutex(0)

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let count = Self.unwrapInboundIn(data).readableBytes
            byteCount.withLock { $0 += count }
        }

        /// Failures show as the end of the channel.
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    private let channel: any Channel
    private let listener: Listener

    /// Bytes that the other side sent.
    var receivedByteCount: Int { listener.byteCount.withLock { $0 } }
    var isClosed: Bool { !channel.isActive }

    init(_ address: LinkAddress, _ security: Security) async throws {
        let listener = Listener()
        self.listener = listener
        let context: NIOSSLContext?
        switch security {
        case .plain: context = nil
        case .tls(let identity): context = try Self.context(identity, versionMax: .tlsv13)
        case .oldTLS(let identity): context = try Self.context(identity, versionMax: .tlsv12)
        }
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        let handler = try NIOSSLClientHandler(context: context, serverHostname: nil)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try channel.pipeline.syncOperations.addHandler(listener)
                }
            }
            .connect(host: address.host, port: Int(address.port))
            .get()
    }

    private static func context(_ identity: TestIdentity?, versionMax: TLSVersion) throws -> NIOSSLContext {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = .none
        tls.maximumTLSVersion = versionMax
        if let identity {
            let chain = try NIOSSLCertificate.fromPEMBytes(Array(identity.certificatePEM.utf8))
            tls.certificateChain = chain.map { .certificate($0) }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: Array(identity.privateKeyPEM.utf8), format: .pem))
        }
        return try NIOSSLContext(configuration: tls)
    }

    /// Sends bytes as they are. What a closed connection does not take is lost.
    func send(_ bytes: [UInt8]) { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }

    func sendHello(as identifier: UInt16, version: UInt16 = LinkHello.currentVersion) {
        let hello = LinkHello(version: version, network: TCPWorld.network, identifier: NodeID(identifier))
        send(Self.frame(LinkControl.hello(hello).canonicalBytes, isControl: true))
    }

    static func frame(_ body: [UInt8], isControl: Bool = false) -> [UInt8] {
        var buffer = ByteBuffer()
        buffer.writeFrame(body, isControl: isControl)
        return Array(buffer.readableBytesView)
    }

    func stopReading() async throws { try await channel.setOption(.autoRead, value: false).get() }

    func close() async {
        // It may be closed already.
        try? await channel.close()
    }
}
