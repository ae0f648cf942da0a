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
    /// Transactions of one batch, attempts that expired included.
    package static let runsMax = 1_024

    /// The digest of the request: the same name with other rows is refused.
    package let request: Digest
    /// The transactions that were made for it, oldest first.
    package var runs: [TransactionID]
    /// What was answered, once it was: the same request gets the same answer. The rows that were rejected follow from the
    /// request.
    package var outcome: IssueOutcome?

    package init(request: Digest, runs: [TransactionID] = [], outcome: IssueOutcome? = nil) {
        self.request = request
        self.runs = runs
        self.outcome = outcome
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(request)
        encoder.append(list: runs)
        encoder.append(optional: outcome)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        request = try decoder.readDigest()
        runs = try decoder.readList(countMax: Self.runsMax)
        outcome = try decoder.readOptional()
    }
}

/// What a batch brought.
package struct IssueOutcome: Hashable, Sendable, CanonicalCodable {
    /// New certificates, those that supersede another included.
    package var issued: UInt32 = 0
    package var superseded: UInt32 = 0
    /// Rows that say what was issued before.
    package var skipped: UInt32 = 0
    /// The block that holds the batch's last transaction; nil when nothing was issued.
    package var height: Height?

    package init() {}

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(issued)
        encoder.append(superseded)
        encoder.append(skipped)
        encoder.append(optional: height)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        issued = try decoder.readUInt32()
        superseded = try decoder.readUInt32()
        skipped = try decoder.readUInt32()
        height = try decoder.readOptional()
    }
}
