import Execution
import LedgerModel
import Primitives

/// All honest nodes have the same final blocks, each the child of the one before it; none is lost or replaced by a crash.
struct ChainChecker: Sendable {
    struct FinalBlock: Sendable {
        let digest: Digest
        let header: Header
        let transactions: [(digest: Digest, verdict: Verdict)]
    }

    /// By height; the first node that has a block final decides it for all.
    private(set) var blocks: [FinalBlock]
    /// The height of each node's newest final block in its present process.
    private var heights: [Int]

    init(genesis: ExecutedBlock, nodeCount: Int) {
        blocks = [FinalBlock(digest: genesis.digest, header: genesis.header, transactions: [])]
        heights = Array(repeating: 0, count: nodeCount)
    }

    var height: Int { blocks.count - 1 }

    /// Whether a height has a final block with transactions: for what the run amounted to.
    var transactionCount: Int { blocks.reduce(0) { $0 + $1.transactions.count } }

    /// A process begins with the block at `height` of its store as final.
    mutating func started(_ node: Int, height: Int, digest: Digest) -> String? {
        heights[node] = height
        guard height < blocks.count, blocks[height].digest == digest else {
            return "node \(node) has a block in its store that was never final"
        }
        return nil
    }

    /// A node says that a block is final.
    mutating func finalised(_ block: ExecutedBlock, by node: Int) -> String? {
        let height = Int(clamping: block.header.height.rawValue)
        guard height == heights[node] + 1 else {
            return "node \(node) has height \(height) final after \(heights[node])"
        }
        heights[node] = height
        if height < blocks.count {
            guard blocks[height].digest == block.digest else {
                return "node \(node) has another final block at height \(height)"
            }
            return nil
        }
        let parent = blocks[height - 1]
        let transactions = zip(block.transactions, block.verdicts).map { (digest: $0.digest, verdict: $1) }
        blocks.append(FinalBlock(digest: block.digest, header: block.header, transactions: transactions))
        let header = block.header
        if header.parent != parent.digest { return "height \(height) does not name its parent" }
        // A header that names another set for its child than for itself is the last of its epoch.
        let isLast = parent.header.validatorSet != parent.header.childValidatorSet
        if header.epoch.rawValue != parent.header.epoch.rawValue + (isLast ? 1 : 0) {
            return "height \(height) is of epoch \(header.epoch), its parent of \(parent.header.epoch)"
        }
        if header.validatorSet != parent.header.childValidatorSet {
            return "height \(height) is not of the set that its parent names"
        }
        if header.view.rawValue <= (isLast ? 0 : parent.header.view.rawValue) {
            return "height \(height) is not of a later view than its parent"
        }
        if header.timestamp <= parent.header.timestamp { return "height \(height) is not later than its parent" }
        if header.registerSize < parent.header.registerSize { return "the register shrank at height \(height)" }
        return nil
    }
}
