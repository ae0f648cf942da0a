import LedgerModel
import Merkle
import Primitives

/// The state while a block is being executed: its parent's, and what its transactions changed so far.
struct BlockScope {
    let parent: LedgerState
    let height: Height
    let timestamp: Timestamp
    private(set) var records: RecordChanges
    private(set) var positions: [RecordKey: Position] = [:]
    private(set) var inclusions: [InclusionKey: Timestamp] = [:]
    /// Departments and certificate types that this block's transactions were judged by: mostly the same few again.
    private var institutions: [RecordKey: Record] = [:]

    init(parent: LedgerState, timestamp: Timestamp) {
        self.parent = parent
        self.height = parent.header.height.next
        self.timestamp = timestamp
        records = RecordChanges(sizeBefore: parent.header.registerSize)
    }

    /// The epoch of this block: the parent's, unless that ended with it.
    var epoch: Epoch { parent.header.childEpoch }

    /// The validator set for the next block, if this one changed it.
    func changedValidatorSet() throws(LedgerReadError) -> ValidatorSetRecord? {
        guard let position = try position(of: .validatorSet), case .validatorSet(let set) = records[position] else {
            return nil
        }
        return set
    }

    func position(of key: RecordKey) throws(LedgerReadError) -> Position? {
        if let position = positions[key] { return position }
        return try parent.position(of: key)
    }

    func record(_ key: RecordKey) throws(LedgerReadError) -> Record? {
        guard let position = try position(of: key) else { return nil }
        if let record = records[position] { return record }
        return try parent.record(key)
    }

    /// The record with `key`, of a kind that hardly ever changes; it is read once a block.
    mutating func institution(_ key: RecordKey) throws(LedgerReadError) -> Record? {
        if let known = institutions[key] { return known }
        guard let record = try record(key) else { return nil }
        institutions[key] = record
        return record
    }

    func wasIncluded(_ key: InclusionKey) throws(LedgerReadError) -> Bool {
        if inclusions[key] != nil { return true }
        return try parent.wasIncluded(key, at: timestamp)
    }

    mutating func include(_ key: InclusionKey, until expiry: Timestamp) {
        inclusions[key] = expiry
    }

    /// Gives a new record the next position. The caller has made sure that its key is free.
    mutating func create(_ record: Record) {
        positions[record.key] = records.create(record)
        forgetInstitution(record)
    }

    /// Creates a record, or rewrites the one with its key.
    mutating func put(_ record: Record) throws(LedgerReadError) {
        if try position(of: record.key) == nil {
            create(record)
        } else {
            try rewrite(record)
        }
    }

    /// Rewrites the leaf of a record that exists.
    mutating func rewrite(_ record: Record) throws(LedgerReadError) {
        guard let position = try position(of: record.key) else {
            throw LedgerReadError(reason: "a record to rewrite is not in the register")
        }
        records.rewrite(record, at: position)
        forgetInstitution(record)
    }

    private mutating func forgetInstitution(_ record: Record) {
        switch record {
        case .certificate, .subject, .accessHead, .serviceCase, .proposal, .equivocation: break
        default: institutions[record.key] = nil
        }
    }

    mutating func reserve(_ count: Int) {
        records.reserve(count)
        positions.reserveCapacity(positions.count + count)
    }
}
