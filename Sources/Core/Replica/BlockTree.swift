import Execution
import LedgerModel
import Primitives

/// Blocks above the last final one that this replica has heard of, with what is known of each.
struct BlockTree: Sendable {
    /// Blocks kept at most; beside those that a quorum or this node named, a leader has one for each of its views.
    static let countMax = 1024

    private(set) var entries: [Digest: BlockEntry] = [:]

    subscript(digest: Digest) -> BlockEntry? {
        get { entries[digest] }
        // In place: a copy of the entry would copy its bodies for each one that is added.
        _modify { yield &entries[digest] }
    }

    var isFull: Bool { entries.count >= BlockTree.countMax }

    /// The blocks of which something holds, by epoch and view: a dictionary's own order differs from process to process.
    func digests(where holds: (BlockEntry) -> Bool) -> [Digest] {
        entries.filter { holds($0.value) }
            .map { (place: $0.value.outline.header.place, digest: $0.key) }
            .sorted { ($0.place, $0.digest) < ($1.place, $1.digest) }
            .map(\.digest)
    }

    func children(of digest: Digest) -> [Digest] {
        digests { $0.outline.header.parent == digest }
    }

    /// Forgets what a leader proposed before `place` and nobody stood behind. Should a quorum name it, it can be fetched again
    /// from those who voted for it: what is in the journal stays.
    mutating func evict(before place: Place) {
        let isForgotten = { (entry: BlockEntry) in
            !entry.isNamed && !entry.isJournalled && entry.outline.header.place < place
        }
        guard entries.values.contains(where: isForgotten) else { return }
        entries = entries.filter { !isForgotten($0.value) }
    }

    /// Makes room in a full tree: what nobody stood behind, and if that is not enough, the oldest of what this node voted for
    /// without a quorum. The journal still holds it; should it be certified after all, and no voter have it in memory any
    /// more, its view is lost, and nothing else.
    mutating func makeRoom(before place: Place) {
        evict(before: place)
        guard isFull else { return }
        let idle = digests { !$0.isNamed && $0.outline.header.place < place }
        for digest in idle.prefix(BlockTree.countMax / 4) { entries[digest] = nil }
    }

    /// Forgets what can no longer become final once the block of `header` is: whatever is not above it.
    mutating func prune(above header: Header, digest final: Digest) {
        var forgotten: Set<Digest> = []
        for digest in digests(where: { _ in true }) {
            guard let block = entries[digest]?.outline.header else { continue }
            let isAbove = block.height > header.height && block.place > header.place
            let isOrphan =
                block.parent != final && (block.height == header.height.next || forgotten.contains(block.parent))
            if !isAbove || isOrphan {
                forgotten.insert(digest)
                entries[digest] = nil
            }
        }
    }
}

/// One block and how far this replica has come with it.
struct BlockEntry: Sendable {
    /// Each stage says which one may follow.
    enum Stage: Sendable {
        /// Bodies or the parent are missing. Next: `executing`.
        case collecting
        /// An execution was asked for. Next: `executed`, `invalid`.
        case executing
        /// It is what its header says; its journal record is written.
        case executed(ExecutedBlock)
        /// It is not, or it breaks a rule of form.
        case invalid
    }

    let outline: BlockOutline
    var stage = Stage.collecting
    /// Bodies that came for this block or were in the pool.
    private(set) var bodies: [Digest: TransactionInput] = [:]
    /// Their bytes together, each body once.
    private(set) var bodyByteCount = 0
    /// Whether the journal, or the store of a peer that proved finality, holds it: it need not be written again.
    var isJournalled = false
    /// Whether a quorum, the journal or this node stands behind it, so that it is not forgotten before finality decides.
    var isNamed = false
    /// Who can be asked for bodies, in the order in which they showed that they have it.
    private(set) var holders: [NodeID] = []
    /// When missing parts are asked for again; nil while nothing is missing.
    var askAgainAt: MonotonicTime?
    /// How often missing parts were asked for.
    var askCount = 0

    init(outline: BlockOutline) { self.outline = outline }

    var executed: ExecutedBlock? {
        if case .executed(let block) = stage { return block }
        return nil
    }

    var isCollecting: Bool {
        if case .collecting = stage { return true }
        return false
    }

    var isInvalid: Bool {
        if case .invalid = stage { return true }
        return false
    }

    mutating func put(_ body: TransactionInput) {
        guard bodies.updateValue(body, forKey: body.sealed.digest) == nil else { return }
        bodyByteCount += body.sealed.bytes.count
    }

    mutating func dropBodies() {
        bodies = [:]
        bodyByteCount = 0
    }

    /// Bytes of the block's transactions, one that is named twice counted twice; nil while one is missing.
    var byteCount: Int? {
        var sum = 0
        for transaction in outline.transactions {
            guard let body = bodies[transaction] else { return nil }
            sum += body.sealed.bytes.count
        }
        return sum
    }

    /// The block with its bodies; nil while one is missing.
    var block: Block? {
        let found = outline.transactions.compactMap { bodies[$0]?.sealed.bytes }
        guard found.count == outline.transactions.count else { return nil }
        return Block(header: outline.header, transactions: found, verdictsDigest: outline.verdictsDigest)
    }

    /// Transactions whose bodies are not here, each once.
    func missing() -> [Digest] {
        var seen: Set<Digest> = []
        return outline.transactions.filter { bodies[$0] == nil && seen.insert($0).inserted }
    }

    mutating func addHolder(_ peer: NodeID) {
        if !holders.contains(peer) { holders.append(peer) }
    }

    /// Whom to ask next: known holders first, then everyone else in turn.
    func peerToAsk(among connected: [NodeID]) -> NodeID? {
        let candidates = holders.filter(connected.contains) + connected.filter { !holders.contains($0) }
        return candidates.isEmpty ? nil : candidates[askCount % candidates.count]
    }
}
