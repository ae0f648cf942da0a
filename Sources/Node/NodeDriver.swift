package import Consensus
package import Execution
package import LedgerModel
package import Logging
package import Ports
package import Primitives
package import Replica
import Synchronization

/// What a node is made of.
package struct NodeConfiguration: Sendable {
    package let name: String
    package let replica: ReplicaConfiguration
    /// The state in the store, the journal's blocks above it, and what the voter journalled.
    package let committed: LedgerState
    package let blocks: [Block]
    package let restoration: VoterRestoration
    package let signer: (any MessageSigner)?

    package init(
        name: String,
        replica: ReplicaConfiguration,
        committed: LedgerState,
        blocks: [Block],
        restoration: VoterRestoration,
        signer: (any MessageSigner)?
    ) {
        self.name = name
        self.replica = replica
        self.committed = committed
        self.blocks = blocks
        self.restoration = restoration
        self.signer = signer
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
        case submitted([VerifiedTransaction], isLocal: Bool)
        case executed(ExecutionRequest, ExecutionResult)
        case committed(Height)
        case failed(reason: String)
        case stop
    }

    /// Events that may wait; a peer whose frames do not fit is slowed down by its link.
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
    let executions = WorkQueue(threads: 1, capacity: 1024)
    let readings = WorkQueue(threads: 1, capacity: 64)
    let verifications: WorkQueue
    let committer: Committer
    let waiters = TransactionWaiters()
    let shared: Mutex<NodeStatus>
    private let ended = Mutex<Result<Void, NodeStopped>?>(nil)
    private let endWaiters = Mutex<[CheckedContinuation<Void, any Error>]>([])

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
        let replica = configuration.replica
        executor = Executor(network: replica.network, suite: replica.suite)
        admission = Admission(
            network: replica.network,
            suite: replica.suite,
            transactionLifetimeMilliseconds: replica.parameters.transactionLifetimeMilliseconds,
            ledger: store
        )
        verifications = WorkQueue(threads: verificationThreads, capacity: 16_384)
        committer = Committer(store: store, inbox: inbox, waiters: waiters)
        shared = Mutex(
            NodeStatus(
                validatorCount: replica.validators.count,
                connectedPeers: [],
                ownIndex: replica.ownIndex,
                epoch: replica.validators.epoch,
                view: .zero,
                finalHeight: configuration.committed.header.height,
                storedHeight: configuration.committed.header.height,
                finalTimestamp: configuration.committed.header.timestamp,
                poolCount: 0,
                refusal: nil,
                equivocations: []
            )
        )
    }

    /// What the links call; false means "slow down".
    package func receive(_ event: LinkEvent) -> Bool { inbox.push(.link(event)) }

    /// Runs until `stop`, or until the node stops itself.
    /// - Throws: `NodeStopped` when a write failed or consensus cannot go on.
    package func run() async throws {
        WorkerThread.start { DriverLoop(driver: self).run() }
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            endWaiters.withLock { $0.append(continuation) }
            if let result = ended.withLock({ $0 }) { end(result) }
        }
    }

    /// Asks the loop to end after its turn. Safe to call more than once.
    package func stop() { inbox.pushUnbounded(.stop) }

    func end(_ result: Result<Void, NodeStopped>) {
        ended.withLock { $0 = $0 ?? result }
        inbox.close()
        executions.close()
        readings.close()
        verifications.close()
        let waiting = endWaiters.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for continuation in waiting {
            switch result {
            case .success: continuation.resume()
            case .failure(let stopped): continuation.resume(throwing: stopped)
            }
        }
    }
}

extension NodeDriver: LedgerGate {
    /// Checks the signatures in the caller's own task: handing them to another thread and back would cost a third of the
    /// check itself. What callers may have under way at once is theirs to bound.
    package func submit(_ bytes: [UInt8]) async -> SubmissionResult {
        switch admission.judge(bytes, at: SystemTime.civil) {
        case .malformed(let error): return .malformed(error)
        case .refused(let sealed, let verdict): return known(sealed) ?? .refused(verdict)
        case .admit(let verified):
            let isTaken = inbox.push(.submitted([verified], isLocal: true))
            return isTaken ? .accepted(digest: verified.sealed.digest) : .busy
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
