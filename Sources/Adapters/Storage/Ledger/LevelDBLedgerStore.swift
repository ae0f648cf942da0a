package import Consensus
package import Execution
package import LedgerModel
import Merkle
package import Ports
package import Primitives
import Synchronization

/// What a ledger folder holds when it is opened.
package enum LedgerOpening {
    /// Nothing yet: it waits for genesis.
    case empty(EmptyLedger)
    /// A ledger, as its last commit left it.
    case ledger(LevelDBLedgerStore)
}

/// A ledger folder without a block.
package struct EmptyLedger {
    fileprivate let handle: LevelDBHandle
    fileprivate let network: Digest
    fileprivate let tree: TiledTree

    /// Stores the block at height 0.
    /// - Throws: `StoreError.ofAnotherNetwork`, `notNextBlock`, `failed`.
    package func initialise(genesis: ExecutedBlock) throws(StoreError) -> LevelDBLedgerStore {
        guard genesis.header.network == network else { throw .ofAnotherNetwork(found: genesis.header.network) }
        guard genesis.header.height == .genesis else {
            throw .notNextBlock(expected: .genesis, found: genesis.header.height)
        }
        var changes = LedgerChanges(network: network, handle: handle)
        try changes.add(genesis, certificate: nil, inclusions: BlockInclusions(of: genesis))
        let noTiles: [TileKey: Tile] = [:]
        let tiles = try LedgerChanges.historyTiles([genesis], size: 0, tree: tree, reader: noTiles)
        _ = changes.finish(tip: genesis, historyTiles: tiles)
        try handle.write(changes.batch)
        return try LevelDBLedgerStore(handle: handle, network: network, tree: tree)
    }
}

/// A node's final ledger in LevelDB.
///
/// What execution reads is the newest committed state. Readers for the outside take a view, in which everything is of one
/// height.
package final class LevelDBLedgerStore: Sendable {
    private struct State {
        var view: LevelDBLedgerView
        var certified: LevelDBLedgerView?
        var window = InclusionWindow()
        var hasFailed = false
    }

    package let network: Digest
    let handle: LevelDBHandle
    private let tree: TiledTree
    private let state: Mutex<State>
    let institutions = InstitutionCache()

    /// Opens the ledger folder at `path`, which is made if it is not there.
    /// - Throws: `StoreError` for a folder of another network, of a newer version, damaged, incomplete or in use.
    package static func open(
        at path: String,
        network: Digest,
        digestFunction: any DigestFunction,
        options: LevelDBOptions = LevelDBOptions()
    ) throws(StoreError) -> LedgerOpening {
        let handle = try LevelDBHandle(path: path, options: options)
        let tree = TiledTree(MerkleHasher(digestFunction))
        if try handle.value(LedgerKey.tip) != nil {
            return .ledger(try LevelDBLedgerStore(handle: handle, network: network, tree: tree))
        }
        var isEmpty = true
        try handle.scan(prefix: []) { _, _ in
            isEmpty = false
            return false
        }
        guard isEmpty else { throw .corrupt(reason: "the folder holds a ledger without its newest block") }
        return .empty(EmptyLedger(handle: handle, network: network, tree: tree))
    }

    fileprivate init(handle: LevelDBHandle, network: Digest, tree: TiledTree) throws(StoreError) {
        guard let bytes = try handle.value(LedgerKey.tip) else {
            throw .corrupt(reason: "the folder's newest block is missing")
        }
        let version = bytes.prefix(2).reversed().reduce(UInt16(0)) { $0 << 8 | UInt16($1) }
        guard version == LedgerTip.formatVersion else { throw .formatUnknown(found: version) }
        let tip: LedgerTip = try LedgerCoder.decode(bytes)
        guard tip.network == network else { throw .ofAnotherNetwork(found: tip.network) }
        guard let headerBytes = try handle.value(LedgerKey.header(tip.height)) else {
            throw .corrupt(reason: "the newest header is missing")
        }
        let header: Header = try LedgerCoder.decode(headerBytes)
        guard header.digest(tree.hasher.digestFunction) == tip.headerDigest else {
            throw .corrupt(reason: "the newest header is not the one that was stored")
        }
        let certificate = try handle.value(LedgerKey.certificate(tip.height))
        let view = LevelDBLedgerView(
            header: header,
            tip: tip,
            certificate: try certificate.map { bytes throws(StoreError) in try LedgerCoder.decode(bytes) },
            handle: handle,
            tree: tree,
            registerShelf: try LevelDBLedgerStore.loadShelf(.register, from: handle),
            historyShelf: try LevelDBLedgerStore.loadShelf(.history, from: handle)
        )
        try view.checkRoots()
        var window = InclusionWindow()
        try handle.scan(prefix: LedgerKey.inclusionsPrefix) { key, value throws(StoreError) in
            window.add(try LedgerCoder.decode(value), at: Height(LedgerKey.number(in: key)))
            return true
        }
        self.handle = handle
        self.network = network
        self.tree = tree
        let certified = view.certificate == nil ? nil : view
        state = Mutex(State(view: view, certified: certified, window: window))
    }

    private static func loadShelf(_ tree: StoredTree, from handle: LevelDBHandle) throws(StoreError) -> TileShelf {
        var shelf = TileShelf()
        let start = tree.key(TileKey(level: 1, index: 0))
        try handle.scan(prefix: tree.prefix, from: start) { key, value throws(StoreError) in
            let tileKey = TileKey(level: key[1], index: LedgerKey.number(in: key))
            try shelf.put(try LedgerCoder.tile(value), at: tileKey)
            return true
        }
        return shelf
    }

    var current: LevelDBLedgerView { state.withLock { $0.view } }

    /// Merges all tables of the folder: for measurements and for the operator, never needed. It takes seconds per million
    /// records.
    package func compact() { handle.compact() }

    /// The committed state as execution begins from it.
    package var ledgerState: LedgerState {
        let view = current
        return LedgerState(base: self, header: view.header, headerDigest: view.headerDigest, history: view.history)
    }
}

