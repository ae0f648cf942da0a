import Execution
import LedgerModel
import Primitives
import Synchronization

/// Records that almost every transaction is judged by and that hardly ever change: institutions, decoded once.
///
/// It holds what the newest committed state holds or nothing. A commit that touches an institution empties it, and what was
/// read before such a commit is not put in after it.
final class InstitutionCache: Sendable {
    /// Institutions held; a network with more of them reads the rest from the disk.
    private static let countMax = 4096

    private struct State {
        /// How often the cache was emptied.
        var generation: UInt64 = 0
        var positions: [RecordKey: Position] = [:]
        var records: [Position: Record] = [:]
        /// The highest position in `records`; institutions are old, so that most reads need look no further.
        var highest: Position?
    }

    private let state = Mutex(State())

    /// Where the record with `key` lies: as remembered, or as `read` says.
    func position(
        of key: RecordKey,
        read: () throws(LedgerReadError) -> Position?
    ) throws(LedgerReadError) -> Position? {
        guard key.kind.isInstitution else { return try read() }
        let (known, generation) = state.withLock { ($0.positions[key], $0.generation) }
        if let known { return known }
        guard let position = try read() else { return nil }
        state.withLock { state in
            guard state.generation == generation, state.positions.count < Self.countMax else { return }
            state.positions[key] = position
        }
        return position
    }

    /// The record at `position`: as remembered, or as `read` says.
    func record(
        at position: Position,
        read: () throws(LedgerReadError) -> Record?
    ) throws(LedgerReadError) -> Record? {
        let (known, generation) = state.withLock { state in
            let mayBeKnown = state.highest.map { position <= $0 } ?? false
            return (mayBeKnown ? state.records[position] : nil, state.generation)
        }
        if let known { return known }
        guard let record = try read() else { return nil }
        guard record.isInstitution else { return record }
        state.withLock { state in
            guard state.generation == generation, state.records.count < Self.countMax else { return }
            state.records[position] = record
            state.highest = max(state.highest ?? position, position)
        }
        return record
    }

    /// Forgets everything if one of the blocks, which the store holds by now, changed an institution.
    func committed(_ blocks: some Sequence<ExecutedBlock>) {
        for block in blocks where block.records.contains(where: { _, record in record.isInstitution }) {
            state.withLock { state in
                state.generation += 1
                state.positions = [:]
                state.records = [:]
                state.highest = nil
            }
            return
        }
    }
}

extension RecordKind {
    /// Whether it is one of the few records that governance alone makes.
    fileprivate var isInstitution: Bool {
        switch self {
        case .network, .department, .serviceSystem, .validatorSet, .parameters, .certificateType, .matter: true
        case .subject, .accessHead, .certificate, .serviceCase, .proposal, .equivocation: false
        }
    }
}

extension Record {
    fileprivate var isInstitution: Bool {
        switch self {
        case .subject, .accessHead, .certificate, .serviceCase, .proposal, .equivocation: false
        default: true
        }
    }
}
