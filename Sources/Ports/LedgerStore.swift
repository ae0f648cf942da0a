package import Consensus
package import LedgerModel
package import Merkle
package import Primitives

/// The final ledger as readers see it: at each moment one height, whole.
package protocol LedgerArchive: Sendable {
    /// The ledger after the newest committed block. It stays as it is while blocks are committed; let go of it soon, since it
    /// keeps the disk from being tidied.
    func view() -> any LedgerView

    /// The ledger after the newest committed block that has a certificate of its own, which proofs for outsiders need. Nil
    /// when only genesis is there, and after a start until the next such block if the newest one has none.
    func certifiedView() -> (any LedgerView)?

    /// Where the transaction of this name was included, as long as its expiry has not passed: how a repeated request finds
    /// its first outcome.
    func location(of id: TransactionID, by author: Author) -> TransactionLocation?

    /// How much there is.
    /// - Throws: `StoreError` when the folder cannot be read.
    func statistics() throws(StoreError) -> LedgerStatistics
}

/// Keeps the final ledger.
///
/// The contract, which `LevelDBLedgerStore` and `InMemoryLedgerStore` keep alike:
/// * A commit is durable when it returns, as a whole: after a crash all of its blocks are there or none of them.
/// * One owner commits, one call at a time; any thread reads meanwhile.
/// * A commit that fails is final: every later one throws `failedBefore`. The node stops.
/// * What is read was checked against its checksum. A store that cannot answer throws; it never says that something is not
///   there because it could not look.
package protocol LedgerStore<Executed>: LedgerArchive {
    /// A block together with what it changed (`ExecutedBlock`), which this seam hands on without looking inside.
    associatedtype Executed: Sendable

    /// Adds final blocks, each the child of the one before it, with the certificate of those that have one of their own.
    ///
    /// The last block should have one: outsiders are served from `certifiedView`.
    /// - Throws: `StoreError.notNextBlock` before anything is written; `failed`, `corrupt`, `failedBefore`.
    func commit(_ blocks: [(Executed, QuorumCertificate?)]) throws(StoreError)
}

/// The final ledger after one block.
package protocol LedgerView: Sendable {
    /// The newest block's header.
    var header: Header { get }
    var headerDigest: Digest { get }
    /// The finalisation of `header`, if it has one of its own.
    var certificate: QuorumCertificate? { get }
    /// The history tree, `header` included.
    var history: HistoryTree { get }

    /// Where the record with `key` lies, or nil.
    func position(of key: RecordKey) throws(StoreError) -> Position?
    /// The record at `position`, or nil beyond the register's end.
    func record(at position: Position) throws(StoreError) -> Record?
    /// Up to `countMax` records from `position` on, in order.
    func records(from position: Position, countMax: Int) throws(StoreError) -> [Record]
    /// The proof of the record at `position` under `header`'s register root, or nil beyond the register's end.
    func proof(of position: Position) throws(StoreError) -> InclusionProof?

    /// The header at `height`, or nil above `header`.
    func header(at height: Height) throws(StoreError) -> Header?
    /// Up to `countMax` headers from `height` on, in order.
    func headers(from height: Height, countMax: Int) throws(StoreError) -> [Header]
    /// The height of the header with this digest, or nil.
    func height(ofHeader digest: Digest) throws(StoreError) -> Height?
    /// The block at `height`, or nil above `header`.
    func block(at height: Height) throws(StoreError) -> Block?
    /// One verdict for each of the block's transactions, in order.
    func verdicts(at height: Height) throws(StoreError) -> [Verdict]?
    /// The finalisation of the header at `height`, if it has one of its own.
    func certificate(at height: Height) throws(StoreError) -> QuorumCertificate?
    /// The lowest header from `height` on that has a finalisation of its own, with it: what proves the headers below it.
    func firstCertified(from height: Height) throws(StoreError) -> CertifiedHeader?
    /// The highest header that has a finalisation of its own, with it.
    func newestCertified() throws(StoreError) -> CertifiedHeader?
    /// Where the transaction with this digest was included, or nil.
    func location(of transaction: Digest) throws(StoreError) -> TransactionLocation?

    /// The proof that the header at `height` is in the history of the first `size` headers; nil unless
    /// `height` < `size` ≤ `history.size`.
    func historyProof(of height: Height, size: UInt64) throws(StoreError) -> InclusionProof?
    /// The proof that the history of the first `newSize` headers begins with that of the first `oldSize`; nil unless
    /// 1 ≤ `oldSize` ≤ `newSize` ≤ `history.size`.
    func historyConsistency(from oldSize: UInt64, to newSize: UInt64) throws(StoreError) -> ConsistencyProof?
}

