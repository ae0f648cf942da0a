package import Ports
package import Primitives
import Synchronization

/// The vote journal on disk: preallocated files of one folder, written one after the other.
///
/// A file is filled with zeros and synced before it gets its name, so that an append changes no metadata and `sync` costs
/// one write. It is called `votes-` and the number of its first record in 16 hexadecimal digits. `docs/formats.md` gives the
/// bytes.
package final class FileVoteJournal: VoteJournal {
    /// Bytes that a file is made with; a record that needs more gets a larger file.
    package static let segmentBytesDefault = 16 * 1024 * 1024

    private struct State {
        var active: JournalSegment
        /// The first sequence numbers of all files, ascending; the last is the active one.
        var segments: [UInt64]
        var nextSequence: UInt64
        /// The first record that may not be on the disk yet.
        var firstUnsynced: UInt64
        var hasFailed = false
    }

    private let folder: JournalFolder
    private let segmentBytes: Int
    private let state: Mutex<State>

    /// Opens the journal in the folder `path`, or makes one there, and holds its lock until the value goes away.
    ///
    /// `owner` is a digest of the network and the voting key: a journal of another owner is refused.
    /// - Throws: `JournalError`: everything but a torn tail is left as it was found.
    package static func open(
        at path: String,
        owner: Digest,
        segmentBytes: Int = segmentBytesDefault
    ) throws(JournalError) -> (journal: FileVoteJournal, opening: JournalOpening) {
        let folder = try JournalFolder(opening: path, owner: owner)
        guard let content = try folder.read() else {
            let active = try folder.create(firstSequence: 0, byteCount: segmentBytes)
            let state = State(active: active, segments: [0], nextSequence: 0, firstUnsynced: 0)
            return (FileVoteJournal(folder: folder, segmentBytes: segmentBytes, state: state), .created)
        }
        let next = content.nextSequence
        let state = State(
            active: try folder.continueNewest(content),
            segments: content.segments,
            nextSequence: next,
            firstUnsynced: next
        )
        let journal = FileVoteJournal(folder: folder, segmentBytes: segmentBytes, state: state)
        return (journal, .opened(records: content.records, tornBytes: UInt64(content.tornBytes)))
    }

    private init(folder: JournalFolder, segmentBytes: Int, state: sending State) {
        self.folder = folder
        self.segmentBytes = segmentBytes
        self.state = Mutex(state)
    }

    package var nextSequence: UInt64 { state.withLock { $0.nextSequence } }

    @discardableResult
    package func append(_ records: [[UInt8]]) throws(JournalError) -> UInt64 {
        for record in records where record.count > JournalLimits.recordBytesMax {
            throw .recordTooLarge(found: record.count)
        }
        return try change { state throws(JournalError) in
            let first = state.nextSequence
            var buffer: [UInt8] = []
            for record in records {
                let needed = JournalRecordFrame.byteCount + record.count
                if state.active.offset + buffer.count + needed > state.active.byteCount {
                    try state.active.write(buffer)
                    buffer.removeAll()
                    try self.rotate(&state, needed: needed)
                }
                JournalRecordFrame.append(
                    record,
                    sequence: state.nextSequence,
                    place: UInt32(state.nextSequence - state.firstUnsynced),
                    nonce: state.active.header.nonce,
                    to: &buffer
                )
                state.nextSequence += 1
            }
            try state.active.write(buffer)
            return first
        }
    }

    package func sync() throws(JournalError) {
        try change { state throws(JournalError) in
            guard state.firstUnsynced < state.nextSequence else { return }
            try state.active.synchronise()
            state.firstUnsynced = state.nextSequence
        }
    }

    package func cut(below sequence: UInt64) throws(JournalError) {
        try change { state throws(JournalError) in
            // Oldest first, so that a crash leaves no gap. The newest file stays whatever it holds.
            var removed = 0
            while removed + 1 < state.segments.count, state.segments[removed + 1] <= sequence {
                try self.folder.remove(firstSequence: state.segments[removed])
                removed += 1
            }
            state.segments.removeFirst(removed)
            if removed > 0 { try self.folder.synchronise() }
        }
    }

    /// Goes on in a new file. The old one is synced first: what stands before a later file is never a torn tail.
    private func rotate(_ state: inout State, needed: Int) throws(JournalError) {
        try state.active.synchronise()
        state.firstUnsynced = state.nextSequence
        state.active = try folder.create(
            firstSequence: state.nextSequence,
            byteCount: max(segmentBytes, JournalSegmentHeader.byteCount + needed)
        )
        state.segments.append(state.nextSequence)
    }

    /// Runs one change. After a failure the file's content is unknown, so there is no second.
    private func change<Result>(
        _ body: (inout State) throws(JournalError) -> Result
    ) throws(JournalError) -> Result {
        try state.withLock { state throws(JournalError) in
            guard !state.hasFailed else { throw .failedBefore }
            do throws(JournalError) {
                return try body(&state)
            } catch {
                state.hasFailed = true
                throw error
            }
        }
    }
}
