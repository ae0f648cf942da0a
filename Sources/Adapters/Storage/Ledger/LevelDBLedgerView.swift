package import Consensus
package import LedgerModel
package import Merkle
package import Ports
package import Primitives

/// The ledger after one block: a snapshot of the folder and the tiles that were in memory then.
package final class LevelDBLedgerView: LedgerView {
    package let header: Header
    package let headerDigest: Digest
    package let certificate: QuorumCertificate?
    package let history: HistoryTree
    let registerTiles: StoredTiles
    let historyTiles: StoredTiles
    private let handle: LevelDBHandle
    private let snapshot: LevelDBSnapshot
    private let tree: TiledTree

    init(
        header: Header,
        tip: LedgerTip,
        certificate: QuorumCertificate?,
        handle: LevelDBHandle,
        tree: TiledTree,
        registerShelf: TileShelf,
        historyShelf: TileShelf
    ) {
        self.header = header
        self.headerDigest = tip.headerDigest
        self.certificate = certificate
        self.history = tip.history
        self.handle = handle
        self.tree = tree
        let snapshot = LevelDBSnapshot(handle)
        self.snapshot = snapshot
        registerTiles = StoredTiles(tree: .register, shelf: registerShelf, handle: handle, snapshot: snapshot)
        historyTiles = StoredTiles(tree: .history, shelf: historyShelf, handle: handle, snapshot: snapshot)
    }

    /// Whether the trees' roots are the ones that were agreed on: reads the right edges only.
    func checkRoots() throws(StoreError) {
        let register = try reading { () throws(MerkleError) in
            try tree.root(size: header.registerSize, reader: registerTiles)
        }
        guard register == header.registerRoot else { throw .corrupt(reason: "the register's root is not the header's") }
        let root = try reading { () throws(MerkleError) in try tree.root(size: history.size, reader: historyTiles) }
        guard root == history.root(hasher: tree.hasher), history.size == header.height.rawValue + 1 else {
            throw .corrupt(reason: "the history's root is not that of its frontier")
        }
    }

    package func position(of key: RecordKey) throws(StoreError) -> Position? {
        try handle.value(LedgerKey.index(key), snapshot: snapshot).map(LedgerCoder.position)
    }

    package func record(at position: Position) throws(StoreError) -> Record? {
        guard position.rawValue < header.registerSize else { return nil }
        guard let bytes = try handle.value(LedgerKey.record(position), snapshot: snapshot) else {
            throw .corrupt(reason: "the record at position \(position) is missing")
        }
        return try LedgerCoder.decode(bytes)
    }

    package func records(from position: Position, countMax: Int) throws(StoreError) -> [Record] {
        var list: [Record] = []
        guard countMax > 0 else { return list }
        try handle.scan(
            prefix: LedgerKey.recordsPrefix,
            from: LedgerKey.record(position),
            snapshot: snapshot
        ) { key, value throws(StoreError) in
            guard LedgerKey.number(in: key) == position.rawValue + UInt64(list.count) else {
                throw .corrupt(reason: "the record at position \(position.rawValue + UInt64(list.count)) is missing")
            }
            list.append(try LedgerCoder.decode(value))
            return list.count < countMax
        }
        return list
    }

    package func proof(of position: Position) throws(StoreError) -> InclusionProof? {
        guard position.rawValue < header.registerSize else { return nil }
        return try reading { () throws(MerkleError) in
            try tree.inclusionProof(position: position, size: header.registerSize, reader: registerTiles)
        }
    }

    package func historyProof(of height: Height, size: UInt64) throws(StoreError) -> InclusionProof? {
        guard height.rawValue < size, size <= history.size else { return nil }
        return try reading { () throws(MerkleError) in
            try tree.inclusionProof(position: Position(height.rawValue), size: size, reader: historyTiles)
        }
    }

    package func historyConsistency(from oldSize: UInt64, to newSize: UInt64) throws(StoreError) -> ConsistencyProof? {
        guard oldSize >= 1, oldSize <= newSize, newSize <= history.size else { return nil }
        return try reading { () throws(MerkleError) in
            try tree.consistencyProof(from: oldSize, to: newSize, reader: historyTiles)
        }
    }

    private func reading<Result>(_ body: () throws(MerkleError) -> Result) throws(StoreError) -> Result {
        do throws(MerkleError) {
            return try body()
        } catch {
            throw .corrupt(reason: "a tree cannot be read: \(error)")
        }
    }
}

