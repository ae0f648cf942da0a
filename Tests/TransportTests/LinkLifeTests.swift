import Logging
import Ports
import Primitives
import TestKit
import Testing
import Transport

/// Links that stand, and how they end.
@Suite(.serialized, .timeLimit(.minutes(3))) struct LinkLifeTests {
    private let zero = NodeID(0)
    private let one = NodeID(1)

    /// A node and, linked to it as node 1, a client that keeps to no rule.
    private func linked(_ world: TCPWorld) async throws -> (TestNode, HostileClient) {
        let node = try world.start(0)
        let manager = try #require(node.links as? PeerLinkManager)
        try #require(await holds { manager.listeningPort != nil })
        let client = try await HostileClient(world.peers[0].address, .tls(world.identities[1]))
        client.sendHello(as: 1)
        try #require(await node.isConnected(to: 1))
        return (node, client)
    }

    @Test(
        arguments: [
            (HostileClient.frame([]), LinkEnd.frameEmpty),
            (HostileClient.frame([], isControl: true), .frameEmpty),
            ([1, 0, 0x80, 0, 7], .frameOversized(announced: 0x80_0001)),
            ([0xff, 0xff, 0xff, 0x7f, 7], .frameOversized(announced: 0x7fff_ffff)),
            ([1, 1, 0, 0x80, 7], .frameOversized(announced: 257)),
            (HostileClient.frame([9], isControl: true), .controlMalformed),
            (HostileClient.frame([1, 0], isControl: true), .controlMalformed),
            (
                HostileClient.frame(
                    LinkControl.hello(LinkHello(version: 1, network: TCPWorld.network, identifier: NodeID(1)))
                        .canonicalBytes,
                    isControl: true
                ), .controlMalformed
            ),
        ] as [([UInt8], LinkEnd)]
    )
    func peerThatBreaksTheFormatIsDroppedAndCounted(_ bytes: [UInt8], _ end: LinkEnd) async throws {
        var world = try TCPWorld(nodes: 2)
        // Longer than the test takes on any machine.
        world.settings.banMinMilliseconds = 600_000
        world.settings.banMaxMilliseconds = 600_000
        let (node, client) = try await linked(world)
        client.send(HostileClient.frame([1, 2, 3]) + bytes + HostileClient.frame([4]))
        #expect(await node.log.event(.disconnected(one, end)))
        #expect(await holds { client.isClosed })
        // What came before is delivered, what came after is not.
        #expect(node.log.events == [.connected(one), .received(frame: [1, 2, 3], from: one), .disconnected(one, end)])
        #expect(node.links.statistics.misbehaved == 1)
        #expect(end.blamesPeer)
        let again = try await HostileClient(world.peers[0].address, .tls(world.identities[1]))
        again.sendHello(as: 1)
        #expect(await node.log.event(.refused(one, .banned)))
        try await node.stop()
    }

    /// docs/protocol.md [DROP]
    @Test(arguments: [UInt16(0), 1])
    func droppedPeerComesBackLaterEachTime(by own: UInt16) async throws {
        var world = try TCPWorld(nodes: 2)
        world.settings.banMinMilliseconds = 200
        world.settings.banMaxMilliseconds = 100_000
        world.settings.redialMinMilliseconds = 1
        world.settings.redialMaxMilliseconds = 5
        let nodes = (try world.start(0), try world.start(1))
        let (node, peer) = own == 0 ? (nodes.0, one) : (nodes.1, zero)
        // Each ban is between half of its step and the whole.
        for (round, least) in [(1, 100), (2, 200), (3, 400)] {
            #expect(await holds { node.links.statistics.connected == UInt64(round) })
            let start = ContinuousClock.now
            node.links.drop(peer)
            #expect(await holds { node.links.statistics.connected == UInt64(round + 1) })
            #expect(ContinuousClock.now - start >= .milliseconds(least))
        }
        #expect(node.links.statistics.misbehaved == 3)
        #expect(own == 1 || node.links.statistics.refused[.banned] ?? 0 > 0)
        try await nodes.0.stop()
        try await nodes.1.stop()
    }

    @Test func frameAtTheLimitIsTaken() async throws {
        var world = try TCPWorld(nodes: 2)
        world.settings.frameBytesMax = 1_000
        let (node, client) = try await linked(world)
        client.send(HostileClient.frame([UInt8](repeating: 1, count: 1_000)))
        #expect(await holds { node.log.frameCount(from: one) == 1 })
        client.send(HostileClient.frame([UInt8](repeating: 1, count: 1_001)))
        #expect(await node.log.event(.disconnected(one, .frameOversized(announced: 1_001))))
        await client.close()
        try await node.stop()
    }

    @Test func frameThatComesInPiecesIsDeliveredWhole() async throws {
        let (node, client) = try await linked(TCPWorld(nodes: 2))
        for byte in HostileClient.frame([5, 6, 7]) + HostileClient.frame([8]) {
            client.send([byte])
            try await Task.sleep(for: .milliseconds(2))
        }
        #expect(await holds { node.log.frameCount(from: one) == 2 })
        #expect(node.log.frames(from: one) == [[5, 6, 7], [8]])
        await client.close()
        #expect(await node.log.event(.disconnected(one, .closedByPeer)))
        try await node.stop()
    }

    @Test func idleLinkStaysUpByPings() async throws {
        var world = try TCPWorld(nodes: 2)
        world.settings.pingAfterMilliseconds = 50
        world.settings.silenceMaxMilliseconds = 400
        let nodes = (try world.start(0), try world.start(1))
        try #require(await nodes.0.isConnected(to: 1))
        try #require(await nodes.1.isConnected(to: 0))
        try await Task.sleep(for: .milliseconds(1_500))
        #expect(nodes.0.log.events == [.connected(one)])
        #expect(nodes.1.log.events == [.connected(zero)])
        #expect(nodes.0.links.statistics.framesReceived == 0)
        try await nodes.0.stop()
        try await nodes.1.stop()
    }

    @Test func silentPeerIsDropped() async throws {
        var world = try TCPWorld(nodes: 2)
        world.settings.pingAfterMilliseconds = 50
        world.settings.silenceMaxMilliseconds = 400
        let (node, client) = try await linked(world)
        #expect(await node.log.event(.disconnected(one, .silent(milliseconds: 400))))
        #expect(await holds { client.isClosed })
        #expect(client.receivedByteCount > HostileClient.frame([1], isControl: true).count)
        try await node.stop()
    }

    @Test func peerThatReadsNothingIsDropped() async throws {
        var world = try TCPWorld(nodes: 2)
        world.settings.silenceMaxMilliseconds = 600
        let (node, client) = try await linked(world)
        try await client.stopReading()
        let frame = [UInt8](repeating: 1, count: 1024 * 1024)
        while node.links.send(frame, to: one) {}
        let ping = HostileClient.frame(LinkControl.ping.canonicalBytes, isControl: true)
        let end = LinkEvent.disconnected(one, .stalled(milliseconds: 600))
        #expect(
            await holds {
                client.send(ping)
                return node.log.events.contains(end)
            }
        )
        #expect(node.links.statistics.droppedAtEnd > 0)
        #expect(node.links.statistics.droppedQueueFull == 1)
        await client.close()
        try await node.stop()
    }

    @Test func newerLinkOfAPeerReplacesTheOlder() async throws {
        let world = try TCPWorld(nodes: 2)
        let (node, older) = try await linked(world)
        let newer = try await HostileClient(world.peers[0].address, .tls(world.identities[1]))
        newer.sendHello(as: 1)
        #expect(await holds { node.log.events.count == 3 })
        #expect(node.log.events == [.connected(one), .disconnected(one, .replaced), .connected(one)])
        #expect(await holds { older.isClosed })
        newer.send(HostileClient.frame([9]))
        #expect(await node.log.event(.received(frame: [9], from: one)))
        await newer.close()
        try await node.stop()
    }

    /// Failure case 24: an expired certificate raises an alarm and never stops consensus.
    @Test func expiredCertificateIsReportedAndAccepted() async throws {
        var world = try TCPWorld(nodes: 2)
        world.now = Timestamp(seconds: 32_503_680_000)
        let nodes = (try world.start(0), try world.start(1))
        for (node, peer) in [(nodes.0, one), (nodes.1, zero)] {
            #expect(await node.log.event { if case .certificateExpired(peer, _) = $0 { true } else { false } })
            #expect(node.log.events.first == .connected(peer))
        }
        #expect(nodes.1.links.send([1], to: zero))
        #expect(await nodes.0.log.event(.received(frame: [1], from: one)))
        try await nodes.0.stop()
        try await nodes.1.stop()
    }

    @Test func peerMayHaveAnOldAndANewCertificate() async throws {
        var world = try TCPWorld(nodes: 2)
        world.peers[1] = LinkPeer(
            identifier: one,
            address: world.peers[1].address,
            certificateDigests: [TestIdentity.all[4].digest, TestIdentity.all[1].digest]
        )
        let node = try world.start(0)
        for (count, identity) in [TestIdentity.all[1], TestIdentity.all[4]].enumerated() {
            world.identities[1] = identity
            let peer = try world.start(1)
            #expect(await peer.isConnected(to: 0))
            #expect(await holds { node.links.statistics.connected == UInt64(count + 1) })
            try await peer.stop()
        }
        try await node.stop()
    }

    @Test func peerThatIsNotThereIsDialledAgainAndAgain() async throws {
        var world = try TCPWorld(nodes: 2)
        world.settings.redialMinMilliseconds = 10
        world.settings.redialMaxMilliseconds = 40
        let node = try world.start(1)
        #expect(await holds { node.links.statistics.dialsFailed >= 5 })
        let late = try world.start(0)
        #expect(await node.isConnected(to: 0))
        try await late.stop()
        try await node.stop()
    }

    @Test func addressThatIsTakenIsSaid() async throws {
        let world = try TCPWorld(nodes: 2)
        let node = try world.start(0)
        let manager = try #require(node.links as? PeerLinkManager)
        try #require(await holds { manager.listeningPort == world.peers[0].address.port })
        let second = try PeerLinkManager(configuration: world.configuration(zero))
        second.deliver { _ in true }
        await #expect {
            try await second.run()
        } throws: { error in
            guard case LinkError.cannotListen(world.peers[0].address, _) = error else { return false }
            return true
        }
        try await node.stop()
    }

    @Test func stoppedBeforeItRunsReturnsAtOnce() async throws {
        let world = try TCPWorld(nodes: 2)
        let manager = try PeerLinkManager(configuration: world.configuration(zero))
        manager.deliver { _ in true }
        manager.stop()
        manager.stop()
        try await manager.run()
        #expect(manager.listeningPort == nil)
    }

    @Test func configurationThatCannotWorkIsRefused() throws {
        let world = try TCPWorld(nodes: 2)
        func peer(_ identifier: UInt16, _ digests: [Digest]) -> LinkPeer {
            LinkPeer(
                identifier: NodeID(identifier),
                address: world.peers[1].address,
                certificateDigests: digests
            )
        }
        func make(_ peers: [LinkPeer], certificate: String? = nil, key: String? = nil) throws {
            _ = try PeerLinkManager(
                configuration: LinkConfiguration(
                    ownIdentifier: zero,
                    listen: world.peers[0].address,
                    certificateChainPEM: certificate ?? world.identities[0].certificatePEM,
                    privateKeyPEM: key ?? world.identities[0].privateKeyPEM,
                    peers: peers,
                    network: .zero,
                    certificateDigestFunction: ReferenceSHA256(),
                    now: { Timestamp(0) },
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                )
            )
        }
        let digests = TestIdentity.all.map(\.digest)
        #expect(throws: LinkError.peerRepeated(zero)) { try make([peer(0, [digests[1]])]) }
        #expect(throws: LinkError.peerRepeated(one)) { try make([peer(1, [digests[1]]), peer(1, [digests[2]])]) }
        #expect(throws: LinkError.peerWithoutCertificate(one)) { try make([peer(1, [])]) }
        #expect(throws: LinkError.certificateShared(digests[1])) {
            try make([peer(1, [digests[1]]), peer(2, [digests[1]])])
        }
        #expect(throws: LinkError.certificateUnreadable) { try make([], certificate: "no certificate") }
        #expect(throws: LinkError.self) { try make([], key: "no key") }
        #expect(throws: LinkError.self) { try make([], key: world.identities[1].privateKeyPEM) }
        try make([peer(1, [digests[1], digests[2]])])
    }
}
