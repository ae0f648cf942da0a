import Execution
import LedgerModel
import Merkle
import Primitives
import ZhixinVerify

/// Compares everything that a node stored with what the replay computed: record by record, entry by entry, tile by tile.
final class FolderComparison: AuditObserver {
    /// A node writes up to 64 blocks in one batch and forgets what has passed only with the next.
    private static let lateBlocksMax: UInt64 = 128

    private struct ExpectedInclusions {
        let bytes: [UInt8]
        let lastExpiry: Timestamp
    }

    private let folder: FolderReader
    private let hasher: MerkleHasher
    private let genesis: ExecutedBlock
    private let others: any AuditObserver
    private var headerLeaves: [Digest] = []
    private var inclusions: [Height: ExpectedInclusions] = [:]
    /// How many entries of each kind there must be.
    private var expectedCounts: [UInt8: UInt64] = [:]
    private var now: Timestamp

    /// - Parameter others: Told everything as well, first.
    init(_ folder: FolderReader, genesis: ExecutedBlock, hasher: MerkleHasher, others: any AuditObserver) {
        self.folder = folder
        self.hasher = hasher
        self.genesis = genesis
        self.others = others
        now = genesis.header.timestamp
    }

    func progressed(_ statistics: AuditStatistics, source: SourceProgress?) {
        others.progressed(statistics, source: source)
    }

    func replayed(_ block: ExecutedBlock, from bytes: [UInt8], statistics: AuditStatistics) throws {
        try others.replayed(block, from: bytes, statistics: statistics)
        if headerLeaves.isEmpty { try compareGenesis() }
        let height = block.header.height
        if try folder.value(FolderKey.certificate(height)) != nil { count("c") }
        try compareBlock(block)
        for (index, (transaction, verdict)) in zip(block.transactions, block.verdicts).enumerated() {
            let place = StoredLocation(height: height, index: UInt32(index), verdict: verdict)
            try compareLocation(of: transaction.digest, with: place)
        }
        rememberInclusions(of: block)
    }

    func finished(_ replay: ChainReplay) throws {
        try others.finished(replay)
        if headerLeaves.isEmpty { try compareGenesis() }
        let height = replay.chain.newest.height
        let history = try historyTiles(height: height)
        var scan = FolderScan(height: height, hasTip: tipBytes(replay), history: history)
        let inclusions = inclusions
        try replay.ledger.read { contents in
            try folder.walk { key, value in
                if key.first == FolderKey.letter("i") {
                    try scan.compareInclusions(key, value) { inclusions[$0]?.bytes }
                } else {
                    try scan.compare(key, value, with: contents)
                }
            }
            expectedCounts[FolderKey.letter("r")] = contents.records.count
            expectedCounts[FolderKey.letter("k")] = UInt64(contents.index.count)
            expectedCounts[FolderKey.letter("t")] = UInt64(contents.tiles.tileCount)
        }
        expectedCounts[FolderKey.letter("T")] = UInt64(history.tileCount)
        expectedCounts[FolderKey.letter("m")] = 1
        try scan.checkCounts(expectedCounts)
        for (height, expected) in inclusions where expected.lastExpiry >= now {
            guard try folder.value(FolderKey.inclusions(height)) != nil else {
                throw AuditFault(height: height, rule: .storedInclusions, detail: "the entry is missing")
            }
        }
    }

    // MARK: Blocks

    private func compareGenesis() throws {
        try compareBlock(genesis)
        let body = Array(genesis.block.canonicalBytes.dropFirst(genesis.header.canonicalBytes.count))
        try compare(FolderKey.header(.genesis), genesis.header.canonicalBytes, .blockEncoding, at: .genesis)
        try compare(FolderKey.body(.genesis), body, .blockEncoding, at: .genesis)
    }

