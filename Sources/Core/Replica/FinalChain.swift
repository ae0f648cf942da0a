import Consensus
import Execution
import LedgerModel
import Merkle
import Primitives

/// The chain up to the last final block: what is in the store, and the final blocks on their way there.
struct FinalChain: Sendable {
    /// Final blocks that may wait for the store before execution waits too.
    static let uncommittedMax = 64

    private let base: any LedgerReader
    private var committedHeader: Header
    private var committedDigest: Digest
    private var committedHistory: HistoryTree
    /// Final blocks whose commit was asked for and not yet reported, oldest first.
    private(set) var uncommitted: [ExecutedBlock] = []

    init(committed: LedgerState) {
        precondition(committed.layers.isEmpty, "a replica begins with what is in the store")
        base = committed.base
        committedHeader = committed.header
        committedDigest = committed.headerDigest
        committedHistory = committed.history
    }

    var header: Header { uncommitted.last?.header ?? committedHeader }
    var digest: Digest { uncommitted.last?.digest ?? committedDigest }
    var height: Height { header.height }

    /// The header of the newest block, or of a final one on its way to the store.
    func header(of digest: Digest) -> Header? {
        if digest == committedDigest { return uncommitted.isEmpty ? committedHeader : nil }
        return uncommitted.first { $0.digest == digest }?.header
    }

    /// The state after the last final block and the blocks of `branch` above it, oldest first.
    func state(adding branch: [ExecutedBlock]) -> LedgerState {
        let layers = uncommitted + branch
        guard layers.isEmpty else { return LedgerState(base: base, layers: layers) }
        return LedgerState(
            base: base,
            header: committedHeader,
            headerDigest: committedDigest,
            history: committedHistory
        )
    }

    mutating func append(_ block: ExecutedBlock) {
        precondition(block.header.parent == digest, "final blocks follow each other")
        uncommitted.append(block)
    }

    /// Drops the layers that the store holds by now.
    mutating func committed(through height: Height) {
        while let block = uncommitted.first, block.header.height <= height {
            committedHeader = block.header
            committedDigest = block.digest
            committedHistory = block.history
            uncommitted.removeFirst()
        }
    }
}
