import Ports
import Primitives
import TestKit
import Testing
import Transport

/// Connections that must not become links (failure case 19: who connects and says nothing must not exhaust a node).
@Suite(.serialized, .timeLimit(.minutes(3))) struct LinkRefusalTests {
    private let zero = NodeID(0)
    private let one = NodeID(1)

    private func refusals(_ node: TestNode, _ reason: LinkRefusal) -> UInt64 {
        node.links.statistics.refused[reason, default: 0]
    }

    private func expectNoLink(_ nodes: TestNode...) async throws {
        for node in nodes {
            #expect(node.links.statistics.connected == 0)
            try await node.stop()
        }
    }

    @Test func diallerWithAnUnknownCertificateIsRefused() async throws {
        let world = try TCPWorld(nodes: 2)
        var stranger = world
        stranger.identities[1] = TestIdentity.all[4]
        let nodes = (try world.start(0), try stranger.start(1))
        #expect(await holds { refusals(nodes.0, .certificateUnknown) > 0 })
        // Strangers make no events.
        #expect(nodes.0.log.events.isEmpty)
        try await expectNoLink(nodes.0, nodes.1)
    }

    @Test func listenerWithAnUnknownCertificateIsRefused() async throws {
        let world = try TCPWorld(nodes: 2)
        var stranger = world
        stranger.identities[0] = TestIdentity.all[4]
        let nodes = (try stranger.start(0), try world.start(1))
        #expect(await nodes.1.log.event(.refused(zero, .certificateUnknown)))
        try await expectNoLink(nodes.0, nodes.1)
    }

    @Test func listenerThatIsAnotherKnownPeerIsRefused() async throws {
        let world = try TCPWorld(nodes: 3)
        var moved = world
        let wrong = LinkPeer(
            identifier: zero,
            address: world.peers[1].address,
            certificateDigests: world.peers[0].certificateDigests
        )
        moved.peers[0] = wrong
        let nodes = (try world.start(1), try moved.start(2))
        #expect(await nodes.1.log.event(.refused(zero, .certificateUnknown)))
        #expect(await nodes.1.isConnected(to: 1))
        #expect(nodes.1.links.statistics.connected == 1)
        try await nodes.0.stop()
        try await nodes.1.stop()
    }

    @Test func otherNetworkIsRefusedByBothSides() async throws {
        let world = try TCPWorld(nodes: 2)
        var other = world
        other.network = ReferenceSHA256().digest(Array("another network".utf8))
        let nodes = (try world.start(0), try other.start(1))
        #expect(await nodes.0.log.event(.refused(one, .networkMismatch)))
        #expect(await nodes.1.log.event(.refused(zero, .networkMismatch)))
        try await expectNoLink(nodes.0, nodes.1)
    }

    @Test func otherVersionIsRefusedByBothSides() async throws {
        let world = try TCPWorld(nodes: 2)
        var other = world
        other.protocolVersion = LinkHello.currentVersion + 1
        let nodes = (try world.start(0), try other.start(1))
        #expect(await nodes.0.log.event(.refused(one, .versionMismatch)))
        #expect(await nodes.1.log.event(.refused(zero, .versionMismatch)))
        try await expectNoLink(nodes.0, nodes.1)
    }

    @Test func helloInAnotherNameIsRefused() async throws {
        let world = try TCPWorld(nodes: 3)
        let node = try world.start(0)
        let client = try await connect(to: node, world, .tls(world.identities[1]))
        client.sendHello(as: 2)
        #expect(await node.log.event(.refused(one, .identifierMismatch)))
        #expect(await holds { client.isClosed })
        try await expectNoLink(node)
    }

    @Test func lowerPeerThatDialsIsRefused() async throws {
        let world = try TCPWorld(nodes: 2)
        let node = try world.start(1)
        let client = try await connect(to: node, world, .tls(world.identities[0]), at: 1)
        client.sendHello(as: 0)
        #expect(await node.log.event(.refused(zero, .directionMismatch)))
        #expect(await holds { client.isClosed })
        try await expectNoLink(node)
    }

    @Test(
        arguments: [
            [0, 0, 0, 0], [1, 0, 0, 0, 7], [1, 0, 0, 0x80, 1], [1, 0, 0, 0x80, 9], [0xff, 0xff, 0xff, 0xff],
            [5, 0, 0, 0x80, 0, 3, 0x61, 0x62, 0x63],
        ] as [[UInt8]]
    )
    func firstFrameThatIsNoHelloIsRefused(_ bytes: [UInt8]) async throws {
        let world = try TCPWorld(nodes: 2)
        let node = try world.start(0)
        let client = try await connect(to: node, world, .tls(world.identities[1]))
        client.send(bytes)
        #expect(await node.log.event(.refused(one, .helloMalformed)))
        #expect(await holds { client.isClosed })
        try await expectNoLink(node)
    }

    @Test func clientWithoutCertificateIsRefused() async throws {
        let world = try TCPWorld(nodes: 2)
        let node = try world.start(0)
        let client = try await connect(to: node, world, .tls(nil))
        client.sendHello(as: 1)
        #expect(await holds { refusals(node, .tlsFailed) == 1 })
        #expect(await holds { client.isClosed })
        #expect(client.receivedByteCount == 0)
        try await expectNoLink(node)
    }

    @Test func olderVersionOfTLSIsRefused() async throws {
        let world = try TCPWorld(nodes: 2)
        let node = try world.start(0)
        let client = try await connect(to: node, world, .oldTLS(world.identities[1]))
        client.sendHello(as: 1)
        #expect(await holds { refusals(node, .tlsFailed) == 1 })
        #expect(await holds { client.isClosed })
        try await expectNoLink(node)
    }

    @Test func clientThatSendsAByteAtATimeIsClosedInTime() async throws {
        var world = try TCPWorld(nodes: 2)
        world.settings.handshakeTimeoutMilliseconds = 300
        let node = try world.start(0)
        let client = try await connect(to: node, world, .plain)
        let start = ContinuousClock.now
        // The beginning of a TLS record with a ClientHello of 512 bytes, drop by drop.
        var record: [UInt8] = [0x16, 0x03, 0x01, 0x02, 0x04, 0x01, 0x00, 0x02, 0x00, 0x03, 0x03]
        while !client.isClosed, ContinuousClock.now - start < .seconds(15) {
            client.send([record.isEmpty ? 0 : record.removeFirst()])
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(client.isClosed)
        #expect(ContinuousClock.now - start > .milliseconds(250))
        #expect(refusals(node, .timedOut) == 1)
        try await expectNoLink(node)
    }

    @Test func peerThatSaysNoHelloIsClosedInTime() async throws {
        var world = try TCPWorld(nodes: 2)
        world.settings.handshakeTimeoutMilliseconds = 300
        let node = try world.start(0)
        let client = try await connect(to: node, world, .tls(world.identities[1]))
        #expect(await node.log.event(.refused(one, .timedOut)))
        #expect(await holds { client.isClosed })
        try await expectNoLink(node)
    }

    @Test func silentConnectionsMakeRoomForHonestPeers() async throws {
        var world = try TCPWorld(nodes: 2)
        world.settings.unauthenticatedPerAddressMax = 3
        let node = try world.start(0)
        var clients: [HostileClient] = []
        for _ in 0..<10 { clients.append(try await connect(to: node, world, .plain)) }
        #expect(await holds { refusals(node, .crowdedOut) == 7 })
        // The oldest went; the newest three are held until their time is up.
        #expect(await holds { clients.count { $0.isClosed } == 7 })
        #expect(clients.suffix(3).allSatisfy { !$0.isClosed })
        let honest = try world.start(1)
        #expect(await honest.isConnected(to: 0))
        for client in clients { await client.close() }
        try await honest.stop()
        try await node.stop()
    }

    @Test func unauthenticatedConnectionsOfAllAddressesAreBounded() async throws {
        var world = try TCPWorld(nodes: 2)
        world.settings.unauthenticatedMax = 2
        let node = try world.start(0)
        var clients: [HostileClient] = []
        for _ in 0..<5 { clients.append(try await connect(to: node, world, .plain)) }
        #expect(await holds { refusals(node, .crowdedOut) == 3 })
        for client in clients { await client.close() }
        try await expectNoLink(node)
    }

    @Test func connectionsBeyondTheRateWaitForTheNextSecond() async throws {
        var world = try TCPWorld(nodes: 2)
        world.settings.acceptedPerSecondMax = 4
        world.settings.unauthenticatedPerAddressMax = 1
        let node = try world.start(0)
        var clients: [HostileClient] = []
        for _ in 0..<40 { clients.append(try await connect(to: node, world, .plain)) }
        // A read may accept four at once, so up to seven get through the first second.
        let start = ContinuousClock.now
        #expect(await holds { refusals(node, .crowdedOut) >= 12 })
        #expect(ContinuousClock.now - start > .milliseconds(900))
        for client in clients { await client.close() }
        try await expectNoLink(node)
    }

    private func connect(
        to node: TestNode,
        _ world: TCPWorld,
        _ security: HostileClient.Security,
        at listener: Int = 0
    ) async throws -> HostileClient {
        let manager = try #require(node.links as? PeerLinkManager)
        try #require(await holds { manager.listeningPort != nil })
        return try await HostileClient(world.peers[listener].address, security)
    }
}
