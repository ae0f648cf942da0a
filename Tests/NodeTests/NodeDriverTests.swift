import Consensus
import Execution
import LedgerModel
import Ports
import Primitives
import Replica
import TestKit
import Testing

@testable import Node

/// Whole drivers in one process, on the real clock.
@Suite(.serialized, .timeLimit(.minutes(3))) struct NodeDriverTests {
    private let world = NodeWorld()

    private func disks() -> [NodeDisk] { (0..<4).map { _ in NodeDisk(world.fixture) } }

    private func start(_ disks: [NodeDisk], _ indices: [Int] = [0, 1, 2, 3]) throws -> [RunningNode] {
        try indices.map { try world.start(UInt16($0), disks[$0]) }
    }

    @Test func fourNodesReachTheSameLedger() async throws {
        let nodes = try start(disks())
        for (number, node) in nodes.enumerated() {
            #expect(await node.settle(world.registration(UInt64(number))).isAccepted)
        }
        let height = nodes.map { $0.driver.status.finalHeight }.max() ?? .genesis
        #expect(height > .genesis)
        for node in nodes {
            #expect(await node.driver.waitUntilStored(height, waitMilliseconds: 20_000))
            #expect(node.driver.status.refusal == nil)
        }
        let headers = try nodes.map { try $0.driver.store.view().header(at: height) }
        #expect(Set(headers).count == 1 && headers[0] != nil)
        for node in nodes {
            try await node.stop()
            #expect(node.driver.shares.byteCount(of: NodeID(1)) == 0)
            #expect(node.links.statistics.misbehaved == 0)
        }
    }

    @Test func aNodeWhoseJournalFailsStopsAndTheOthersGoOn() async throws {
        let disks = disks()
        let nodes = try start(disks)
        #expect(await nodes[0].settle(world.registration(1)).isAccepted)
        disks[3].journal.fail(.sync)
        #expect(await nodes[0].settle(world.registration(2)).isAccepted)
        await #expect(throws: NodeStopped.self) { try await nodes[3].running.value }
        nodes[3].links.stop()
        #expect(await nodes[1].settle(world.registration(3)).isAccepted)
        for node in nodes[..<3] { try await node.stop() }
    }

    @Test func whatIsFinalIsInTheStoreWhenANodeHasStopped() async throws {
        let nodes = try start(disks())
        for number in 0..<UInt64(5) { #expect(await nodes[0].settle(world.registration(number)).isAccepted) }
        for node in nodes { try await node.stop() }
        for node in nodes { #expect(node.driver.status.storedHeight == node.driver.status.finalHeight) }
    }

    @Test func aNodeThatMissedBlocksCatchesUp() async throws {
        let disks = disks()
        var nodes = try start(disks, [0, 1, 2])
        for number in 0..<UInt64(5) { #expect(await nodes[0].settle(world.registration(number)).isAccepted) }
        nodes.append(try world.start(3, disks[3]))
        #expect(await nodes[3].driver.waitUntilStored(nodes[0].storedHeight, waitMilliseconds: 20_000))
        #expect(await nodes[3].settle(world.registration(9)).isAccepted)
        for node in nodes { try await node.stop() }
    }

    /// docs/protocol.md [DROP]
    @Test func aLiarIsDroppedOnceAndGetsNoOtherLinkForAWhile() async throws {
        let disks = disks()
        let nodes = try start(disks, [0, 1, 2])
        let liar = world.links(3)
        let log = EventCounter()
        liar.deliver(to: log.take)
        liar.start()
        let zero = NodeID(1)
        #expect(await holds { nodes[0].driver.status.connected.contains(NodeID(4)) })
        for _ in 0..<50 { liar.send([0xff, 0xff], to: zero) }
        #expect(await holds { log.disconnections(from: zero) == 1 })
        #expect(await holds { !nodes[0].driver.status.connected.contains(NodeID(4)) })
        #expect(nodes[0].links.statistics.misbehaved == 1)
        #expect(nodes[1].links.statistics.misbehaved == 0)
        #expect(!liar.send([1], to: zero))
        #expect(await nodes[0].settle(world.registration(1)).isAccepted)

        // A certificate that proves nothing, after the while is over.
        world.network.heal(zero, NodeID(4))
        #expect(await holds { nodes[0].driver.status.connected.contains(NodeID(4)) })
        let forged = forgedCertificate
        for _ in 0..<50 { liar.send(forged, to: zero) }
        #expect(await holds { nodes[0].links.statistics.misbehaved == 2 })
        liar.end()
        for node in nodes { try await node.stop() }
    }

    private var forgedCertificate: [UInt8] {
        let ballot = Ballot.finalise(
            epoch: .zero,
            view: View(1_000_000),
            parentView: View(999_999),
            payload: world.fixture.digest(1)
        )
        let signatures = (0..<3).map { _ in world.fixture.validatorSigner(3).sign([1]) }
        var signers = SignerBitmap(validatorCount: 4)
        for index in 0..<3 { signers.insert(ReplicaIndex(UInt16(index))) }
        let certificate = QuorumCertificate(ballot: ballot, signers: signers, signatures: signatures)
        return PeerMessage.consensus(.certificate(certificate)).canonicalBytes
    }

    @Test func aCancelledTaskEndsTheNode() async throws {
        let (driver, _) = try world.driver(0, NodeDisk(world.fixture), links: world.links(0))
        let running = Task { try await driver.run() }
        running.cancel()
        try await running.value
        #expect(await driver.submit(world.registration(1)) == .busy)
    }

    @Test func aStoreThatCannotBeReadIsNoVerdictAndStopsTheNode() async throws {
        let store = FaultyStore(NodeDisk.newStore(world.fixture))
        var disk = NodeDisk(world.fixture)
        disk.replaceStore(by: store)
        let (driver, _) = try world.driver(0, disk, links: world.links(0))
        let running = Task { try await driver.run() }
        store.breakDown()
        #expect(await driver.submit(world.registration(1)) == .busy)
        await #expect(throws: NodeStopped.self) { try await running.value }
    }

    @Test func aFullPoolSaysSoBeforeItTakesATransaction() async throws {
        var disk = NodeDisk(world.fixture)
        let size = world.registration(1).count
        disk.poolLimits = PoolLimits(bytesMax: 100 * size, authorBytesMax: 50 * size)
        let (driver, _) = try world.driver(0, disk, links: world.links(0))
        var accepted: UInt64 = 0
        while case .accepted = await driver.submit(world.registration(accepted)), accepted < 200 { accepted += 1 }
        // Seven eighths of three quarters, before the driver has taken any.
        #expect((60...66).contains(accepted))
        let running = Task { try await driver.run() }
        #expect(await holds { driver.status.poolCount > 0 })
        // Now the author's share is used up.
        #expect(driver.status.poolCount == 50)
        #expect(await holds { driver.inbox.isEmpty })
        #expect(await driver.submit(world.registration(1000)) == .busy)
        running.cancel()
        try await running.value
    }

    @Test func aPeersFramesAreBoundedInNumberAndBytes() throws {
        let (driver, _) = try world.driver(0, NodeDisk(world.fixture), links: world.links(0))
        let (one, two) = (NodeID(1), NodeID(2))
        func count(_ frame: [UInt8], _ peer: NodeID) -> Int {
            var count = 0
            while driver.receive(.received(frame: frame, from: peer)) { count += 1 }
            return count
        }
        #expect(count([0], one) == PeerShares.framesMax)
        #expect(count([UInt8](repeating: 0, count: Limits.frameBytesMax), two) == 2)
        #expect(driver.receive(.received(frame: [0], from: NodeID(3))))
        #expect(driver.receive(.disconnected(one, .closedByPeer)))
    }

    @Test func aJournalThatWasLongAtTheStartIsCut() async throws {
        var disks = disks()
        disks[0].claimedJournalBytes = 64 << 20
        let nodes = try start(disks)
        for number in 0..<UInt64(3) { #expect(await nodes[0].settle(world.registration(number)).isAccepted) }
        for node in nodes { try await node.stop() }
        func firstSequence(_ disk: NodeDisk) throws -> UInt64? {
            disk.journal.crash()
            guard case .opened(let records, _) = try disk.journal.open(owner: .zero).opening else { return nil }
            return records.first?.sequence
        }
        #expect(try firstSequence(disks[0]) ?? 0 > 0)
        #expect(try firstSequence(disks[1]) == 0)
    }

    /// The store's files were lost or put back from a backup, while the journal knows more to be final.
    @Test func aStoreThatIsBehindItsJournalIsFilledFromPeers() async throws {
        var disks = disks()
        disks[3].claimedJournalBytes = 64 << 20
        var nodes = try start(disks)
        for number in 0..<UInt64(3) { #expect(await nodes[3].settle(world.registration(number)).isAccepted) }
        let height = nodes[3].storedHeight
        try await nodes[3].stop()
        disks[3].journal.crash(keptUnsynced: 1000)
        disks[3].loseStore(world.fixture)
        nodes[3] = try world.start(3, disks[3])
        let genesis = world.fixture.genesisBlock
        #expect(nodes[3].history.finalViewBeyond(genesis.header, digest: genesis.digest) != nil)
        #expect(await nodes[3].driver.waitUntilStored(height, waitMilliseconds: 20_000))
        #expect(await nodes[3].settle(world.registration(9)).isAccepted)
        #expect(nodes[3].driver.status.refusal == nil)
        for node in nodes { try await node.stop() }
    }

    /// Failure case 4, and again after a restart.
    @Test func aNodeWithoutItsJournalNeverVotesAgain() async throws {
        let disks = disks()
        var nodes = try start(disks)
        #expect(await nodes[3].settle(world.registration(1)).isAccepted)
        try await nodes[3].stop()
        disks[3].journal.erase()
        for _ in 0..<3 {
            nodes[3] = try world.start(3, disks[3])
            #expect(await holds { nodes[3].driver.status.refusal == "missingJournal" })
            try await nodes[3].stop()
            disks[3].journal.crash()
        }
        for node in nodes[..<3] { try await node.stop() }
    }
}
