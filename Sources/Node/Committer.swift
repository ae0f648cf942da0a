import Consensus
import Execution
import LedgerModel
import Ports
import Primitives
import Synchronization

/// Writes final blocks to the store in order, on a thread of its own, many in one batch when it lags.
final class Committer: Sendable {
    /// Final blocks that may wait: what a crash makes a node execute again.
    static let waitingMax = 64

    private struct State {
        var waiting: [(ExecutedBlock, QuorumCertificate?)] = []
        var writing: [(ExecutedBlock, QuorumCertificate?)] = []
        var isRunning = false
        var storedHeight: Height?
    }

    private let store: any NodeStore
    private let inbox: Inbox<NodeDriver.Event>
    private let waiters: TransactionWaiters
    private let state = Mutex(State())
    private let queue = WorkQueue(threads: 1, capacity: 1024)

    init(store: any NodeStore, inbox: Inbox<NodeDriver.Event>, waiters: TransactionWaiters) {
        self.store = store
        self.inbox = inbox
        self.waiters = waiters
    }

    var storedHeight: Height? { state.withLock { $0.storedHeight } }

    /// Whether so much waits that the driver should not make more.
    var isBehind: Bool { state.withLock { $0.waiting.count + $0.writing.count >= Committer.waitingMax } }

    func commit(_ block: ExecutedBlock, _ certificate: QuorumCertificate?) {
        let mustStart = state.withLock { state in
            state.waiting.append((block, certificate))
            defer { state.isRunning = true }
            return !state.isRunning
        }
        if mustStart { queue.submitAlways { [self] in writeAll() } }
    }

    /// The outcome of a transaction in a block that is final and not stored yet.
    func outcome(of digest: Digest) -> TransactionProgress? {
        let blocks = state.withLock { $0.writing + $0.waiting }
        for (block, _) in blocks {
            if let index = block.transactions.firstIndex(where: { $0.digest == digest }) {
                return .final(height: block.header.height, verdict: block.verdicts[index])
            }
        }
        return nil
    }

    /// Ends after everything handed over was written.
    func close() async {
        await withCheckedContinuation { continuation in
            queue.submitAlways { continuation.resume() }
        }
        queue.close()
    }

    private func writeAll() {
        while true {
            let blocks = state.withLock { state in
                state.writing = state.waiting
                state.waiting = []
                if state.writing.isEmpty { state.isRunning = false }
                return state.writing
            }
            guard let newest = blocks.last?.0.header.height else { return }
            do {
                try store.commit(blocks)
            } catch {
                inbox.pushUnbounded(.failed(reason: "the ledger could not be written: \(error)"))
                return
            }
            state.withLock { state in
                state.writing = []
                state.storedHeight = newest
            }
            inbox.pushUnbounded(.committed(newest))
            waiters.reached(newest)
        }
    }
}
