package import Ports
package import Primitives
import Synchronization

/// The disk under an in-memory vote journal: it outlives the journal's owner, and says what a crash leaves.
package final class InMemoryJournalDisk: Sendable {
    /// What goes wrong with the next call.
    package enum Fault: Sendable {
        case write
        case sync
    }

    fileprivate struct State {
        var owner: Digest?
        var records: [JournalEntry] = []
        var syncedCount = 0
        var nextSequence: UInt64 = 0
        /// Each opening and crash begins another; journals of an earlier one are dead.
        var generation = 0
        var isOpen = false
        var fault: Fault?
        var damagedSequence: UInt64?
        var tornBytes: UInt64 = 0
        var syncCount = 0
    }

    fileprivate let state = Mutex(State())

    package init() {}

    /// Opens the journal as `FileVoteJournal.open` does.
    package func open(
        owner: Digest
    ) throws(JournalError) -> (journal: InMemoryVoteJournal, opening: JournalOpening) {
        try state.withLock { state throws(JournalError) in
            guard !state.isOpen else { throw .lockedByAnother(folder: "memory") }
            if let found = state.owner, found != owner { throw .ofAnotherOwner(found: found) }
            if let damaged = state.damagedSequence {
                guard damaged == state.records.last?.sequence else {
                    throw .damagedBeforeTail(file: "memory", offset: damaged)
                }
                let lost = state.records.removeLast()
                state.damagedSequence = nil
                state.nextSequence = lost.sequence
                state.tornBytes = UInt64(lost.body.count)
            }
            let opening: JournalOpening =
                state.owner == nil ? .created : .opened(records: state.records, tornBytes: state.tornBytes)
            state.owner = owner
            state.tornBytes = 0
            state.syncedCount = state.records.count
            state.isOpen = true
            state.generation += 1
            return (InMemoryVoteJournal(disk: self, generation: state.generation), opening)
        }
    }

    /// Ends the owner. Of the records that were not synced, the first `keptUnsynced` are there afterwards; a torn one
    /// may follow them.
    package func crash(keptUnsynced: Int = 0, isTorn: Bool = false) {
        state.withLock { state in
            let kept = min(state.syncedCount + keptUnsynced, state.records.count)
            let lost = state.records[kept...]
            state.tornBytes = isTorn ? UInt64(lost.first?.body.count ?? 0) : 0
            state.nextSequence = lost.first?.sequence ?? state.nextSequence
            state.records.removeSubrange(kept...)
            state.isOpen = false
            state.fault = nil
            state.generation += 1
        }
    }

    /// Damages a record that is kept.
    package func damage(sequence: UInt64) { state.withLock { $0.damagedSequence = sequence } }

    /// Makes the next call of this kind fail.
    package func fail(_ fault: Fault) { state.withLock { $0.fault = fault } }

    /// Loses everything, as when the folder is removed.
    package func erase() { state.withLock { $0 = State() } }

    /// How many syncs had something to do.
    package var syncCount: Int { state.withLock { $0.syncCount } }
}

/// The in-memory twin of `FileVoteJournal`.
package final class InMemoryVoteJournal: VoteJournal {
    private let disk: InMemoryJournalDisk
    private let generation: Int
    private let hasFailed = Mutex(false)

    fileprivate init(disk: InMemoryJournalDisk, generation: Int) {
        self.disk = disk
        self.generation = generation
    }

    deinit { disk.state.withLock { if $0.generation == generation { $0.isOpen = false } } }

    package var nextSequence: UInt64 { disk.state.withLock { $0.nextSequence } }

    @discardableResult
    package func append(_ records: [[UInt8]]) throws(JournalError) -> UInt64 {
        for record in records where record.count > JournalLimits.recordBytesMax {
            throw .recordTooLarge(found: record.count)
        }
        return try change(failingAt: .write) { state in
            let first = state.nextSequence
            for record in records {
                state.records.append(JournalEntry(sequence: state.nextSequence, body: record))
                state.nextSequence += 1
            }
            return first
        }
    }

    package func sync() throws(JournalError) {
        try change(failingAt: .sync) { state in
            guard state.syncedCount < state.records.count else { return }
            state.syncedCount = state.records.count
            state.syncCount += 1
        }
    }

    package func cut(below sequence: UInt64) throws(JournalError) {
        try change(failingAt: nil) { state in
            // Like the files: what was not synced stays.
            let count = state.records.prefix(state.syncedCount).prefix { $0.sequence < sequence }.count
            state.records.removeFirst(count)
            state.syncedCount -= count
        }
    }

    private func change<Result: Sendable>(
        failingAt fault: InMemoryJournalDisk.Fault?,
        _ body: (inout InMemoryJournalDisk.State) -> Result
    ) throws(JournalError) -> Result {
        guard !hasFailed.withLock({ $0 }) else { throw .failedBefore }
        return try disk.state.withLock { state throws(JournalError) in
            precondition(state.generation == generation, "a journal is not used after its process has ended")
            if let fault, state.fault == fault {
                state.fault = nil
                hasFailed.withLock { $0 = true }
                throw .failed(operation: "\(fault)", file: "memory", code: 5)
            }
            return body(&state)
        }
    }
}
