import Ports
import Primitives
import TestKit
import Testing

/// What both kinds of links promise.
@Suite(.serialized, .timeLimit(.minutes(3))) struct PeerLinksSuite {
    private let zero = NodeID(0)
    private let one = NodeID(1)
    private let two = NodeID(2)

    private func pair(_ kind: LinksUnderTest) async throws -> (TestNode, TestNode) {
        let world = try kind.make(nodes: 2)
        let nodes = (try world.start(0), try world.start(1))
        try #require(await nodes.0.isConnected(to: 1))
        try #require(await nodes.1.isConnected(to: 0))
        return nodes
    }

    @Test(arguments: LinksUnderTest.allCases)
    func everyPairIsConnectedOnce(_ kind: LinksUnderTest) async throws {
        let world = try kind.make(nodes: 4)
        let nodes = try (0..<4).map { try world.start($0) }
        for (own, node) in nodes.enumerated() {
            for other in 0..<4 where other != own { #expect(await node.isConnected(to: UInt16(other))) }
        }
        for (own, node) in nodes.enumerated() {
            for other in 0..<4 where other != own {
                #expect(node.links.send([UInt8(own)], to: NodeID(UInt16(other))))
            }
        }
        for (own, node) in nodes.enumerated() {
            for other in 0..<4 where other != own {
                #expect(await node.log.event(.received(frame: [UInt8(other)], from: NodeID(UInt16(other)))))
            }
        }
        // Longer than the first wait before dialling again: each pair must have dialled once.
        try await Task.sleep(for: .milliseconds(300))
        for node in nodes {
            #expect(node.log.events.count == 6)
            #expect(node.links.statistics.connected == 3)
        }
        for node in nodes { try await node.stop() }
    }

    @Test(arguments: LinksUnderTest.allCases)
    func framesArriveWholeOnceAndInOrderBothWays(_ kind: LinksUnderTest) async throws {
        let nodes = try await pair(kind)
        var random = SeededRandom(seed: 7)
        let frames = (0..<2_000).map { _ in random.bytes(count: Int.random(in: 1...700, using: &random)) }
        for frame in frames {
            #expect(nodes.0.links.send(frame, to: one))
            #expect(nodes.1.links.send(frame, to: zero))
        }
        #expect(
            await holds { nodes.0.log.frameCount(from: one) == 2_000 && nodes.1.log.frameCount(from: zero) == 2_000 }
        )
        let areWhole = nodes.0.log.frames(from: one) == frames && nodes.1.log.frames(from: zero) == frames
        #expect(areWhole)
        #expect(nodes.0.log.events.first == .connected(one))
        let bytes = UInt64(frames.reduce(0) { $0 + $1.count + 4 })
        for statistics in [nodes.0.links.statistics, nodes.1.links.statistics] {
            #expect(statistics.framesSent == 2_000)
            #expect(statistics.framesReceived == 2_000)
            #expect(statistics.bytesSent == bytes)
            #expect(statistics.bytesReceived == bytes)
        }
        try await nodes.0.stop()
        try await nodes.1.stop()
    }

    @Test(arguments: LinksUnderTest.allCases, [1, 1024 * 1024, Limits.frameBytesMax])
    func largeFramesArriveWhole(_ kind: LinksUnderTest, byteCount: Int) async throws {
        let nodes = try await pair(kind)
        let frame = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        for count in 1...2 {
            // Two of the largest frames are more than a queue holds.
            for (node, peer) in [(nodes.0, one), (nodes.1, zero)] {
                let isTaken = node.links.send(frame, to: peer)
                #expect(isTaken)
            }
            for (node, peer) in [(nodes.0, one), (nodes.1, zero)] {
                #expect(await holds { node.log.frameCount(from: peer) == count })
                let isWhole = node.log.frames(from: peer).allSatisfy { $0 == frame }
                #expect(isWhole)
            }
        }
        try await nodes.0.stop()
        try await nodes.1.stop()
    }

    @Test(arguments: LinksUnderTest.allCases)
    func framesThatNobodyCanGetAreRefusedAndCounted(_ kind: LinksUnderTest) async throws {
        let world = try kind.make(nodes: 3)
        let nodes = (try world.start(0), try world.start(1))
        try #require(await nodes.0.isConnected(to: 1))
        #expect(!nodes.0.links.send([], to: one))
        let isLargeTaken = nodes.0.links.send([UInt8](repeating: 0, count: Limits.frameBytesMax + 1), to: one)
        #expect(!isLargeTaken)
        #expect(!nodes.0.links.send([1], to: NodeID(9)))
        #expect(!nodes.0.links.send([1], to: two))
        #expect(nodes.0.links.statistics.droppedUnsendable == 3)
        #expect(nodes.0.links.statistics.droppedNotConnected == 1)
        try await nodes.0.stop()
        try await nodes.1.stop()
        #expect(!nodes.0.links.send([1], to: one))
        #expect(nodes.0.links.statistics.droppedNotConnected == 2)
    }

    @Test(arguments: LinksUnderTest.allCases, [UInt16(0), 1])
    func nodeThatComesBackIsConnectedAgain(_ kind: LinksUnderTest, restarted: UInt16) async throws {
        let world = try kind.make(nodes: 2)
        let other = NodeID(restarted)
        let stays = try world.start(1 - restarted)
        for round in 1...3 {
            let node = try world.start(restarted)
            #expect(await holds { stays.log.events.count { $0 == .connected(other) } == round })
            #expect(await node.isConnected(to: 1 - restarted))
            #expect(stays.links.send([UInt8(round)], to: other))
            #expect(await node.log.event(.received(frame: [UInt8(round)], from: NodeID(1 - restarted))))
            try await node.stop()
            #expect(await holds { stays.log.events.count { $0 == .disconnected(other, .closedByPeer) } == round })
            #expect(node.log.events.last == .disconnected(NodeID(1 - restarted), .stopped))
        }
        let expected = (0..<3).flatMap { _ -> [LinkEvent] in
            [.connected(other), .disconnected(other, .closedByPeer)]
        }
        #expect(stays.log.events == expected)
        try await stays.stop()
    }

    @Test(arguments: LinksUnderTest.allCases)
    func busySinkSlowsItsPeerDownAndLosesNothing(_ kind: LinksUnderTest) async throws {
        let nodes = try await pair(kind)
        nodes.1.log.setBusy { if case .received = $0 { true } else { false } }
        let frames = (0..<400).map { [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: 10_000 + $0) }
        for frame in frames { #expect(nodes.0.links.send(frame, to: one)) }
        #expect(await holds { nodes.1.links.statistics.heldEvents > 3 })
        #expect(nodes.1.log.frameCount(from: zero) == 0)
        nodes.1.log.setBusy { _ in false }
        #expect(await holds { nodes.1.log.frameCount(from: zero) == 400 })
        let areWhole = nodes.1.log.frames(from: zero) == frames
        #expect(areWhole)
        try await nodes.0.stop()
        try await nodes.1.stop()
    }

    @Test(arguments: LinksUnderTest.allCases)
    func sinkBusyWithOnePeerHearsTheOthers(_ kind: LinksUnderTest) async throws {
        let world = try kind.make(nodes: 3)
        let nodes = try (0..<3).map { try world.start($0) }
        try #require(await nodes[1].isConnected(to: 0))
        try #require(await nodes[2].isConnected(to: 0))
        nodes[0].log.setBusy { [one] in if case .received(_, one) = $0 { true } else { false } }
        #expect(nodes[1].links.send([1], to: zero))
        #expect(await holds { nodes[0].links.statistics.heldEvents > 0 })
        #expect(nodes[2].links.send([2], to: zero))
        #expect(await nodes[0].log.event(.received(frame: [2], from: two)))
        #expect(nodes[0].log.frameCount(from: one) == 0)
        nodes[0].log.setBusy { _ in false }
        #expect(await nodes[0].log.event(.received(frame: [1], from: one)))
        for node in nodes { try await node.stop() }
    }

    @Test(arguments: LinksUnderTest.allCases)
    func queueOfAPeerIsBounded(_ kind: LinksUnderTest) async throws {
        let nodes = try await pair(kind)
        nodes.1.log.setBusy { if case .received = $0 { true } else { false } }
        let frame = [UInt8](repeating: 7, count: 256 * 1024)
        var accepted = 0
        while nodes.0.links.send(frame, to: one), accepted < 1_000 { accepted += 1 }
        // Sixteen mebibytes of queue, and what the operating system holds between the two.
        #expect(accepted >= 63)
        #expect(accepted < 200)
        #expect(nodes.0.links.statistics.droppedQueueFull == 1)
        nodes.1.log.setBusy { _ in false }
        #expect(await holds { nodes.1.log.frameCount(from: zero) == accepted })
        #expect(await holds { nodes.0.links.send([1], to: one) })
        #expect(await nodes.1.log.event(.received(frame: [1], from: zero)))
        try await nodes.0.stop()
        try await nodes.1.stop()
    }

    @Test(arguments: LinksUnderTest.allCases)
    func comingAndGoingThatTheSinkHadNoTimeForIsReportedLater(_ kind: LinksUnderTest) async throws {
        let world = try kind.make(nodes: 2)
        let stays = try world.start(1)
        let first = try world.start(0)
        try #require(await stays.isConnected(to: 0))
        stays.log.setBusy { _ in true }
        try await first.stop()
        let second = try world.start(0)
        #expect(await second.isConnected(to: 1))
        #expect(await holds { stays.links.statistics.connected == 2 })
        stays.log.setBusy { _ in false }
        #expect(await holds { stays.log.events.count == 3 })
        #expect(stays.log.events == [.connected(zero), .disconnected(zero, .closedByPeer), .connected(zero)])
        try await second.stop()
        try await stays.stop()
    }

    /// docs/protocol.md [DROP]
    @Test(arguments: LinksUnderTest.allCases, [UInt16(0), 1])
    func droppedPeerIsCountedAndGetsNoOtherLinkForAWhile(_ kind: LinksUnderTest, by own: UInt16) async throws {
        let nodes = try await pair(kind)
        let (node, other) = own == 0 ? nodes : (nodes.1, nodes.0)
        let (here, there) = (NodeID(own), NodeID(1 - own))
        node.links.drop(NodeID(9))
        node.links.drop(there)
        #expect(await node.log.event(.disconnected(there, .dropped)))
        #expect(await other.log.event(.disconnected(here, .closedByPeer)))
        #expect(node.links.statistics.misbehaved == 1)
        #expect(other.links.statistics.misbehaved == 0)
        #expect(LinkEnd.dropped.blamesPeer)
        // Longer than the first wait before dialling again.
        try await Task.sleep(for: .milliseconds(300))
        #expect(node.links.statistics.connected == 1)
        #expect(!node.links.send([1], to: there))
        try await node.stop()
        node.links.drop(there)
        try await other.stop()
    }

    @Test(arguments: LinksUnderTest.allCases)
    func cancelledTaskEndsTheLinks(_ kind: LinksUnderTest) async throws {
        let nodes = try await pair(kind)
        try await nodes.0.cancel()
        #expect(nodes.0.log.events.last == .disconnected(one, .stopped))
        #expect(await nodes.1.log.event(.disconnected(zero, .closedByPeer)))
        try await nodes.1.stop()
    }
}