// MARK: Blocks

extension LevelDBLedgerView {
    package func header(at height: Height) throws(StoreError) -> Header? {
        guard height <= header.height else { return nil }
        return try LedgerCoder.decode(try need(LedgerKey.header(height), "the header at \(height)"))
    }

    package func headers(from height: Height, countMax: Int) throws(StoreError) -> [Header] {
        var list: [Header] = []
        guard countMax > 0 else { return list }
        try handle.scan(
            prefix: LedgerKey.headersPrefix,
            from: LedgerKey.header(height),
            snapshot: snapshot
        ) { _, value throws(StoreError) in
            list.append(try LedgerCoder.decode(value))
            return list.count < countMax
        }
        return list
    }

    package func height(ofHeader digest: Digest) throws(StoreError) -> Height? {
        try handle.value(LedgerKey.height(ofHeader: digest), snapshot: snapshot).map {
            Height(LedgerCoder.position($0).rawValue)
        }
    }

    package func block(at height: Height) throws(StoreError) -> Block? {
        guard height <= header.height else { return nil }
        let header = try need(LedgerKey.header(height), "the header at \(height)")
        return try LedgerCoder.decode(header + need(LedgerKey.body(height), "the block at \(height)"))
    }

    package func verdicts(at height: Height) throws(StoreError) -> [Verdict]? {
        guard height <= header.height else { return nil }
        guard let bytes = try handle.value(LedgerKey.verdicts(height), snapshot: snapshot) else { return [] }
        return try LedgerCoder.verdicts(bytes)
    }

    package func certificate(at height: Height) throws(StoreError) -> QuorumCertificate? {
        guard let bytes = try handle.value(LedgerKey.certificate(height), snapshot: snapshot) else { return nil }
        return try LedgerCoder.decode(bytes)
    }

    package func firstCertified(from height: Height) throws(StoreError) -> CertifiedHeader? {
        try certified(from: LedgerKey.certificate(height), isBackwards: false)
    }

    package func newestCertified() throws(StoreError) -> CertifiedHeader? {
        if let certificate { return CertifiedHeader(header: header, certificate: certificate) }
        return try certified(from: nil, isBackwards: true)
    }

    private func certified(from key: [UInt8]?, isBackwards: Bool) throws(StoreError) -> CertifiedHeader? {
        var found: CertifiedHeader?
        try handle.scan(
            prefix: LedgerKey.certificatesPrefix,
            from: key,
            isBackwards: isBackwards,
            snapshot: snapshot
        ) { key, value throws(StoreError) in
            let height = Height(LedgerKey.number(in: key))
            guard let header = try header(at: height) else {
                throw .corrupt(reason: "a certificate stands at \(height), above the newest block")
            }
            found = CertifiedHeader(header: header, certificate: try LedgerCoder.decode(value))
            return false
        }
        return found
    }

    package func location(of transaction: Digest) throws(StoreError) -> TransactionLocation? {
        guard let bytes = try handle.value(LedgerKey.location(of: transaction), snapshot: snapshot) else { return nil }
        return try LedgerCoder.decode(bytes)
    }

    private func need(_ key: [UInt8], _ name: String) throws(StoreError) -> [UInt8] {
        guard let bytes = try handle.value(key, snapshot: snapshot) else {
            throw .corrupt(reason: "\(name) is missing")
        }
        return bytes
    }
}
