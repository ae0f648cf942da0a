package import Consensus
package import Execution
import LedgerModel
package import Logging
package import Ports
package import Primitives
package import Replica
import Synchronization

/// What a node is made of.
package struct NodeConfiguration: Sendable {
    package let name: String
    /// The replica as the store and the journal left it.
    package let core: ReplicaCore
    /// Bytes of the journal's records.
    package let journalledByteCount: Int
    /// Makes the transaction that brings a proof of contradiction to the ledger; nil where there is nobody to sign it.
    package let makeReport: (@Sendable (Evidence) -> [UInt8]?)?

    package init(
        name: String,
        core: ReplicaCore,
        journalledByteCount: Int = 0,
        makeReport: (@Sendable (Evidence) -> [UInt8]?)? = nil
    ) {
        self.name = name
        self.core = core
        self.journalledByteCount = journalledByteCount
        self.makeReport = makeReport
    }
}

/// A store that the node commits to and that execution reads from.
package typealias NodeStore = LedgerReader & LedgerStore<ExecutedBlock>

/// The node stopped itself: going on could harm the ledger.
package struct NodeStopped: Error, Sendable {
    /// One line that says what happened.
    package let reason: String
}

/// Runs a replica: one loop over one bounded inbox that carries out effects in order.
///
/// Each turn takes everything in the inbox, steps the replica with it, appends what must be durable, syncs once, and only
/// then sends (docs/protocol.md, "Durable before sent"). Execution of large blocks, commits to the store, reading for
/// others and signature checks run on threads of their own and report back through the inbox. A failed write stops the
/// node.
package final class NodeDriver: Sendable {
    enum Event: Sendable {
        case link(LinkEvent)
        /// From this node's own clients; room in the pool is set aside.
        case submitted(VerifiedTransaction)
        /// From a peer, whose share they count in with `byteCount`.
        case gossiped([VerifiedTransaction], from: NodeID, byteCount: Int)
        case executed(ExecutionRequest, ExecutionResult)
        case committed(Height)
        case failed(reason: String)
        case stop
    }

    /// Events that may wait. `PeerShares` bounds what peers send and `PoolRoom` what clients do; this is for all the rest.
    private static let inboxCapacity = 65_536
    /// Frames in bytes below which a block is executed within the turn: the hop to another thread would cost more.
    static let inlineExecutionBytesMax = 32 * 1024

    let configuration: NodeConfiguration
    let journal: any VoteJournal
    let store: any NodeStore
    let links: any PeerLinks
    let logger: Logger
    let executor: Executor
    let admission: Admission
    let inbox = Inbox<Event>(capacity: NodeDriver.inboxCapacity)
    let shares = PeerShares()
    let room: PoolRoom
    let executions = WorkQueue(threads: 1)
    let verifications: PeerTurns
    let serving: BlockServing
    let committer: Committer
    let waiters = TransactionWaiters()
    let shared: Mutex<NodeStatus>
    private let ending = Mutex(Ending())

    private struct Ending {
        var result: Result<Void, NodeStopped>?
        var waiting: CheckedContinuation<Result<Void, NodeStopped>, Never>?
    }

    package init(
        configuration: NodeConfiguration,
        journal: any VoteJournal,
        store: any NodeStore,
        links: any PeerLinks,
        verificationThreads: Int,
        logger: Logger
    ) {
        self.configuration = configuration
        self.journal = journal
        self.store = store
        self.links = links
        self.logger = logger
        let replica = configuration.core.configuration
        executor = Executor(network: replica.network, suite: replica.suite)
        admission = Admission(
            network: replica.network,
            suite: replica.suite,
            ledger: store
        )
        verifications = PeerTurns(threads: verificationThreads)
        serving = BlockServing(store: store, links: links, logger: logger)
        room = PoolRoom(limits: replica.poolLimits)
        committer = Committer(store: store, inbox: inbox, waiters: waiters)
        shared = Mutex(
            NodeStatus(
                validators: configuration.core.validatorNodes,
                connected: [],
                ownNode: replica.ownNode,
                epoch: configuration.core.validators.set.epoch,
                view: .zero,
                finalHeight: configuration.core.finalHeight,
                storedHeight: configuration.core.finalHeight,
                finalTimestamp: configuration.core.finalHeader.timestamp,
                poolCount: 0,
                refusal: nil,
                equivocations: []
            )
        )
    }

    /// What the links call; false means "slow down".
    package func receive(_ event: LinkEvent) -> Bool {
        guard case .received(let frame, let peer) = event else { return inbox.push(.link(event)) }
        guard shares.take(frame.count, of: peer) else { return false }
        if inbox.push(.link(event)) { return true }
        shares.giveBack(frame.count, of: peer)
        return false
    }

    /// Runs until `stop`, until the task is cancelled, or until the node stops itself. What is final is in the store then,
    /// unless that is what failed. Called once.
    /// - Throws: `NodeStopped` when a write failed or consensus cannot go on.
    package func run() async throws {
        WorkerThread.start { DriverLoop(driver: self).run() }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let result = ending.withLock { ending in
                    if ending.result == nil { ending.waiting = continuation }
                    return ending.result
                }
                if let result { continuation.resume(returning: result) }
            }
        } onCancel: {
            stop()
        }
        await committer.close()
        try result.get()
    }

    /// Asks the loop to end after its turn. Safe to call more than once.
    package func stop() { inbox.pushUnbounded(.stop) }

    func end(_ result: Result<Void, NodeStopped>) {
        inbox.close()
        executions.close()
        serving.close()
        verifications.close()
        let waiting = ending.withLock { ending in
            ending.result = result
            return ending.waiting
        }
        waiting?.resume(returning: result)
    }
}

