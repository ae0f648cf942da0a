import NIOSSL
import Ports
import Primitives

/// Who proved to be at the other end.
struct LinkCertificate: Sendable {
    let peer: NodeID
    /// When its certificate ceases to be valid.
    let expiry: Timestamp
}

/// Tells peers by their pinned certificates, and holds both sides' TLS 1.3 set-up.
///
/// A certificate counts when its digest is pinned; no authority, name or date is asked. TLS itself proves that the other
/// side has the certificate's key.
struct LinkAuthenticator: Sendable {
    let serverContext: NIOSSLContext
    let clientContext: NIOSSLContext
    /// When this node's own certificate ceases to be valid.
    let ownExpiry: Timestamp
    private let peers: [Digest: NodeID]
    private let digestFunction: any DigestFunction

    init(_ configuration: LinkConfiguration) throws(LinkError) {
        peers = try Self.pinned(configuration)
        digestFunction = configuration.certificateDigestFunction
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMBytes(Array(configuration.certificateChainPEM.utf8))
        } catch {
            throw .certificateUnreadable
        }
        guard let own = chain.first else { throw .certificateUnreadable }
        ownExpiry = Self.expiry(of: own)
        do {
            let key = try NIOSSLPrivateKey(bytes: Array(configuration.privateKeyPEM.utf8), format: .pem)
            serverContext = try NIOSSLContext(configuration: Self.server(chain: chain, key: key))
            clientContext = try NIOSSLContext(configuration: Self.client(chain: chain, key: key))
        } catch {
            throw .privateKeyUnusable(reason: "\(error)")
        }
    }

    /// The peer whose certificate stands first in `chain`, or nil.
    func identify(_ chain: [NIOSSLCertificate]) -> LinkCertificate? {
        guard let leaf = chain.first else { return nil }
        do {
            guard let peer = peers[digestFunction.digest(try leaf.toDERBytes())] else { return nil }
            return LinkCertificate(peer: peer, expiry: Self.expiry(of: leaf))
        } catch {
            return nil
        }
    }

    private static func pinned(_ configuration: LinkConfiguration) throws(LinkError) -> [Digest: NodeID] {
        var peers: [Digest: NodeID] = [:]
        var identifiers: Set = [configuration.ownIdentifier]
        for peer in configuration.peers {
            guard identifiers.insert(peer.identifier).inserted else { throw .peerRepeated(peer.identifier) }
            guard !peer.certificateDigests.isEmpty else { throw .peerWithoutCertificate(peer.identifier) }
            for digest in peer.certificateDigests {
                guard peers[digest] == nil else { throw .certificateShared(digest) }
                peers[digest] = peer.identifier
            }
        }
        return peers
    }

    private static func server(chain: [NIOSSLCertificate], key: NIOSSLPrivateKey) -> TLSConfiguration {
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        restrict(&tls)
        return tls
    }

    private static func client(chain: [NIOSSLCertificate], key: NIOSSLPrivateKey) -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateChain = chain.map { .certificate($0) }
        tls.privateKey = .privateKey(key)
        restrict(&tls)
        return tls
    }

    private static func restrict(_ tls: inout TLSConfiguration) {
        tls.minimumTLSVersion = .tlsv13
        tls.maximumTLSVersion = .tlsv13
        // Makes the server ask for a certificate. The pinned digests are the only roots there are.
        tls.certificateVerification = .noHostnameVerification
        tls.trustRoots = .certificates([])
    }

    private static func expiry(of certificate: NIOSSLCertificate) -> Timestamp {
        Timestamp(seconds: UInt64(max(0, Int64(certificate.notValidAfter))))
    }
}