extension LedgerView {
    /// The record with `key` and its place, or nil.
    /// - Throws: also when the index names a position that holds another record.
    package func record(_ key: RecordKey) throws(StoreError) -> (position: Position, record: Record)? {
        guard let position = try position(of: key) else { return nil }
        guard let record = try record(at: position), record.key == key else {
            throw .corrupt(reason: "the index names position \(position) for another record than it holds")
        }
        return (position, record)
    }

    /// The record with `key` and its proof under `header`'s register root, or nil.
    package func provenRecord(_ key: RecordKey) throws(StoreError) -> ProvenRecord? {
        guard let (position, record) = try record(key), let proof = try proof(of: position) else { return nil }
        return ProvenRecord(record: record, proof: proof)
    }

    /// The block at `height` with its own finalisation, if it has one.
    package func finalisedBlock(at height: Height) throws(StoreError) -> FinalisedBlock? {
        guard let block = try block(at: height) else { return nil }
        return FinalisedBlock(block: block, certificate: try certificate(at: height))
    }

    /// Consecutive final blocks from `height` on, as a peer is served: about `bytesMax` bytes or `countMax` blocks, cut back
    /// to the last block with a certificate of its own, with which every answer ends.
    ///
    /// If the first such block lies beyond, the answer goes on up to it as far as one frame carries. A quorum finalises every
    /// few blocks, and a node that was itself served keeps the certificate at the end of each answer. Where this gives nothing
    /// nevertheless, another node may hold a certificate that this one missed.
    package func finalisedBlocks(
        from height: Height,
        countMax: Int,
        bytesMax: Int = Limits.blockBytesMax
    ) throws(StoreError) -> [FinalisedBlock] {
        var served: [FinalisedBlock] = []
        var provenCount = 0
        var byteCount = 0
        var next = height
        while served.count < FinalisedBlock.servedCountMax, let block = try finalisedBlock(at: next) {
            let grown = byteCount + block.servedByteCount
            if provenCount > 0, served.count >= countMax || grown > bytesMax { break }
            guard grown <= FinalisedBlock.servedBytesMax else { break }
            served.append(block)
            byteCount = grown
            if block.certificate != nil { provenCount = served.count }
            next = next.next
        }
        return Array(served.prefix(provenCount))
    }
}

extension FinalisedBlock {
    /// Blocks and bytes that one frame carries under any circumstances.
    fileprivate static let servedCountMax = 4096
    fileprivate static let servedBytesMax = Limits.frameBytesMax - 64

    /// No less than the block's canonical bytes: those of its transactions and their lengths, and more than a header and
    /// the lengths around them take.
    fileprivate var servedByteCount: Int {
        let proofByteCount = certificate.map { 128 + $0.signatures.count * Signature.byteCount } ?? 0
        return block.transactions.reduce(512 + proofByteCount) { $0 + $1.count + 5 }
    }
}

/// A record and its proof under the register root of the header that the view names.
package struct ProvenRecord: Hashable, Sendable {
    package let record: Record
    package let proof: InclusionProof

    package init(record: Record, proof: InclusionProof) {
        self.record = record
        self.proof = proof
    }
}

/// A header with its own finalisation.
package struct CertifiedHeader: Hashable, Sendable {
    package let header: Header
    package let certificate: QuorumCertificate

    package init(header: Header, certificate: QuorumCertificate) {
        self.header = header
        self.certificate = certificate
    }
}

/// Where a transaction stands on the ledger and what the ledger made of it. Stored as height u64, index u32, verdict u16.
package struct TransactionLocation: Hashable, Sendable, CanonicalCodable {
    package let height: Height
    /// The transaction's place in its block, from 0.
    package let index: UInt32
    package let verdict: Verdict

    package init(height: Height, index: UInt32, verdict: Verdict) {
        self.height = height
        self.index = index
        self.verdict = verdict
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(height)
        encoder.append(index)
        encoder.append(verdict)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        height = try decoder.read()
        index = try decoder.readUInt32()
        verdict = try decoder.read()
    }
}

/// How much a store holds.
package struct LedgerStatistics: Hashable, Sendable {
    package let height: Height
    package let recordCount: UInt64
    /// Bytes of the store's files, its own log and what awaits tidying included.
    package let diskBytes: UInt64
    /// Transactions that are remembered until their expiry passes.
    package let rememberedTransactionCount: Int

    package init(height: Height, recordCount: UInt64, diskBytes: UInt64, rememberedTransactionCount: Int) {
        self.height = height
        self.recordCount = recordCount
        self.diskBytes = diskBytes
        self.rememberedTransactionCount = rememberedTransactionCount
    }
}