extension NodeDriver: LedgerGate {
    /// Checks the signatures in the caller's own task: handing them to another thread and back would cost a third of the
    /// check itself. What callers may have under way at once is theirs to bound.
    ///
    /// The store is read in the caller's task too. A department's key is in the store's memory; a subject's is one point read,
    /// mostly from the system's page cache, and costs less than the hop to a thread that may wait for the disk.
    package func submit(_ bytes: [UInt8]) async -> SubmissionResult {
        switch admission.judge(bytes, at: SystemTime.civil) {
        case .malformed(let error): return .malformed(error)
        case .refused(let sealed, let verdict): return known(sealed) ?? .refused(verdict)
        case .unavailable(let error):
            fail(reading: error)
            return .busy
        case .admit(let verified):
            guard room.reserve(verified.sealed) else { return .busy }
            if inbox.push(.submitted(verified)) { return .accepted(digest: verified.sealed.digest) }
            room.giveBack(verified.sealed.bytes.count)
            return .busy
        }
    }

    /// A repeated request is not refused: the ledger holds its outcome already.
    private func known(_ sealed: SealedTransaction) -> SubmissionResult? {
        storedOutcome(of: sealed.digest).map { _ in .accepted(digest: sealed.digest) }
    }

    package func outcome(of digest: Digest, waitMilliseconds: UInt64) async -> TransactionProgress {
        if let progress = storedOutcome(of: digest) ?? committer.outcome(of: digest) { return progress }
        guard waitMilliseconds > 0 else { return .pending }
        return await waiters.outcome(of: digest, waitMilliseconds: waitMilliseconds) {
            storedOutcome(of: digest) ?? committer.outcome(of: digest)
        }
    }

    package func waitUntilStored(_ height: Height, waitMilliseconds: UInt64) async -> Bool {
        if status.storedHeight >= height { return true }
        return await waiters.stored(height, waitMilliseconds: waitMilliseconds) { status.storedHeight >= height }
    }

    package var status: NodeStatus {
        var status = shared.withLock { $0 }
        status.storedHeight = committer.storedHeight ?? status.storedHeight
        return status
    }

    private func storedOutcome(of digest: Digest) -> TransactionProgress? {
        do {
            return try store.view().location(of: digest).map { .final(height: $0.height, verdict: $0.verdict) }
        } catch {
            logger.error("a transaction could not be looked up", metadata: ["error": "\(error)"])
            return nil
        }
    }
}
