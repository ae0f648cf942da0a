package import LedgerModel
package import Primitives

/// A transaction that issues certificates and is on its way to the ledger.
///
/// It is written with the bodies before the transaction is sent, so that after a crash the very same transaction can be
/// offered again: nothing is issued twice. The vault names the run's certificates by the transaction's id.
package struct IssueRun: Hashable, Sendable, CanonicalCodable {
    /// The transaction's bytes.
    package let transaction: [UInt8]
    /// After this time it can no longer become final.
    package let expiry: Timestamp
    /// The batch as its clerk named it: 16 bytes.
    package let batch: [UInt8]

    package init(transaction: [UInt8], expiry: Timestamp, batch: [UInt8]) {
        precondition(batch.count == 16, "a batch is named by 16 bytes")
        self.transaction = transaction
        self.expiry = expiry
        self.batch = batch
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(transaction)
        encoder.append(expiry)
        encoder.appendRaw(batch)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        transaction = try decoder.readBytes(countMax: Limits.transactionBytesMax)
        expiry = try decoder.read()
        batch = try decoder.readRaw(count: 16)
    }
}

/// A batch as its clerk named it.
package struct IssueBatch: Hashable, Sendable, CanonicalCodable {
    /// Transactions of one batch, attempts that expired included: the newest of them.
    package static let runsMax = 1_024

    /// The digest of the request: the same name with other rows is refused.
    package let request: Digest
    /// The transactions that were made for it, oldest first.
    package private(set) var runs: [TransactionID]
    /// How many of `runs` belong to requests that were answered. What the others brought still has to be reported.
    package private(set) var answeredCount: UInt32

    package init(request: Digest, runs: [TransactionID] = [], answeredCount: UInt32 = 0) {
        precondition(answeredCount <= runs.count, "only a run can be answered for")
        self.request = request
        self.runs = runs
        self.answeredCount = answeredCount
    }

    /// The runs of a request that was not answered.
    package var unanswered: Set<TransactionID> { Set(runs.dropFirst(Int(answeredCount))) }

    /// Adds the transaction of the request at work. What a thousand later ones did not undo or supersede is no longer
    /// undone with the batch.
    package mutating func add(_ run: TransactionID) {
        if runs.count == Self.runsMax {
            runs.removeFirst()
            answeredCount -= min(answeredCount, 1)
        }
        runs.append(run)
    }

    /// Notes that the request at work is answered.
    package mutating func answer() { answeredCount = UInt32(runs.count) }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(request)
        encoder.append(list: runs)
        encoder.append(answeredCount)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        request = try decoder.readDigest()
        runs = try decoder.readList(countMax: Self.runsMax)
        answeredCount = try decoder.readUInt32()
        guard answeredCount <= runs.count else {
            throw .invalid(type: "IssueBatch", reason: "more runs are answered than there are")
        }
    }
}
