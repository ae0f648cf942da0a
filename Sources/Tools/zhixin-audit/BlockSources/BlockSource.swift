import LedgerModel
import Primitives

/// Where final blocks come from, one after the other from height 1.
protocol BlockSource: Actor {
    /// The canonical bytes of the next `FinalisedBlock`, or nil after the last.
    /// - Throws: `SourceProblem` where nothing can be read, `AuditFault` where what is read cannot be a ledger.
    func next() async throws -> [UInt8]?

    /// How much was read of how much there is, in a unit of the source's own; nil where that is unknown.
    var progress: SourceProgress? { get }
}

/// How far a source was read.
struct SourceProgress: Hashable, Sendable {
    let done: UInt64
    let total: UInt64
}
