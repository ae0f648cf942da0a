package import Consensus
package import Execution
package import LedgerModel
package import Merkle
package import Ports
package import Primitives
import Synchronization

/// The in-memory twin of `LevelDBLedgerStore`: the same commits, views and reads, from dictionaries.
///
/// Proofs are computed from all leaves, by the list form of the tree and not by its tiles.
package final class InMemoryLedgerStore: LedgerStore, LedgerReader {
    private struct State {
        var view: InMemoryLedgerView
        var certified: InMemoryLedgerView?
        var hasFailed = false
        var failsNextCommit = false
    }

    private let state: Mutex<State>

    /// The store that holds nothing but its genesis block.
    package init(genesis: ExecutedBlock, digestFunction: any DigestFunction) {
        let empty = InMemoryLedgerView(newest: genesis, hasher: MerkleHasher(digestFunction))
        state = Mutex(State(view: empty.adding(genesis, certificate: nil)))
    }

    /// Makes the next commit fail.
    package func failNextCommit() { state.withLock { $0.failsNextCommit = true } }

    package func commit(_ blocks: [(ExecutedBlock, QuorumCertificate?)]) throws(StoreError) {
        guard !blocks.isEmpty else { return }
        try state.withLock { state throws(StoreError) in
            guard !state.hasFailed else { throw .failedBefore }
            var view = state.view
            for (block, certificate) in blocks {
                guard block.header.parent == view.headerDigest, block.header.height == view.header.height.next else {
                    throw .notNextBlock(expected: view.header.height.next, found: block.header.height)
                }
                view = view.adding(block, certificate: certificate)
            }
            if state.failsNextCommit {
                state.hasFailed = true
                throw .failed(reason: "the test asked for it")
            }
            state.view = view
            if view.certificate != nil { state.certified = view }
        }
    }

    private var current: InMemoryLedgerView { state.withLock { $0.view } }

    /// The committed state as execution begins from it.
    package var ledgerState: LedgerState {
        let view = current
        return LedgerState(base: self, header: view.header, headerDigest: view.headerDigest, history: view.history)
    }

    package func view() -> any LedgerView { current }
    package func certifiedView() -> (any LedgerView)? { state.withLock { $0.certified } }

    package func location(of id: TransactionID, by author: Author) -> TransactionLocation? {
        let view = current
        guard let found = view.inclusions[InclusionKey(author: author, id: id)] else { return nil }
        return found.expiry >= view.header.timestamp ? found.location : nil
    }

    package func statistics() -> LedgerStatistics {
        let view = current
        return LedgerStatistics(
            height: view.header.height,
            recordCount: view.header.registerSize,
            diskBytes: 0,
            rememberedTransactionCount: view.inclusions.count
        )
    }

    package func position(of key: RecordKey) -> Position? { current.position(of: key) }
    package func record(at position: Position) -> Record? { current.record(at: position) }
    package func tile(_ key: TileKey) -> Tile? { current.tiles[key] }
    package func inclusionExpiry(of key: InclusionKey) -> Timestamp? { current.inclusions[key]?.expiry }
}

