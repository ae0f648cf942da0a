package import Consensus
package import Execution
package import LedgerModel
package import Merkle
package import Primitives
import Synchronization

/// The final state and blocks of a ledger in memory: what execution reads in the simulator and in tests.
///
/// Like the real store it takes whole blocks only and keeps what it took across a simulated crash.
package final class InMemoryLedger: LedgerReader {
    private struct Contents {
        var records: [Position: Record] = [:]
        var positions: [RecordKey: Position] = [:]
        var tiles: [TileKey: Tile] = [:]
        var inclusions: [InclusionKey: Timestamp] = [:]
        /// By height, genesis first.
        var blocks: [ExecutedBlock] = []
        var certificates: [Digest: QuorumCertificate] = [:]
    }

    private let contents = Mutex(Contents())

    /// The ledger that holds nothing but its genesis block.
    package init(genesis: ExecutedBlock) {
        contents.withLock { InMemoryLedger.write(genesis, into: &$0) }
    }

    /// Stores the child of the newest block.
    package func commit(_ block: ExecutedBlock, certificate: QuorumCertificate? = nil) {
        contents.withLock { contents in
            precondition(contents.blocks.last?.digest == block.header.parent, "a block is stored after its parent")
            InMemoryLedger.write(block, into: &contents)
            contents.certificates[block.digest] = certificate
        }
    }

    private static func write(_ block: ExecutedBlock, into contents: inout Contents) {
        contents.records.merge(block.records) { _, new in new }
        contents.positions.merge(block.positions) { _, new in new }
        contents.tiles.merge(block.tiles) { _, new in new }
        contents.inclusions.merge(block.inclusions) { _, new in new }
        contents.inclusions = contents.inclusions.filter { $0.value >= block.header.timestamp }
        contents.blocks.append(block)
    }

    // MARK: Reading

    /// The state after the newest block.
    package var state: LedgerState {
        let newest = newestBlock
        return LedgerState(base: self, header: newest.header, headerDigest: newest.digest, history: newest.history)
    }

    package var newestBlock: ExecutedBlock {
        contents.withLock { contents in
            guard let newest = contents.blocks.last else { preconditionFailure("the genesis block is always there") }
            return newest
        }
    }

    package var height: Height { newestBlock.header.height }

    /// The block at `height`, or nil above the newest.
    package func block(at height: Height) -> ExecutedBlock? {
        contents.withLock { contents in
            height.rawValue < UInt64(contents.blocks.count) ? contents.blocks[Int(height.rawValue)] : nil
        }
    }

    /// The certificate that came with the block, if it had one of its own.
    package func certificate(of digest: Digest) -> QuorumCertificate? {
        contents.withLock { $0.certificates[digest] }
    }

    /// All records in the order of their positions.
    package var allRecords: [Record] {
        contents.withLock { contents in
            contents.records.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    /// Consecutive final blocks from `height` on, as a peer is served: `countMax`, and more only as far as the next block
    /// with a certificate of its own, with which every answer ends.
    package func finalisedBlocks(from height: Height, countMax: Int) -> [FinalisedBlock] {
        contents.withLock { contents in
            var served: [FinalisedBlock] = []
            var provenCount = 0
            for block in contents.blocks.dropFirst(Int(clamping: height.rawValue)) {
                if provenCount > 0, served.count >= countMax { break }
                let certificate = contents.certificates[block.digest]
                served.append(FinalisedBlock(block: block.block, certificate: certificate))
                if certificate != nil { provenCount = served.count }
            }
            return Array(served.prefix(provenCount))
        }
    }

    package func position(of key: RecordKey) -> Position? {
        contents.withLock { $0.positions[key] }
    }

    package func record(at position: Position) -> Record? {
        contents.withLock { $0.records[position] }
    }

    package func inclusionExpiry(of key: InclusionKey) -> Timestamp? {
        contents.withLock { $0.inclusions[key] }
    }

    package func tile(_ key: TileKey) -> Tile? {
        contents.withLock { $0.tiles[key] }
    }
}
