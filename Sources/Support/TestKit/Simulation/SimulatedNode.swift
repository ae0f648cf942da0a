import Consensus
import Execution
import LedgerModel
import Primitives
import Replica

/// A node of the simulation: the replica under test, its disk, and what its driver has under way.
struct SimulatedNode: Sendable {
    let index: Int
    var disk: SimulatedDisk
    /// Nil while the process is down.
    var core: ReplicaCore?
    /// Counts the starts: whatever an earlier process asked for is not for this one.
    var incarnation = 0
    var inbox: [ReplicaInput] = []
    /// The effects of a turn whose journal records are being synced; the next turn waits for it.
    var turn: [ReplicaEffect]?
    var skewMilliseconds: Int64 = 0
    /// Where the monotonic clock of this process began.
    var monotonicOffset: UInt64 = 0
    /// When the next wake-up is due in the queue.
    var wakeAt: UInt64?
    /// Wake-ups at one and the same time, to find a deadline that never moves.
    var wakesAtOnce = 0
    var lastWakeAt: UInt64 = 0
    var machine = MachineConditions.good
    /// The process dies after so many further effects.
    var crashAfterEffects: Int?
    var plannedDowntime: UInt64 = 0
    /// Final blocks on their way to the store, oldest first.
    var commits: [(block: ExecutedBlock, certificate: QuorumCertificate?)] = []
    var isCommitting = false
    var storeStalledUntil: UInt64 = 0
    var behaviour: (any ByzantineBehaviour)?
    /// Whether the node said that it stops or does not vote.
    var gaveUp = false

    init(index: Int, disk: SimulatedDisk) {
        self.index = index
        self.disk = disk
    }

    var isTraitor: Bool { behaviour != nil }
    var isUp: Bool { core != nil }
    /// Its department has the number after its place.
    static func identifier(_ index: Int) -> NodeID { NodeID(UInt16(index + 1)) }
    /// The voting keys of a node: that of genesis, and another one to change to.
    static func signers(_ fixture: LedgerFixture, _ index: Int) -> [FakeSigner] {
        [fixture.validatorSigner(index), fixture.signatures.signer(5000 + UInt64(index))]
    }
    /// The place of the node with this number.
    static func index(_ node: NodeID) -> Int { Int(node.rawValue) - 1 }

    /// The times that the node's process reads at `now`.
    func time(at now: UInt64) -> StepTime {
        let civil = Int64(LedgerFixture.start.milliseconds + 60_000 + now / 1_000_000) + skewMilliseconds
        return StepTime(
            monotonic: MonotonicTime(nanoseconds: now - monotonicOffset),
            civil: Timestamp(UInt64(civil))
        )
    }

    /// When `deadline` of this process comes, in the simulation's time.
    func trueTime(of deadline: MonotonicTime) -> UInt64 { deadline.nanoseconds &+ monotonicOffset }

    /// Ends the process. What the disk keeps of unsynced records is for `random` to say.
    mutating func crash(_ random: inout SeededRandom, _ digestFunction: any DigestFunction) {
        core = nil
        inbox = []
        turn = nil
        wakeAt = nil
        crashAfterEffects = nil
        commits = []
        isCommitting = false
        incarnation += 1
        disk.crash(&random, digestFunction)
    }

    /// Starts a process from what the disk holds, read back from bytes.
    mutating func start(_ fixture: LedgerFixture, at now: UInt64, monotonicOffset: UInt64) throws {
        let (votes, blocks) = disk.restored()
        let state = disk.store.state
        self.monotonicOffset = monotonicOffset
        gaveUp = false
        core = try ReplicaCore(
            configuration: ReplicaConfiguration(
                network: fixture.network,
                suite: fixture.suite,
                ownNode: SimulatedNode.identifier(index)
            ),
            committed: state,
            restoration: ReplicaRestoration(
                records: votes,
                blocks: blocks,
                lastFinalisation: disk.store.certificate(of: state.headerDigest)
            ),
            signers: SimulatedNode.signers(fixture, index)
        )
    }
}
