package import LedgerModel
package import Primitives

/// What a subject's access log shows, and everything that is wrong with it.
package struct AccessLogReport: Equatable, Sendable {
    /// The uses that the ledger vouches for: head by head in the order of the ids asked for, oldest first.
    package let accesses: [VerifiedAccess]
    /// What is missing or contradicts the ledger; empty for a complete log.
    package let faults: [AccessLogFault]
    /// Heads for which no record was shown. Most are not in use yet; that one of them is, and was left out, only a replay
    /// or a second node can show.
    package let headsWithoutRecord: [Digest]
    /// The oldest header that a head was proved under; nil when none was.
    package let asOf: VerifiedHeader?

    /// Whether every use on every head that was shown is here, with its opening.
    package var isComplete: Bool { faults.isEmpty }

    init(
        accesses: [VerifiedAccess],
        faults: [AccessLogFault],
        headsWithoutRecord: [Digest],
        asOf: VerifiedHeader?
    ) {
        self.accesses = accesses
        self.faults = faults
        self.headsWithoutRecord = headsWithoutRecord
        self.asOf = asOf
    }
}

/// A use of a subject's certificates that the ledger vouches for. Only `AccessLogVerifier` makes one.
package struct VerifiedAccess: Hashable, Sendable {
    package let head: Digest
    package let entry: AccessEntry
    /// The content of the entry's opening, which matches its commitment; nil when it is a fault of the log.
    package let opening: [UInt8]?

    init(head: Digest, entry: AccessEntry, opening: [UInt8]?) {
        self.head = head
        self.entry = entry
        self.opening = opening
    }
}

/// One thing that is wrong with an access log.
package enum AccessLogFault: Equatable, Sendable {
    /// An answer about a record that is none of the subject's heads.
    case foreignRecord(RecordKey)
    /// Two answers about one head.
    case repeatedHead(Digest)
    /// The head's record is not shown to be in the register.
    case headNotProven(head: Digest, RecordProofError)
    /// The head's header is too old or ahead of the clock.
    case headNotFresh(head: Digest, FreshnessError)
    /// The head counts these entries, and they are not here or do not follow from those that are.
    case entriesMissing(head: Digest, counts: ClosedRange<UInt64>)
    /// An entry that the head's chain does not lead to.
    case entryNotOnHead(head: Digest, count: UInt64)
    /// The ledger's own chain contradicts itself at this entry: its network, department, number or predecessor.
    case entryContradictsHead(head: Digest, count: UInt64)
    /// An entry without its opening.
    case openingMissing(head: Digest, count: UInt64)
    /// An opening that is not what the entry committed to.
    case openingWrong(head: Digest, count: UInt64)
}
