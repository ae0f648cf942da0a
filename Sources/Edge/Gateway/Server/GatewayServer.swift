import HTTPTypes
package import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
import NIOCore
import NIOSSL
package import Ports
package import Primitives
import ServiceLifecycle

/// A department's gateway: plain HTTP and HTTPS in front of one node.
///
/// `run` listens until its task is cancelled or its service group shuts down gracefully; then no connection is taken any more,
/// and requests that are being answered are answered.
package struct GatewayServer: Service {
    package let core: GatewayCore
    private let identity: TLSConfiguration
    private let onListening: @Sendable (_ port: Int, _ encryptedPort: Int) async -> Void

    /// - Parameters:
    ///   - archive: The final ledger, read only.
    ///   - clock: Civil time.
    ///   - onListening: Called once with both ports when both listeners are bound.
    /// - Throws: `GatewaySetUpError`.
    package init(
        configuration: GatewayConfiguration,
        gate: any LedgerGate,
        archive: any LedgerArchive,
        services: any DepartmentServices,
        suite: Suite,
        genesisBytes: [UInt8],
        clock: @escaping @Sendable () -> Timestamp,
        logger: Logger,
        onListening: @escaping @Sendable (_ port: Int, _ encryptedPort: Int) async -> Void = { _, _ in }
    ) throws(GatewaySetUpError) {
        core = try GatewayCore(
            configuration: configuration,
            gate: gate,
            archive: archive,
            services: services,
            suite: suite,
            genesisBytes: genesisBytes,
            clock: clock,
            logger: logger
        )
        identity = try Self.identity(configuration)
        self.onListening = onListening
    }

    /// - Throws: `ListenError` where a port cannot be had.
    package func run() async throws {
        let ports = BoundPorts(onBoth: onListening)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    try listener(isEncrypted: false) { await ports.bound($0, isEncrypted: false) },
                    try listener(isEncrypted: true) { await ports.bound($0, isEncrypted: true) },
                ],
                logger: core.logger
            )
        )
        try await group.run()
    }

    private func listener(
        isEncrypted: Bool,
        onListening: @escaping @Sendable (Int) async -> Void
    ) throws -> Listener {
        Listener(
            application: try application(isEncrypted: isEncrypted, onListening: onListening),
            host: core.configuration.host,
            port: port(isEncrypted: isEncrypted)
        )
    }

    private func port(isEncrypted: Bool) -> Int {
        isEncrypted ? core.configuration.encryptedPort : core.configuration.port
    }

    /// One listener as an application; tests ask it without a socket.
    package func application(
        isEncrypted: Bool,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) throws -> Application<GatewayResponder> {
        let limits = core.configuration.limits
        let channel = HTTPServerBuilder.http1(
            configuration: HTTP1Channel.Configuration(
                additionalChannelHandlers: [SlowPeerHandler(limits: limits)],
                httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
                    maxHeaderFieldSize: limits.headerFieldBytesMax,
                    maxHeaderListSize: limits.headerBytesMax,
                    maxHeaderFieldCount: limits.headerCountMax
                )
            )
        )
        return Application(
            responder: GatewayResponder(core: core, isEncrypted: isEncrypted),
            server: isEncrypted ? try .tls(channel, tlsConfiguration: identity) : channel,
            configuration: ApplicationConfiguration(
                address: .hostname(core.configuration.host, port: port(isEncrypted: isEncrypted)),
                availableConnectionsDelegate: .maximum(limits.connectionsMax, logger: core.logger)
            ),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? 0) },
            logger: core.logger
        )
    }

    /// TLS 1.3 alone, with the node's own certificate: callers pin its digest, so no chain leads to it.
    private static func identity(_ configuration: GatewayConfiguration) throws(GatewaySetUpError) -> TLSConfiguration {
        do {
            let certificates = try NIOSSLCertificate.fromPEMBytes(Array(configuration.certificatePEM.utf8))
            let key = try NIOSSLPrivateKey(bytes: Array(configuration.privateKeyPEM.utf8), format: .pem)
            var identity = TLSConfiguration.makeServerConfiguration(
                certificateChain: certificates.map { .certificate($0) },
                privateKey: .privateKey(key)
            )
            identity.minimumTLSVersion = .tlsv13
            identity.applicationProtocols = ["http/1.1"]
            return identity
        } catch {
            throw .identityMalformed(reason: "\(error)")
        }
    }
}

/// A port that cannot be listened on.
package struct ListenError: Error, Equatable, Sendable {
    package let host: String
    package let port: Int
    /// In the system's words.
    package let reason: String
}

/// One listener, which says which port it could not have.
private struct Listener: Service {
    let application: Application<GatewayResponder>
    let host: String
    let port: Int

    func run() async throws {
        do {
            try await application.run()
        } catch let error as IOError {
            throw ListenError(host: host, port: port, reason: error.description)
        }
    }
}

/// Waits until both listeners are bound.
private actor BoundPorts {
    private var port: Int?
    private var encryptedPort: Int?
    private let onBoth: @Sendable (Int, Int) async -> Void

    init(onBoth: @escaping @Sendable (Int, Int) async -> Void) { self.onBoth = onBoth }

    func bound(_ number: Int, isEncrypted: Bool) async {
        if isEncrypted { encryptedPort = number } else { port = number }
        if let port, let encryptedPort { await onBoth(port, encryptedPort) }
    }
}
