import Consensus
import Execution
import LedgerModel
import Merkle
import Ports
import Primitives

/// What a commit writes: whole blocks, one batch.
struct LedgerChanges: ~Copyable {
    private let network: Digest
    private let handle: LevelDBHandle
    private(set) var batch = LevelDBBatch()
    /// Transactions of this batch whose location must not be overwritten.
    private var located: Set<Digest> = []

    init(network: Digest, handle: LevelDBHandle) {
        self.network = network
        self.handle = handle
    }

    /// Adds one block: header, body, verdicts, what it changed in the register, and what it is found by.
    mutating func add(
        _ block: ExecutedBlock,
        certificate: QuorumCertificate?,
        inclusions: BlockInclusions
    ) throws(StoreError) {
        let height = block.header.height
        batch.put(LedgerKey.header(height), block.header.canonicalBytes)
        batch.put(LedgerKey.height(ofHeader: block.digest), LedgerKey.shortest(height.rawValue))
        batch.put(LedgerKey.body(height), LedgerCoder.body(block.block))
        if let certificate { batch.put(LedgerKey.certificate(height), certificate.canonicalBytes) }
        if !block.verdicts.isEmpty { batch.put(LedgerKey.verdicts(height), LedgerCoder.encode(block.verdicts)) }
        if !inclusions.list.isEmpty { batch.put(LedgerKey.inclusions(height), inclusions.canonicalBytes) }
        // In order, because LevelDB's list in memory takes neighbours fastest.
        for (position, record) in block.records {
            batch.put(LedgerKey.record(position), record.canonicalBytes)
        }
        for (key, position) in block.positions.sorted(by: { $0.key.identity < $1.key.identity }) {
            batch.put(LedgerKey.index(key), LedgerKey.shortest(position.rawValue))
        }
        for (key, tile) in block.tiles { batch.put(StoredTree.register.key(key), tile.canonicalBytes) }
        for (index, (transaction, verdict)) in zip(block.transactions, block.verdicts).enumerated() {
            let location = TransactionLocation(height: height, index: UInt32(index), verdict: verdict)
            try locate(transaction.digest, location)
        }
    }

    /// Notes where a transaction is. Bytes that were included again, in vain, do not hide their first outcome.
    private mutating func locate(_ digest: Digest, _ location: TransactionLocation) throws(StoreError) {
        let key = LedgerKey.location(of: digest)
        if !location.verdict.usesUpIdentifier {
            guard !located.contains(digest) else { return }
            if let stored = try handle.value(key) {
                let first: TransactionLocation = try LedgerCoder.decode(stored)
                guard !first.verdict.usesUpIdentifier else { return }
            }
        } else {
            located.insert(digest)
        }
        batch.put(key, location.canonicalBytes)
    }

    /// Removes what is remembered of a block all of whose transactions have expired.
    mutating func forgetInclusions(at height: Height) { batch.remove(LedgerKey.inclusions(height)) }

    /// Adds what changes once a commit.
    mutating func finish(tip: ExecutedBlock, historyTiles: [TileKey: Tile]) -> LedgerTip {
        for (key, tile) in historyTiles { batch.put(StoredTree.history.key(key), tile.canonicalBytes) }
        let stored = LedgerTip(
            network: network,
            height: tip.header.height,
            headerDigest: tip.digest,
            history: tip.history
        )
        batch.put(LedgerKey.tip, stored.canonicalBytes)
        return stored
    }

    /// The history tree's tiles that change when the headers of `blocks` follow the first `size` headers.
    static func historyTiles(
        _ blocks: [ExecutedBlock],
        size: UInt64,
        tree: TiledTree,
        reader: some TileReader
    ) throws(StoreError) -> [TileKey: Tile] {
        do throws(MerkleError) {
            let leaves = blocks.map { tree.hasher.leaf($0.digest) }
            return try tree.update(size: size, newLeaves: leaves, reader: reader).tiles
        } catch {
            throw .corrupt(reason: "the history tree cannot be read: \(error)")
        }
    }
}
