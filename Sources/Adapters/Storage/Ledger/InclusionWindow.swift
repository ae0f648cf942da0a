import Execution
import LedgerModel
import Ports
import Primitives

/// One transaction that must not be included again before its expiry has passed.
struct Inclusion: CanonicalCodable, Equatable {
    let key: InclusionKey
    let expiry: Timestamp
    let index: UInt32
    let verdict: Verdict

    init(key: InclusionKey, expiry: Timestamp, index: UInt32, verdict: Verdict) {
        self.key = key
        self.expiry = expiry
        self.index = index
        self.verdict = verdict
    }

    func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(key.author)
        encoder.append(key.id)
        encoder.append(expiry)
        encoder.append(index)
        encoder.append(verdict)
    }

    init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        key = InclusionKey(author: try decoder.read(), id: try decoder.read())
        expiry = try decoder.read()
        index = try decoder.readUInt32()
        verdict = try decoder.read()
    }
}

/// What a block's transactions are remembered by.
struct BlockInclusions: CanonicalCodable, Equatable {
    let list: [Inclusion]

    /// Exactly the keys that execution remembers for this block, each with the place of the transaction that used it up.
    init(of block: ExecutedBlock) {
        var list: [Inclusion] = []
        var seen: Set<InclusionKey> = []
        for (index, (transaction, verdict)) in zip(block.transactions, block.verdicts).enumerated() {
            let body = transaction.transaction.body
            let key = InclusionKey(author: body.author, id: body.id)
            guard verdict.usesUpIdentifier, let expiry = block.inclusions[key], seen.insert(key).inserted else {
                continue
            }
            list.append(Inclusion(key: key, expiry: expiry, index: UInt32(index), verdict: verdict))
        }
        self.list = list
    }

    func encode(to encoder: inout CanonicalEncoder) { encoder.append(list: list) }

    init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        list = try decoder.readList(countMax: Limits.blockTransactionsMax)
    }
}

extension Verdict {
    /// Whether a transaction with this verdict was checked to be its author's own, so that its name cannot be used again.
    var usesUpIdentifier: Bool {
        switch self {
        case .networkMismatch, .expired, .expiryTooFar, .repeated, .authorUnknown, .signatureInvalid: false
        default: true
        }
    }
}

/// All transactions whose expiry has not passed at the newest committed block.
struct InclusionWindow {
    private struct Entry {
        let expiry: Timestamp
        let location: TransactionLocation
    }

    private struct BlockEntry {
        let height: Height
        let lastExpiry: Timestamp
        let keys: [InclusionKey]
    }

    private var entries: [InclusionKey: Entry] = [:]
    /// Oldest first.
    private var blocks: [BlockEntry] = []

    var count: Int { entries.count }

    mutating func add(_ inclusions: BlockInclusions, at height: Height) {
        guard !inclusions.list.isEmpty else { return }
        var last = Timestamp(0)
        for inclusion in inclusions.list {
            let location = TransactionLocation(height: height, index: inclusion.index, verdict: inclusion.verdict)
            entries[inclusion.key] = Entry(expiry: inclusion.expiry, location: location)
            last = max(last, inclusion.expiry)
        }
        blocks.append(BlockEntry(height: height, lastExpiry: last, keys: inclusions.list.map(\.key)))
    }

    /// The heights of the blocks of which nothing is left at `now`.
    func passed(now: Timestamp) -> [Height] { blocks.filter { $0.lastExpiry < now }.map(\.height) }

    /// Forgets the blocks of which nothing is left at `now`.
    mutating func prune(now: Timestamp) {
        for block in blocks where block.lastExpiry < now {
            // A name may have come back after its expiry, in a block that is still here.
            for key in block.keys where entries[key]?.location.height == block.height { entries[key] = nil }
        }
        blocks.removeAll { $0.lastExpiry < now }
    }

    /// The expiry under which the transaction was included last; those that have passed may be gone.
    func expiry(of key: InclusionKey) -> Timestamp? { entries[key]?.expiry }

    /// Where the transaction was included, unless its expiry has passed at `now`.
    func location(of key: InclusionKey, now: Timestamp) -> TransactionLocation? {
        guard let entry = entries[key], entry.expiry >= now else { return nil }
        return entry.location
    }
}
