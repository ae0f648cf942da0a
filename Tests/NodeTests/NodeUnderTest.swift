import Consensus
import Execution
import LedgerModel
import Logging
import Node
import Ports
import Primitives
import Replica
import TestKit

/// What outlives a node's process: its store and its journal.
struct NodeDisk {
    private(set) var store: any NodeStore
    /// The state that execution begins from.
    private(set) var ledgerState: @Sendable () -> LedgerState
    let journal = InMemoryJournalDisk()
    /// How many bytes the driver is told that the journal holds, apart from those that are there.
    var claimedJournalBytes = 0
    var poolLimits = PoolLimits()

    init(_ fixture: LedgerFixture) {
        let store = NodeDisk.newStore(fixture)
        self.store = store
        ledgerState = { store.ledgerState }
    }

    /// Puts an empty store in place of what is there.
    mutating func loseStore(_ fixture: LedgerFixture) {
        let store = NodeDisk.newStore(fixture)
        self.store = store
        ledgerState = { store.ledgerState }
    }

    mutating func replaceStore(by store: FaultyStore) {
        self.store = store
        ledgerState = { store.ledgerState }
    }

    static func newStore(_ fixture: LedgerFixture) -> InMemoryLedgerStore {
        InMemoryLedgerStore(genesis: fixture.genesisBlock, digestFunction: fixture.suite.digestFunction)
    }
}

let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Four drivers in one process, over in-memory links and journals.
struct NodeWorld {
    let fixture = LedgerFixture()
    let network = InMemoryLinkNetwork()

    func links(_ index: UInt16) -> InMemoryPeerLinks {
        let peers = (0..<UInt16(4)).filter { $0 != index }.map { NodeID($0 + 1) }
        return InMemoryPeerLinks(identifier: NodeID(index + 1), peers: peers, network: network)
    }

    /// A driver that does not run.
    func driver(_ index: UInt16, _ disk: NodeDisk, links: any PeerLinks) throws -> (NodeDriver, VotingHistory) {
        let state = disk.ledgerState()
        let (journal, opening) = try disk.journal.open(owner: .zero)
        let history = try VotingHistory(of: journal, opening, committed: state.header)
        let view = disk.store.view()
        let core = try ReplicaCore(
            configuration: ReplicaConfiguration(
                network: fixture.network,
                suite: fixture.suite,
                ownNode: NodeID(index + 1),
                poolLimits: disk.poolLimits
            ),
            committed: state,
            restoration: ReplicaRestoration(
                records: history.records,
                blocks: history.blocks,
                lastFinalisation: view.certificate
            ),
            signers: [fixture.validatorSigner(Int(index))]
        )
        let configuration = NodeConfiguration(
            name: "node \(index)",
            core: core,
            journalledByteCount: history.byteCount + disk.claimedJournalBytes
        )
        let driver = NodeDriver(
            configuration: configuration,
            journal: journal,
            store: disk.store,
            links: links,
            verificationThreads: 2,
            logger: silent
        )
        return (driver, history)
    }

    func start(_ index: UInt16, _ disk: NodeDisk) throws -> RunningNode {
        let links = self.links(index)
        let (made, history) = try driver(index, disk, links: links)
        links.deliver { made.receive($0) }
        return RunningNode(driver: made, links: links, history: history)
    }

    /// The registration of a subject that nobody registered, as bytes.
    func registration(_ number: UInt64) -> [UInt8] {
        fixture.transaction(
            by: LedgerFixture.police,
            id: number,
            expiry: SystemTime.civil.adding(milliseconds: 60_000),
            fixture.registration(subject: number, id: number)
        ).bytes
    }
}

/// A node that runs until `stop`.
struct RunningNode: Sendable {
    let driver: NodeDriver
    let links: InMemoryPeerLinks
    let history: VotingHistory
    let running: Task<Void, any Error>
    private let linking: Task<Void, any Error>

    init(driver: NodeDriver, links: InMemoryPeerLinks, history: VotingHistory) {
        self.driver = driver
        self.links = links
        self.history = history
        linking = Task { try await links.run() }
        running = Task { try await driver.run() }
    }

    var storedHeight: Height { driver.status.storedHeight }

    /// Offers a transaction until the node takes it, and waits for its end.
    func settle(_ bytes: [UInt8]) async -> TransactionProgress {
        guard case .accepted(let digest) = await driver.submit(bytes) else { return .pending }
        return await driver.outcome(of: digest, waitMilliseconds: 20_000)
    }

    func stop() async throws {
        driver.stop()
        links.stop()
        try await linking.value
        try await running.value
    }
}

extension TransactionProgress {
    var isAccepted: Bool { if case .final(_, .accepted) = self { true } else { false } }
}

/// Waits until `condition` holds, 20 seconds at most.
func holds(_ condition: () -> Bool) async -> Bool {
    let deadline = ContinuousClock.now + .seconds(20)
    while !condition() {
        guard ContinuousClock.now < deadline else { return false }
        // Ends early only with the test's task.
        try? await Task.sleep(for: .milliseconds(1))
    }
    return true
}