/// The ledger after one block, as dictionaries.
package struct InMemoryLedgerView: LedgerView {
    fileprivate struct Inclusion {
        let expiry: Timestamp
        let location: TransactionLocation
    }

    private var newest: ExecutedBlock
    private let hasher: MerkleHasher
    private var records: [Position: Record] = [:]
    private var positions: [RecordKey: Position] = [:]
    fileprivate var tiles: [TileKey: Tile] = [:]
    fileprivate var inclusions: [InclusionKey: Inclusion] = [:]
    private var blocks: [ExecutedBlock] = []
    private var certificates: [Height: QuorumCertificate] = [:]
    private var locations: [Digest: TransactionLocation] = [:]

    fileprivate init(newest: ExecutedBlock, hasher: MerkleHasher) {
        self.newest = newest
        self.hasher = hasher
    }

    fileprivate func adding(_ block: ExecutedBlock, certificate: QuorumCertificate?) -> InMemoryLedgerView {
        var next = self
        next.newest = block
        next.blocks.append(block)
        next.records.merge(block.records) { _, new in new }
        next.positions.merge(block.positions) { _, new in new }
        next.tiles.merge(block.tiles) { _, new in new }
        next.certificates[block.header.height] = certificate
        for (index, (transaction, verdict)) in zip(block.transactions, block.verdicts).enumerated() {
            let body = transaction.transaction.body
            let location = TransactionLocation(height: block.header.height, index: UInt32(index), verdict: verdict)
            let key = InclusionKey(author: body.author, id: body.id)
            let isOwn = verdict == .accepted || verdict == .authorSuspended || verdict.rawValue >= 8
            if isOwn || locations[transaction.digest] == nil { next.locations[transaction.digest] = location }
            if isOwn, let expiry = block.inclusions[key] {
                next.inclusions[key] = Inclusion(expiry: expiry, location: location)
            }
        }
        return next
    }

    package var header: Header { newest.header }
    package var headerDigest: Digest { newest.digest }
    package var history: HistoryTree { newest.history }
    package var certificate: QuorumCertificate? { certificates[header.height] }

    package func position(of key: RecordKey) -> Position? { positions[key] }
    package func record(at position: Position) -> Record? { records[position] }

    package func records(from position: Position, countMax: Int) -> [Record] {
        guard position.rawValue < header.registerSize else { return [] }
        return (position.rawValue..<header.registerSize).prefix(countMax).compactMap { records[Position($0)] }
    }

    package func proof(of position: Position) -> InclusionProof? {
        let leaves = records(from: Position(0), countMax: .max).map { hasher.leaf($0.canonicalBytes) }
        return hasher.inclusionProof(position: position, of: leaves)
    }

    package func header(at height: Height) -> Header? { executed(height)?.header }

    package func headers(from height: Height, countMax: Int) -> [Header] {
        blocks.dropFirst(Int(clamping: height.rawValue)).prefix(countMax).map(\.header)
    }

    package func height(ofHeader digest: Digest) -> Height? {
        blocks.first { $0.digest == digest }?.header.height
    }

    package func block(at height: Height) -> Block? { executed(height)?.block }
    package func verdicts(at height: Height) -> [Verdict]? { executed(height)?.verdicts }
    package func certificate(at height: Height) -> QuorumCertificate? { certificates[height] }

    package func firstCertified(from height: Height) -> CertifiedHeader? {
        certified(certificates.keys.filter { $0 >= height }.min())
    }

    package func newestCertified() -> CertifiedHeader? { certified(certificates.keys.max()) }

    private func certified(_ height: Height?) -> CertifiedHeader? {
        guard let height, let header = header(at: height), let certificate = certificates[height] else { return nil }
        return CertifiedHeader(header: header, certificate: certificate)
    }

    package func location(of transaction: Digest) -> TransactionLocation? { locations[transaction] }

    package func historyProof(of height: Height, size: UInt64) -> InclusionProof? {
        guard size <= history.size else { return nil }
        return hasher.inclusionProof(position: Position(height.rawValue), of: historyLeaves(size))
    }

    package func historyConsistency(from oldSize: UInt64, to newSize: UInt64) throws(StoreError) -> ConsistencyProof? {
        guard oldSize >= 1, oldSize <= newSize, newSize <= history.size else { return nil }
        let tree = TiledTree(hasher)
        let none: [TileKey: Tile] = [:]
        do throws(MerkleError) {
            let tiles = try tree.update(size: 0, newLeaves: historyLeaves(newSize), reader: none).tiles
            return try tree.consistencyProof(from: oldSize, to: newSize, reader: tiles)
        } catch {
            throw .corrupt(reason: "\(error)")
        }
    }

    private func historyLeaves(_ size: UInt64) -> [Digest] { blocks.prefix(Int(size)).map { hasher.leaf($0.digest) } }

    private func executed(_ height: Height) -> ExecutedBlock? {
        height <= header.height ? blocks[Int(height.rawValue)] : nil
    }
}
