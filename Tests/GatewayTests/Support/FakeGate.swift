import LedgerModel
import Ports
import Primitives
import Synchronization

/// A gate whose answers the test sets.
final class FakeGate: LedgerGate {
    struct Answers {
        var submission: SubmissionResult = .busy
        var progress: TransactionProgress = .pending
        /// What `outcome` gives a caller who waits.
        var progressAfterWait: TransactionProgress = .pending
        var submitted: [[UInt8]] = []
        var waits: [UInt64] = []
        var status: NodeStatus
    }

    private let answers: Mutex<Answers>

    init(status: NodeStatus) { answers = Mutex(Answers(status: status)) }

    func set(_ change: (inout Answers) -> Void) { answers.withLock { change(&$0) } }
    var submitted: [[UInt8]] { answers.withLock { $0.submitted } }
    var waits: [UInt64] { answers.withLock { $0.waits } }

    func submit(_ bytes: [UInt8]) async -> SubmissionResult {
        answers.withLock {
            $0.submitted.append(bytes)
            return $0.submission
        }
    }

    func outcome(of digest: Digest, waitMilliseconds: UInt64) async -> TransactionProgress {
        answers.withLock {
            $0.waits.append(waitMilliseconds)
            return waitMilliseconds > 0 ? $0.progressAfterWait : $0.progress
        }
    }

    func waitUntilStored(_ height: Height, waitMilliseconds: UInt64) async -> Bool { true }

    var status: NodeStatus { answers.withLock { $0.status } }
}
