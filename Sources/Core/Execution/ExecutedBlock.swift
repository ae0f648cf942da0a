package import LedgerModel
package import Merkle
package import Primitives

/// A block together with everything it changed: a layer over the state of its parent.
///
/// Immutable, so that branches share it and it crosses threads. Committing a final block writes exactly this.
package final class ExecutedBlock: Sendable {
    package let digest: Digest
    package let header: Header
    package let transactions: [SealedTransaction]
    /// One verdict for each transaction, in order.
    package let verdicts: [Verdict]
    package let verdictsDigest: Digest
    /// Records new or changed.
    package let records: RecordChanges
    /// Keys of the records that the block created.
    package let positions: [RecordKey: Position]
    /// Register tiles new or changed.
    package let tiles: [TileKey: Tile]
    /// What must not be included again until the time given.
    package let inclusions: [InclusionKey: Timestamp]
    /// The history tree, this header included.
    package let history: HistoryTree
    /// Whether the block changes the validator set, so that its epoch ends with it.
    package var endsEpoch: Bool { header.endsEpoch }

    init(
        digest: Digest,
        header: Header,
        transactions: [SealedTransaction],
        verdicts: [Verdict],
        verdictsDigest: Digest,
        records: RecordChanges,
        positions: [RecordKey: Position],
        tiles: [TileKey: Tile],
        inclusions: [InclusionKey: Timestamp],
        history: HistoryTree
    ) {
        self.digest = digest
        self.header = header
        self.transactions = transactions
        self.verdicts = verdicts
        self.verdictsDigest = verdictsDigest
        self.records = records
        self.positions = positions
        self.tiles = tiles
        self.inclusions = inclusions
        self.history = history
    }

    /// The block as it is stored and sent.
    package var block: Block {
        Block(header: header, transactions: transactions.map(\.bytes), verdictsDigest: verdictsDigest)
    }

    /// The block as it is proposed.
    package var outline: BlockOutline {
        BlockOutline(header: header, transactions: transactions.map(\.digest), verdictsDigest: verdictsDigest)
    }
}

extension ExecutedBlock: Equatable {
    package static func == (left: ExecutedBlock, right: ExecutedBlock) -> Bool { left.digest == right.digest }
}
