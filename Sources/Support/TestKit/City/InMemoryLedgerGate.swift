package import Consensus
package import Execution
import LedgerModel
package import Ports
package import Primitives
import Synchronization

/// A network of one that is always right: every transaction is executed by the real rules in a block of its own, which is final
/// and certified at once.
///
/// Faults are asked for: a network that is busy, that is silent, or that takes a transaction and does not say so.
package final class InMemoryLedgerGate: LedgerGate {
    /// What happens to the next offers.
    package enum Fault: Sendable {
        /// The pool is full.
        case busy
        /// The transaction is taken and becomes final, and the caller does not hear of it.
        case unheard
        /// The transaction is lost on the way.
        case lost
    }

    private struct State {
        var faults: [Fault] = []
        var submittedCount = 0
        var bytes: [[UInt8]] = []
    }

    package let store: InMemoryLedgerStore
    private let executor: Executor
    private let validators: ValidatorSet
    private let signatures: FakeSignatures
    private let clock: @Sendable () -> Timestamp
    private let state = Mutex(State())

    /// - Parameter signatures: Its signers 0, 1, 2 … are the validators'.
    package init(
        genesis: ExecutedBlock,
        suite: Suite,
        validators: ValidatorSet,
        signatures: FakeSignatures,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        store = InMemoryLedgerStore(genesis: genesis, digestFunction: suite.digestFunction)
        executor = Executor(network: genesis.header.network, suite: suite)
        self.validators = validators
        self.signatures = signatures
        self.clock = clock
    }

    /// What happens to the next offers, one after the other.
    package func inject(_ faults: [Fault]) { state.withLock { $0.faults += faults } }

    /// Every byte string that was offered.
    package var submitted: [[UInt8]] { state.withLock { $0.bytes } }

    package func submit(_ bytes: [UInt8]) async -> SubmissionResult {
        state.withLock { state in
            state.bytes.append(bytes)
            let fault = state.faults.isEmpty ? nil : state.faults.removeFirst()
            let sealed: SealedTransaction
            do throws(DecodeError) {
                sealed = try SealedTransaction(bytes: bytes, digestFunction: executor.suite.digestFunction)
            } catch {
                return .malformed(error)
            }
            if case .busy? = fault { return .busy }
            guard store.view().header.timestamp <= sealed.transaction.body.expiry,
                clock() <= sealed.transaction.body.expiry
            else { return .refused(.expired) }
            if case .lost? = fault { return .accepted(digest: sealed.digest) }
            if (try? store.view().location(of: sealed.digest)) ?? nil == nil { append([sealed]) }
            return .accepted(digest: sealed.digest)
        }
    }

    /// Appends a block without transactions, so that time passes on the ledger.
    package func tick() { state.withLock { _ in append([]) } }

    private func append(_ transactions: [SealedTransaction]) {
        let parent = store.view().header
        let view = parent.view.next
        let context = BlockContext(
            view: view,
            timestamp: max(parent.timestamp.adding(milliseconds: 1), clock()),
            proposer: validators.leader(of: view)
        )
        do {
            let block = try executor.execute(
                transactions.map { .unverified($0) },
                context: context,
                on: store.ledgerState
            )
            try store.commit([(block, certificate(of: block, parentView: parent.view))])
        } catch {
            preconditionFailure("a ledger in memory can be read and written: \(error)")
        }
    }

    private func certificate(of block: ExecutedBlock, parentView: View) -> QuorumCertificate {
        let ballot = Ballot.finalise(
            epoch: block.header.epoch,
            view: block.header.view,
            parentView: parentView,
            payload: block.digest
        )
        let message = ballot.signedBytes(networkDigest: block.header.network)
        var bitmap = SignerBitmap(validatorCount: validators.count)
        for index in 0..<validators.quorum { bitmap.insert(ReplicaIndex(UInt16(index))) }
        return QuorumCertificate(
            ballot: ballot,
            signers: bitmap,
            signatures: bitmap.indices.map { signatures.signer(UInt64($0.rawValue)).sign(message) }
        )
    }

    package func outcome(of digest: Digest, waitMilliseconds: UInt64) async -> TransactionProgress {
        // A store in memory does not fail.
        guard let location = (try? store.view().location(of: digest)) ?? nil else { return .pending }
        return .final(height: location.height, verdict: location.verdict)
    }

    package func waitUntilStored(_ height: Height, waitMilliseconds: UInt64) async -> Bool {
        height <= store.view().header.height
    }

    package var status: NodeStatus {
        let header = store.view().header
        return NodeStatus(
            validators: (1...UInt16(validators.count)).map { NodeID($0) },
            connected: [],
            ownNode: NodeID(0),
            epoch: header.epoch,
            view: header.view,
            finalHeight: header.height,
            storedHeight: header.height,
            finalTimestamp: header.timestamp,
            poolCount: 0,
            refusal: nil,
            equivocations: []
        )
    }
}