extension LevelDBLedgerStore: LedgerStore {
    package func commit(_ blocks: [(ExecutedBlock, QuorumCertificate?)]) throws(StoreError) {
        guard let tip = blocks.last else { return }
        let before = try startCommit(blocks)
        do throws(StoreError) {
            var changes = LedgerChanges(network: network, handle: handle)
            var registerShelf = before.registerTiles.shelf
            var historyShelf = before.historyTiles.shelf
            let inclusions = blocks.map { BlockInclusions(of: $0.0) }
            for ((block, certificate), inclusions) in zip(blocks, inclusions) {
                try changes.add(block, certificate: certificate, inclusions: inclusions)
                try registerShelf.put(block.tiles)
            }
            let historyTiles = try LedgerChanges.historyTiles(
                blocks.map(\.0),
                size: before.history.size,
                tree: tree,
                reader: before.historyTiles
            )
            try historyShelf.put(historyTiles)
            let now = tip.0.header.timestamp
            for height in state.withLock({ $0.window.passed(now: now) }) { changes.forgetInclusions(at: height) }
            let stored = changes.finish(tip: tip.0, historyTiles: historyTiles)
            try handle.write(changes.batch)
            institutions.committed(blocks.lazy.map(\.0))
            let view = LevelDBLedgerView(
                header: tip.0.header,
                tip: stored,
                certificate: tip.1,
                handle: handle,
                tree: tree,
                registerShelf: registerShelf,
                historyShelf: historyShelf
            )
            publish(view, inclusions: zip(blocks, inclusions).map { ($0.0.header.height, $1) })
        } catch {
            state.withLock { $0.hasFailed = true }
            throw error
        }
    }

    /// Checks that `blocks` follow the newest one, whose view it gives.
    private func startCommit(
        _ blocks: [(ExecutedBlock, QuorumCertificate?)]
    ) throws(StoreError) -> LevelDBLedgerView {
        let view = try state.withLock { state throws(StoreError) in
            guard !state.hasFailed else { throw .failedBefore }
            return state.view
        }
        var expected = view.header.height.next
        var parent = view.headerDigest
        for (block, _) in blocks {
            guard block.header.height == expected, block.header.parent == parent else {
                throw .notNextBlock(expected: expected, found: block.header.height)
            }
            expected = expected.next
            parent = block.digest
        }
        return view
    }

    /// Shows readers what was written.
    private func publish(_ view: LevelDBLedgerView, inclusions: [(Height, BlockInclusions)]) {
        // The old view is let go outside the lock, since that may close its snapshot.
        let old = state.withLock { state in
            // First what has passed, exactly as it was removed from the disk.
            state.window.prune(now: view.header.timestamp)
            for (height, inclusions) in inclusions { state.window.add(inclusions, at: height) }
            let old = (state.view, state.certified)
            state.view = view
            if view.certificate != nil { state.certified = view }
            return old
        }
        withExtendedLifetime(old) {}
    }

    package func view() -> any LedgerView { current }

    package func certifiedView() -> (any LedgerView)? { state.withLock { $0.certified } }

    package func location(of id: TransactionID, by author: Author) -> TransactionLocation? {
        let key = InclusionKey(author: author, id: id)
        return state.withLock { $0.window.location(of: key, now: $0.view.header.timestamp) }
    }

    func rememberedExpiry(of key: InclusionKey) -> Timestamp? { state.withLock { $0.window.expiry(of: key) } }

    package func statistics() throws(StoreError) -> LedgerStatistics {
        let (header, count) = state.withLock { ($0.view.header, $0.window.count) }
        do throws(FileError) {
            return LedgerStatistics(
                height: header.height,
                recordCount: header.registerSize,
                diskBytes: try Folder.byteCount(at: handle.path),
                rememberedTransactionCount: count
            )
        } catch {
            throw StoreError(error)
        }
    }
}
