import Execution
import LedgerModel
import Merkle
import Primitives
import ZhixinVerify

/// What an audit came to.
enum AuditOutcome: Hashable, Sendable {
    /// Every block up to the statistics' height was replayed and is what its header says.
    case sound
    /// The first thing that is wrong.
    case fault(AuditFault)
    /// The blocks could not be read from this height on.
    case unreadable(height: Height, SourceProblem)
}

/// Looks on while blocks are replayed: shows progress, writes an export, compares a folder.
protocol AuditObserver: AnyObject {
    /// After each block.
    /// - Throws: `AuditFault` for what the observer itself finds wrong.
    func replayed(_ block: ExecutedBlock, from bytes: [UInt8], statistics: AuditStatistics) throws

    /// Between batches of blocks.
    func progressed(_ statistics: AuditStatistics, source: SourceProgress?)

    /// After the last block of a sound ledger.
    /// - Throws: `AuditFault`.
    func finished(_ replay: ChainReplay) throws
}

/// Replays a ledger from genesis with nothing but its genesis file and its final blocks.
///
/// Three stages run at a time: one batch of blocks is executed while the signatures of the next are checked and the one
/// after that is read and decoded. Execution is one thread's work; the rest fills the other cores.
struct ChainAuditor {
    /// Bytes of blocks that go through the stages together, one block at least.
    private static let batchBytes = 512 * 1024
    private static let batchBlocksMax = 1024

    /// Blocks that were read, and why there are no more.
    private struct Batch: Sendable {
        var bytes: [[UInt8]] = []
        var blocks: [PreparedBlock] = []
        var end: End?
    }

    private enum End: Sendable {
        case finished
        case fault(AuditFault)
        case unreadable(SourceProblem)
    }

    /// Whether the newest blocks may be without a certificate that makes them final, as in the folder of a node that was
    /// killed. What they say is then replayed, and that they are final is the node's word.
    var allowsUncertifiedTail = false
    private var replay: ChainReplay
    private let preparation: BlockPreparation

    /// - Throws: `PinnedGenesisError`, `GenesisError`.
    init(genesis: Genesis, suite: Suite) throws {
        let ledger = try LedgerVerifier(genesis: genesis, suite: suite)
        preparation = BlockPreparation(ledger: ledger)
        replay = ChainReplay(ledger: ledger, genesis: try Executor.genesisBlock(genesis, suite: suite))
    }

    var network: Digest { preparation.ledger.network }

    /// The result as it is printed.
    func report(genesis: Genesis, outcome: AuditOutcome, isFolderCompared: Bool, seconds: Double) -> AuditReport {
        AuditReport(
            networkName: genesis.name,
            network: network,
            outcome: outcome,
            statistics: replay.statistics,
            newest: replay.chain.newest,
            newestDigest: replay.chain.newestDigest,
            newestCertifiedHeight: replay.chain.newestCertifiedHeight,
            historyRoot: replay.chain.history.root(hasher: MerkleHasher(preparation.ledger.suite.digestFunction)),
            isFolderCompared: isFolderCompared,
            seconds: seconds
        )
    }

    /// Replays everything that `source` has.
    mutating func audit(_ source: some BlockSource, observer: some AuditObserver) async -> AuditOutcome {
        do {
            try await run(source, observer: observer)
            if !allowsUncertifiedTail { try replay.finish() }
            try observer.finished(replay)
            return .sound
        } catch let fault as AuditFault {
            return .fault(fault)
        } catch let problem as SourceProblem {
            return .unreadable(height: replay.statistics.height.next, problem)
        } catch {
            return .unreadable(height: replay.statistics.height.next, SourceProblem(reason: "\(error)"))
        }
    }

    private mutating func run(_ source: some BlockSource, observer: some AuditObserver) async throws {
        var nextHeight = Height(1)
        let preparation = preparation
        var current = await ChainAuditor.load(source, preparation, first: nextHeight)
        nextHeight = Height(nextHeight.rawValue + UInt64(current.blocks.count))
        current.blocks = await preparation.verify(current.blocks, keys: keys(for: current))
        var following: Batch? = nil
        if current.end == nil {
            following = await ChainAuditor.load(source, preparation, first: nextHeight)
            nextHeight = Height(nextHeight.rawValue + UInt64(following?.blocks.count ?? 0))
        }
        while true {
            let waiting = following
            let keys = waiting.map { self.keys(for: $0) } ?? [:]
            let first = nextHeight
            async let loaded =
                waiting == nil || waiting?.end != nil
                ? nil : ChainAuditor.load(source, preparation, first: first)
            async let verified = preparation.verify(waiting?.blocks ?? [], keys: keys)
            try execute(current, observer: observer)
            observer.progressed(replay.statistics, source: await source.progress)
            switch current.end {
            case .finished?: return
            case .fault(let fault)?: throw fault
            case .unreadable(let problem)?: throw problem
            case nil: break
            }
            guard var next = waiting else { return }
            next.blocks = await verified
            following = await loaded
            nextHeight = Height(nextHeight.rawValue + UInt64(following?.blocks.count ?? 0))
            current = next
        }
    }

    private mutating func execute(_ batch: Batch, observer: some AuditObserver) throws {
        for (block, bytes) in zip(batch.blocks, batch.bytes) {
            let executed = try replay.apply(block)
            try observer.replayed(executed, from: bytes, statistics: replay.statistics)
        }
    }

    /// The present keys of those who signed the batch. A key that changes before the batch is executed costs a second
    /// check there, no more.
    private func keys(for batch: Batch) -> [Author: PublicKey] {
        var keys: [Author: PublicKey] = [:]
        for author in preparation.authors(of: batch.blocks) {
            do throws(LedgerReadError) {
                keys[author] = try replay.ledger.authorKey(author)
            } catch {
                preconditionFailure("a ledger in memory can be read: \(error.reason)")
            }
        }
        return keys
    }

    /// Reads and decodes the next blocks.
    private static func load(
        _ source: some BlockSource,
        _ preparation: BlockPreparation,
        first: Height
    ) async -> Batch {
        var batch = Batch()
        var byteCount = 0
        do {
            while byteCount < batchBytes, batch.bytes.count < batchBlocksMax {
                guard let block = try await source.next() else {
                    batch.end = .finished
                    break
                }
                byteCount += block.count
                batch.bytes.append(block)
            }
        } catch let fault as AuditFault {
            batch.end = .fault(fault)
        } catch let problem as SourceProblem {
            batch.end = .unreadable(problem)
        } catch {
            batch.end = .unreadable(SourceProblem(reason: "\(error)"))
        }
        batch.blocks = await preparation.decode(batch.bytes, first: first)
        return batch
    }
}
