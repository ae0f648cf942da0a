import Execution
import LedgerModel
import Primitives

/// Blocks above the last final one that this replica has heard of, with what is known of each.
struct BlockTree: Sendable {
    /// Blocks kept at most; the voter asks only for blocks that a leader or a quorum named.
    static let countMax = 1024

    private(set) var entries: [Digest: BlockEntry] = [:]

    subscript(digest: Digest) -> BlockEntry? {
        get { entries[digest] }
        set { entries[digest] = newValue }
    }

    var isFull: Bool { entries.count >= BlockTree.countMax }

    /// Forgets everything at or below `height`.
    mutating func prune(through height: Height) {
        entries = entries.filter { $0.value.outline.header.height > height }
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
    var bodies: [Digest: TransactionInput] = [:]
    /// Whether the journal, or the store of a peer that proved finality, holds it: it need not be written again.
    var isJournalled = false
    /// Who can be asked for bodies, the most likely holder last.
    var holders: [ReplicaIndex] = []
    /// When missing parts are asked for again; nil until a first wait is over.
    var askAgainAt: MonotonicTime?

    init(outline: BlockOutline) { self.outline = outline }

    var executed: ExecutedBlock? {
        if case .executed(let block) = stage { return block }
        return nil
    }

    func missing() -> [Digest] { outline.transactions.filter { bodies[$0] == nil } }
}
