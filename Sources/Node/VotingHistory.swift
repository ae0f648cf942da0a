package import Consensus
package import LedgerModel
package import Ports
package import Primitives
import Replica

/// What the journal of a voting key says when the node starts.
package struct VotingHistory: Sendable {
    package let blocks: [Block]
    package let records: [JournalRecord]
    /// Bytes of all records.
    package let byteCount: Int

    /// Reads what opening the journal gave. A journal that is new is marked first, so that the next start cannot take it for
    /// one that has forgotten nothing: with a floor beside a new ledger, with a refusal beside one that has grown.
    /// - Parameter committed: the newest block in the store.
    package init(
        of journal: any VoteJournal,
        _ opening: JournalOpening,
        committed: Header
    ) throws(VotingHistoryError) {
        // A journal without a record was made by a start that did not come as far as the mark.
        guard case .opened(let entries, _) = opening, !entries.isEmpty else {
            let mark: JournalRecord =
                committed.height == .genesis
                ? .floor(epoch: committed.epoch, view: committed.view) : .refused(.missingJournal)
            let bytes = ReplicaJournalRecord.consensus(mark).canonicalBytes
            do throws(JournalError) {
                try journal.append([bytes])
                try journal.sync()
            } catch {
                throw .journal(error)
            }
            (blocks, records, byteCount) = ([], [mark], bytes.count)
            return
        }
        var blocks: [Block] = []
        var records: [JournalRecord] = []
        for entry in entries {
            do throws(DecodeError) {
                switch try ReplicaJournalRecord(canonicalBytes: entry.body) {
                case .block(let block): blocks.append(block)
                case .consensus(let record): records.append(record)
                }
            } catch {
                throw .recordUnknown(sequence: entry.sequence, error)
            }
        }
        self.blocks = blocks
        self.records = records
        byteCount = entries.reduce(0) { $0 + $1.body.count }
    }

    /// The last view that the journal knows to be final, if the journal does not hold the blocks that lead there from `header`:
    /// then the store has lost blocks, or peers were ahead when the node ended.
    package func finalViewBeyond(_ header: Header, digest: Digest) -> View? {
        let view = records.lazy.compactMap { record -> View? in
            switch record {
            case .floor(header.epoch, let view): view
            case .certificate(let certificate) where certificate.kind == .finalise && certificate.epoch == header.epoch:
                certificate.view
            case .vote, .certificate, .certification, .floor, .refused: nil
            }
        }.max()
        guard let view, view > header.view, !blocks.contains(where: { $0.header.parent == digest }) else { return nil }
        return view
    }
}

/// Why a journal that could be opened cannot be used.
package enum VotingHistoryError: Error, Equatable, Sendable {
    /// A record that this version cannot read; its checksum is right, so that a newer version wrote it.
    case recordUnknown(sequence: UInt64, DecodeError)
    case journal(JournalError)
}