    /// Compares what a block is found by. Its header, body and certificate were read and replayed already.
    private func compareBlock(_ block: ExecutedBlock) throws {
        let height = block.header.height
        now = block.header.timestamp
        headerLeaves.append(hasher.leaf(block.digest))
        count("h")
        count("b")
        count("d")
        try compare(
            FolderKey.height(of: block.digest),
            FolderKey.shortest(height.rawValue),
            .storedLookup,
            at: height
        )
        guard !block.verdicts.isEmpty else { return }
        count("v")
        let verdicts = block.verdicts.flatMap(\.canonicalBytes)
        try compare(FolderKey.verdicts(height), verdicts, .storedLookup, at: height)
    }

    private func compare(_ key: [UInt8], _ expected: [UInt8], _ rule: AuditRule, at height: Height) throws {
        let found = try folder.value(key)
        guard found == expected else {
            let text = found.map { Hexadecimal.encode($0) } ?? "nothing"
            let detail = "under \(Hexadecimal.encode(key)): found \(text), computed \(Hexadecimal.encode(expected))"
            throw AuditFault(height: height, rule: rule, detail: detail)
        }
    }

    // MARK: Transactions

    /// A transaction is found where it was first included in its author's name; else where it was included last.
    private func compareLocation(of digest: Digest, with place: StoredLocation) throws {
        let found = try folder.value(FolderKey.location(of: digest))
        func fault(_ found: String) -> AuditFault {
            AuditFault(
                height: place.height,
                transaction: Int(place.index),
                rule: .storedLookup,
                detail: "its place: found \(found), computed \(place)"
            )
        }
        guard let found else { throw fault("nothing") }
        let stored: StoredLocation
        do throws(DecodeError) {
            stored = try StoredLocation(canonicalBytes: found)
        } catch {
            throw fault("\(error)")
        }
        if stored == place {
            count("x")
            return
        }
        let isLater = (place.height, place.index) < (stored.height, stored.index)
        guard !place.verdict.consumesName, stored.verdict.consumesName || isLater else { throw fault("\(stored)") }
    }

    private func rememberInclusions(of block: ExecutedBlock) {
        let height = block.header.height
        var encoder = CanonicalEncoder()
        var list: [[UInt8]] = []
        var seen: Set<InclusionKey> = []
        var last = Timestamp(0)
        for (index, (transaction, verdict)) in zip(block.transactions, block.verdicts).enumerated() {
            let body = transaction.transaction.body
            let key = InclusionKey(author: body.author, id: body.id)
            guard verdict.consumesName, seen.insert(key).inserted else { continue }
            var entry = CanonicalEncoder()
            entry.append(body.author)
            entry.append(body.id)
            entry.append(body.expiry)
            entry.append(UInt32(index))
            entry.append(verdict)
            list.append(entry.bytes)
            last = max(last, body.expiry)
        }
        guard !list.isEmpty else { return }
        encoder.appendLength(list.count)
        for entry in list { encoder.appendRaw(entry) }
        inclusions[height] = ExpectedInclusions(bytes: encoder.bytes, lastExpiry: last)
        if height.rawValue.isMultiple(of: FolderComparison.lateBlocksMax) {
            let late = height.rawValue - min(height.rawValue, FolderComparison.lateBlocksMax)
            inclusions = inclusions.filter { $0.value.lastExpiry >= now || $0.key.rawValue >= late }
        }
    }

    // MARK: Trees

    private func historyTiles(height: Height) throws -> TileLevels {
        let none: [TileKey: Tile] = [:]
        do throws(MerkleError) {
            var levels = TileLevels()
            levels.put(try TiledTree(hasher).update(size: 0, newLeaves: headerLeaves, reader: none).tiles)
            return levels
        } catch {
            throw AuditFault(height: height, rule: .storedHistoryTile, detail: "\(error)")
        }
    }

    private func tipBytes(_ replay: ChainReplay) -> [UInt8] {
        var encoder = CanonicalEncoder()
        encoder.append(UInt16(1))
        encoder.append(replay.chain.ledger.network)
        encoder.append(replay.chain.newest.height)
        encoder.append(replay.chain.newestDigest)
        encoder.append(replay.chain.history)
        return encoder.bytes
    }

    private func count(_ name: Unicode.Scalar) { expectedCounts[FolderKey.letter(name), default: 0] += 1 }
}
