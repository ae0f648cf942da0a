package import Primitives

/// What a validator must not forget: its votes, the bodies it voted for, and what rode along with them.
///
/// The contract, which `FileVoteJournal` and `InMemoryVoteJournal` keep alike:
/// * Records are opaque bytes. They get the sequence numbers 0, 1, 2 … and come back in this order.
/// * `append` only writes. What it wrote is durable when the next `sync` has returned, and not before: each turn of the
///   event loop appends, syncs once, and then sends.
/// * Records that were synced come back, or opening fails. Records that were not may be missing, as a whole tail.
/// * A write or sync that fails is final: every later call throws `failedBefore`. The node stops.
/// * One owner calls it, one call at a time.
package protocol VoteJournal: Sendable {
    /// Writes `records` after those before and gives the sequence number of the first: the mark for a later `cut`.
    ///
    /// An empty list writes nothing and gives the number that the next record will have.
    /// - Throws: `JournalError.recordTooLarge` before anything is written; `failed`, `failedBefore`.
    @discardableResult
    func append(_ records: [[UInt8]]) throws(JournalError) -> UInt64

    /// Makes everything durable that was appended. Costs nothing when that is already so.
    /// - Throws: `JournalError.failed`, `failedBefore`.
    func sync() throws(JournalError)

    /// Gives up records below `sequence`. Some of them may come back at the next opening: whole segments go, others stay.
    /// - Throws: `JournalError.failed`, `failedBefore`.
    func cut(below sequence: UInt64) throws(JournalError)

    /// The number that the next record will have.
    var nextSequence: UInt64 { get }
}

/// A record of the journal as it was read when the journal was opened.
package struct JournalEntry: Hashable, Sendable {
    package let sequence: UInt64
    package let body: [UInt8]

    package init(sequence: UInt64, body: [UInt8]) {
        self.sequence = sequence
        self.body = body
    }
}

/// What was there when a journal was opened.
package enum JournalOpening: Equatable, Sendable {
    /// Nothing: a new journal was made. A node that has voted before must not vote now.
    case created
    /// The records that were kept, oldest first. `tornBytes` of an unfinished write after them were cut off.
    case opened(records: [JournalEntry], tornBytes: UInt64)
}

/// Limits of a journal.
package enum JournalLimits {
    /// Bytes of one record: a block body and what describes it.
    package static let recordBytesMax = 16 * 1024 * 1024
}

/// Why a journal cannot be used. In each case the node does not vote.
package enum JournalError: Error, Equatable, Sendable {
    /// Another process has the journal open.
    case lockedByAnother(folder: String)
    /// The journal belongs to another network or voting key.
    case ofAnotherOwner(found: Digest)
    /// The file was written by a newer version.
    case formatUnknown(file: String, found: UInt16)
    /// Something that had been synced is no longer readable. The validator needs a new voting key.
    case damagedBeforeTail(file: String, offset: UInt64)
    /// The file before this one ends with `expected - 1`; this one begins with `found`.
    case sequenceGap(file: String, expected: UInt64, found: UInt64)
    /// A record of `found` bytes where `JournalLimits.recordBytesMax` are allowed.
    case recordTooLarge(found: Int)
    /// An operation on the disk failed with the system's error `code`.
    case failed(operation: String, file: String, code: Int32)
    /// An earlier write or sync failed, so it is unknown what is on the disk.
    case failedBefore
}
