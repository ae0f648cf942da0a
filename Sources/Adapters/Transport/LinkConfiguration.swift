package import Logging
import Ports
package import Primitives

/// Where a node listens: a host name or IP address, and a TCP port.
package struct LinkAddress: Hashable, Sendable, CustomStringConvertible {
    package let host: String
    package let port: UInt16

    package init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    package var description: String { "\(host):\(port)" }
}

/// A node that this one keeps a link to.
package struct LinkPeer: Hashable, Sendable {
    package let identifier: NodeID
    package let address: LinkAddress
    /// SHA-256 of the DER form of each certificate that proves to be this peer: one, or an old and a new one while they
    /// overlap.
    package let certificateDigests: [Digest]

    package init(identifier: NodeID, address: LinkAddress, certificateDigests: [Digest]) {
        self.identifier = identifier
        self.address = address
        self.certificateDigests = certificateDigests
    }
}

/// Limits of links in time and number. Over one of them something is dropped and counted; nothing grows.
package struct LinkSettings: Hashable, Sendable {
    /// For TLS and hello together, and for the TCP connection before them.
    package var handshakeTimeoutMilliseconds: UInt64 = 5_000
    /// A ping is sent when nothing was for this long.
    package var pingAfterMilliseconds: UInt64 = 5_000
    /// A link ends when nothing was heard, or nothing could be written, for this long.
    package var silenceMaxMilliseconds: UInt64 = 15_000
    /// The wait before the first attempt to dial again; it doubles with each failure.
    package var redialMinMilliseconds: UInt64 = 100
    package var redialMaxMilliseconds: UInt64 = 5_000
    /// How long a dropped peer gets no link; it doubles with each time.
    package var banMinMilliseconds: UInt64 = 1_000
    package var banMaxMilliseconds: UInt64 = 60_000
    /// How soon an event is offered again after the sink said "not now".
    package var offerAgainMilliseconds: UInt64 = 2
    /// Bytes of one frame.
    package var frameBytesMax = Limits.frameBytesMax
    /// Frames and bytes that may wait for one peer. One mebibyte more may be on its way through TLS.
    package var queueFramesMax = 65_536
    package var queueBytesMax = 16 * 1024 * 1024
    /// Accepted connections that have not said who they are; beyond it the oldest makes room.
    package var unauthenticatedMax = 64
    /// The same for one remote address. Above the number of nodes that may share a machine in tests.
    package var unauthenticatedPerAddressMax = 32
    /// Connections accepted in a second: each costs the processor a signature and a key agreement.
    package var acceptedPerSecondMax = 200

    package init() {}
}

/// What a `PeerLinkManager` is made of.
package struct LinkConfiguration: Sendable {
    package let ownIdentifier: NodeID
    /// Port 0 takes a free one.
    package let listen: LinkAddress
    /// PEM. The first certificate is the node's own, the one that peers pin.
    package let certificateChainPEM: String
    /// PEM.
    package let privateKeyPEM: String
    package let peers: [LinkPeer]
    /// The digest of the network's genesis.
    package let network: Digest
    /// SHA-256, whatever the network's suite is.
    package let certificateDigestFunction: any DigestFunction
    /// Civil time, to tell whether a certificate has expired.
    package let now: @Sendable () -> Timestamp
    package let logger: Logger
    package var settings = LinkSettings()
    /// What the hello says; another one only to test that it is refused.
    package var protocolVersion = LinkHello.currentVersion

    package init(
        ownIdentifier: NodeID,
        listen: LinkAddress,
        certificateChainPEM: String,
        privateKeyPEM: String,
        peers: [LinkPeer],
        network: Digest,
        certificateDigestFunction: any DigestFunction,
        now: @escaping @Sendable () -> Timestamp,
        logger: Logger
    ) {
        self.ownIdentifier = ownIdentifier
        self.listen = listen
        self.certificateChainPEM = certificateChainPEM
        self.privateKeyPEM = privateKeyPEM
        self.peers = peers
        self.network = network
        self.certificateDigestFunction = certificateDigestFunction
        self.now = now
        self.logger = logger
    }
}

/// Why there are no links at all.
package enum LinkError: Error, Hashable, Sendable {
    /// The certificate chain is not PEM, or empty.
    case certificateUnreadable
    /// The private key is not PEM, or not the certificate's.
    case privateKeyUnusable(reason: String)
    /// The peers name this node or name a peer twice.
    case peerRepeated(NodeID)
    /// The peer has no certificate.
    case peerWithoutCertificate(NodeID)
    /// Two peers have this certificate.
    case certificateShared(Digest)
    /// The address cannot be listened at.
    case cannotListen(LinkAddress, reason: String)
}
