import Cryptography
import NIOCore
import NIOPosix
package import NIOSSL
package import Primitives

/// The one certificate that a node may show.
///
/// Nodes' certificates are self-signed, so no authority vouches for them: their digest stands in the peers' configuration.
package enum CertificatePin: Hashable, Sendable {
    /// The certificate itself, in PEM.
    case certificate(pem: String)
    /// SHA-256 of its DER form. The certificate is asked for once, in a handshake that carries nothing, and held to the digest.
    case digest(Digest)

    /// A configuration under which a connection to any other certificate's holder fails.
    ///
    /// The certificate is the only root of trust and, not being an authority, vouches for itself alone; names do not matter.
    package func clientConfiguration(for address: NodeAddress) async throws(TransportError) -> TLSConfiguration {
        let certificate: NIOSSLCertificate
        switch self {
        case .certificate(let pem):
            do {
                certificate = try NIOSSLCertificate(bytes: Array(pem.utf8), format: .pem)
            } catch {
                throw .connection(reason: "the pinned certificate cannot be read")
            }
        case .digest(let digest):
            certificate = try await CertificateProbe(address: address, expected: digest).certificate()
        }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv13
        configuration.trustRoots = .certificates([certificate])
        configuration.certificateVerification = .noHostnameVerification
        return configuration
    }
}

/// Asks a node for its certificate and keeps it only if it has the expected digest.
private struct CertificateProbe {
    let address: NodeAddress
    let expected: Digest

    func certificate() async throws(TransportError) -> NIOSSLCertificate {
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let shown = loop.makePromise(of: NIOSSLCertificate.self)
        let expected = expected
        do {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = .tlsv13
            configuration.certificateVerification = .noHostnameVerification
            let context = try NIOSSLContext(configuration: configuration)
            let bootstrap = ClientBootstrap(group: loop)
                .connectTimeout(.seconds(5))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handler = try NIOSSLClientHandler(
                            context: context,
                            serverHostname: nil,
                            customVerificationCallback: { certificates, verdict in
                                let leaf = certificates.first
                                let der = leaf.flatMap { try? $0.toDERBytes() } ?? []
                                if let leaf, LinkIdentity.certificateDigest(der: der) == expected {
                                    shown.succeed(leaf)
                                    verdict.succeed(.certificateVerified)
                                } else {
                                    shown.fail(TransportError.certificateNotPinned)
                                    verdict.succeed(.failed)
                                }
                            }
                        )
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                }
            let channel = try await bootstrap.connect(host: address.host, port: address.port).get()
            let deadline = loop.scheduleTask(in: .seconds(10)) { shown.fail(TransportError.timeout) }
            channel.closeFuture.whenComplete { _ in
                shown.fail(TransportError.connection(reason: "closed in the handshake"))
            }
            defer {
                deadline.cancel()
                channel.close(promise: nil)
            }
            return try await shown.futureResult.get()
        } catch let error as TransportError {
            throw error
        } catch {
            // The promise may be unfulfilled where no connection came about.
            shown.fail(error)
            throw .connection(reason: "\(error)")
        }
    }
}
