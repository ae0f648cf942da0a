import Consensus
import Execution
import LedgerModel
import Ports
import Primitives
import Synchronization

/// Writes final blocks to the store in order, on a thread of its own, many in one batch when it lags. How many may wait is
/// the replica's to bound (`FinalChain.uncommittedMax`).
final class Committer: Sendable {
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
    private let queue = WorkQueue(threads: 1)

    init(store: any NodeStore, inbox: Inbox<NodeDriver.Event>, waiters: TransactionWaiters) {
        self.store = store
        self.inbox = inbox
        self.waiters = waiters
    }

    var storedHeight: Height? { state.withLock { $0.storedHeight } }

    func commit(_ block: ExecutedBlock, _ certificate: QuorumCertificate?) {
        let mustStart = state.withLock { state in
            state.waiting.append((block, certificate))
            defer { state.isRunning = true }
            return !state.isRunning
        }
        if mustStart { queue.submit { [self] in writeAll() } }
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

    /// Ends after everything handed over was written, or could not be. Called once, when nothing more is handed over.
    func close() async {
        await withCheckedContinuation { continuation in
            queue.submit { continuation.resume() }
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
