import Execution
import LedgerModel
import Merkle
import Primitives
import Synchronization

/// The state that a replay has computed so far, all in memory: about 115 bytes a certificate.
///
/// It shares no code with a node's store, so that a fault there shows as a difference.
final class ReplayLedger: LedgerReader {
    struct Contents {
        var records = RecordArena()
        var index = KeyIndex()
        var tiles = TileLevels()
        var inclusions: [InclusionKey: Timestamp] = [:]
        var inclusionsPrunedAt = Timestamp(0)
        /// The newest block.
        var header: Header
        var headerDigest: Digest
        var history: HistoryTree
    }

    /// What passed expiries are kept for; execution refuses the expired before it asks.
    private static let pruneMilliseconds: UInt64 = 60_000

    private let contents: Mutex<Contents>

    /// The ledger that holds nothing but its genesis block.
    init(genesis: ExecutedBlock) {
        contents = Mutex(
            Contents(header: genesis.header, headerDigest: genesis.digest, history: genesis.history)
        )
        apply(genesis)
    }

    /// The state after the newest block.
    var state: LedgerState {
        let (header, digest, history) = contents.withLock { ($0.header, $0.headerDigest, $0.history) }
        return LedgerState(base: self, header: header, headerDigest: digest, history: history)
    }

    /// Takes what a block changed.
    func apply(_ block: ExecutedBlock) {
        contents.withLock { contents in
            for (position, record) in block.records {
                contents.records.put(record.canonicalBytes, at: position)
            }
            for (key, position) in block.positions { contents.index.insert(key, at: position) }
            contents.tiles.put(block.tiles)
            contents.inclusions.merge(block.inclusions) { _, new in new }
            contents.header = block.header
            contents.headerDigest = block.digest
            contents.history = block.history
            let now = block.header.timestamp
            if now >= contents.inclusionsPrunedAt.adding(milliseconds: ReplayLedger.pruneMilliseconds) {
                contents.inclusions = contents.inclusions.filter { $0.value >= now }
                contents.inclusionsPrunedAt = now
            }
        }
    }

    func position(of key: RecordKey) throws(LedgerReadError) -> Position? {
        contents.withLock { contents in
            contents.index.position(of: key) { position in
                ReplayLedger.decode(contents.records.bytes(at: position))?.key == key
            }
        }
    }

    func record(at position: Position) throws(LedgerReadError) -> Record? {
        contents.withLock { ReplayLedger.decode($0.records.bytes(at: position)) }
    }

    func inclusionExpiry(of key: InclusionKey) throws(LedgerReadError) -> Timestamp? {
        contents.withLock { $0.inclusions[key] }
    }

    func tile(_ key: TileKey) -> Tile? { contents.withLock { $0.tiles.tile(key) } }

    /// Reads the state where it lies, once the replay is over.
    func read<Result: Sendable, Failure: Error>(
        _ body: (borrowing Contents) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try contents.withLock { contents throws(Failure) in try body(contents) }
    }

    private static func decode(_ bytes: [UInt8]?) -> Record? {
        guard let bytes else { return nil }
        do throws(DecodeError) {
            return try Record(canonicalBytes: bytes)
        } catch {
            preconditionFailure("a record that was encoded decodes: \(error)")
        }
    }
}
