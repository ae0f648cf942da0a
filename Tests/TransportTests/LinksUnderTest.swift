import Glibc
import Logging
import Ports
import Primitives
import TestKit
import Testing
import Transport

/// The two implementations of `PeerLinks`: TCP with TLS on loopback, and the in-memory twin.
enum LinksUnderTest: String, CaseIterable, CustomTestStringConvertible {
    case tcp
    case memory

    var testDescription: String { rawValue }

    func make(nodes: Int) throws -> any LinksWorld {
        switch self {
        case .tcp: try TCPWorld(nodes: nodes)
        case .memory: MemoryWorld(nodes: nodes)
        }
    }
}

/// Nodes 0 to n − 1 that all know each other; each may run or not.
protocol LinksWorld: Sendable {
    func makeLinks(_ identifier: NodeID) throws -> any PeerLinks
}

extension LinksWorld {
    /// Starts a node; it runs until `stop`.
    func start(_ identifier: UInt16) throws -> TestNode {
        TestNode(try makeLinks(NodeID(identifier)))
    }
}

/// A node that runs.
struct TestNode: Sendable {
    let links: any PeerLinks
    let log = EventLog()
    private let running: Task<Void, any Error>

    init(_ links: any PeerLinks) {
        self.links = links
        links.deliver(to: log.take)
        running = Task { try await links.run() }
    }

    func isConnected(to peer: UInt16) async -> Bool { await log.event(.connected(NodeID(peer))) }

    func stop() async throws {
        links.stop()
        try await running.value
    }

    /// Ends the node's task, as a service's shutdown may do.
    func cancel() async throws {
        running.cancel()
        try await running.value
    }
}

/// Nodes on loopback.
struct TCPWorld: LinksWorld {
    static let network = ReferenceSHA256().digest(Array("test network".utf8))

    var peers: [LinkPeer]
    var identities: [TestIdentity]
    var settings = LinkSettings()
    var network = TCPWorld.network
    var protocolVersion = LinkHello.currentVersion
    var now = Timestamp(seconds: 0)

    init(nodes: Int) throws {
        identities = Array(TestIdentity.all[0..<nodes])
        peers = try identities.enumerated().map { number, identity in
            LinkPeer(
                identifier: NodeID(UInt16(number)),
                address: LinkAddress(host: "127.0.0.1", port: try freePort()),
                certificateDigests: [identity.digest]
            )
        }
    }

    func configuration(_ identifier: NodeID) -> LinkConfiguration {
        let own = Int(identifier.rawValue)
        var configuration = LinkConfiguration(
            ownIdentifier: identifier,
            listen: peers[own].address,
            certificateChainPEM: identities[own].certificatePEM,
            privateKeyPEM: identities[own].privateKeyPEM,
            peers: peers.filter { $0.identifier != identifier },
            network: network,
            certificateDigestFunction: ReferenceSHA256(),
            now: { [now] in now },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        configuration.settings = settings
        configuration.protocolVersion = protocolVersion
        return configuration
    }

    func makeLinks(_ identifier: NodeID) throws -> any PeerLinks {
        try PeerLinkManager(configuration: configuration(identifier))
    }
}

private struct MemoryWorld: LinksWorld {
    let nodes: Int
    let network = InMemoryLinkNetwork()

    func makeLinks(_ identifier: NodeID) -> any PeerLinks {
        let peers = (0..<UInt16(nodes)).map(NodeID.init).filter { $0 != identifier }
        return InMemoryPeerLinks(identifier: identifier, peers: peers, network: network)
    }

    init(nodes: Int) { self.nodes = nodes }
}

struct SystemFailure: Error {
    let code: Int32
}

/// A port of loopback that nobody uses now.
func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw SystemFailure(code: errno) }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
            bind(descriptor, pointer, length) == 0 ? getsockname(descriptor, pointer, &length) : -1
        }
    }
    guard result == 0 else { throw SystemFailure(code: errno) }
    return UInt16(bigEndian: address.sin_port)
}
