package import LedgerModel
package import Primitives

/// What the edge of a node sees of consensus: a way in for transactions, and how they fared.
///
/// The contract: `submit` answers after the signature was checked and the pool has room for the transaction; taken is not
/// yet final. Submitting the same bytes again is safe at any time and gives the same outcome. `outcome` waits until the
/// transaction is final or the time is over; a final outcome is never taken back.
package protocol LedgerGate: Sendable {
    /// Offers a transaction to the network.
    func submit(_ bytes: [UInt8]) async -> SubmissionResult

    /// The transaction's outcome once it is final, waiting `milliseconds` at most.
    func outcome(of digest: Digest, waitMilliseconds: UInt64) async -> TransactionProgress

    /// Returns when every block up to `height` can be read from the store, or false when the time is over.
    func waitUntilStored(_ height: Height, waitMilliseconds: UInt64) async -> Bool

    /// Where the node stands now.
    var status: NodeStatus { get }
}

/// What became of an offer.
package enum SubmissionResult: Equatable, Sendable {
    /// The pool takes it, or the ledger holds it already.
    case accepted(digest: Digest)
    /// It can never be included: the reason is what execution would say.
    case refused(Verdict)
    /// The bytes are no transaction.
    case malformed(DecodeError)
    /// The pool or the author's share is as good as full, or the node is stopping: try again later.
    case busy
}

/// How far a transaction has come.
package enum TransactionProgress: Equatable, Sendable {
    /// In a final block; the verdict is the ledger's.
    case final(height: Height, verdict: Verdict)
    /// Taken, or never seen; not final yet.
    case pending
}

/// A node at a glance; for `status`, health checks and pages.
package struct NodeStatus: Equatable, Sendable {
    /// The nodes that vote in this epoch, in the order of their numbers in it.
    package var validators: [NodeID]
    /// Those of them that have a link, this one included.
    package var connected: [NodeID]
    package var ownNode: NodeID
    package var epoch: Epoch
    package var view: View
    /// The last final block, and the last one in the store.
    package var finalHeight: Height
    package var storedHeight: Height
    /// When the last final block says it was made.
    package var finalTimestamp: Timestamp
    /// Waiting transactions.
    package var poolCount: Int
    /// Why this node does not vote, if it holds a key and does not.
    package var refusal: String?
    /// Validators that contradicted themselves, as far as this node saw.
    package var equivocations: [NodeID]

    package init(
        validators: [NodeID],
        connected: [NodeID],
        ownNode: NodeID,
        epoch: Epoch,
        view: View,
        finalHeight: Height,
        storedHeight: Height,
        finalTimestamp: Timestamp,
        poolCount: Int,
        refusal: String?,
        equivocations: [NodeID]
    ) {
        self.validators = validators
        self.connected = connected
        self.ownNode = ownNode
        self.epoch = epoch
        self.view = view
        self.finalHeight = finalHeight
        self.storedHeight = storedHeight
        self.finalTimestamp = finalTimestamp
        self.poolCount = poolCount
        self.refusal = refusal
        self.equivocations = equivocations
    }
}
