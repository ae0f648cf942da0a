import Consensus
import Execution
import LedgerModel
import Primitives
import Replica

/// A node's journal and store as a crash leaves them: what was synced stays, of the rest a part.
struct SimulatedDisk: Sendable {
    let store: InMemoryLedger
    /// The journal's records as bytes, oldest first.
    private(set) var records: [[UInt8]] = []
    private var syncedCount = 0
    /// What the durable records and the store hold, for the checkers; never iterated.
    private(set) var durableVotes: Set<Vote> = []
    private(set) var durableBlocks: Set<Digest> = []

    init(genesis: ExecutedBlock) { store = InMemoryLedger(genesis: genesis) }

    mutating func append(_ record: ReplicaJournalRecord) { records.append(record.canonicalBytes) }

    mutating func sync(_ digestFunction: any DigestFunction) {
        for bytes in records[syncedCount...] { noteDurable(bytes, digestFunction) }
        syncedCount = records.count
    }

    /// Replaces everything by `snapshot`, durably, as cutting the journal does.
    mutating func cut(to snapshot: [ReplicaJournalRecord], _ digestFunction: any DigestFunction) {
        records = snapshot.map(\.canonicalBytes)
        syncedCount = 0
        sync(digestFunction)
    }

    mutating func noteStored(_ block: ExecutedBlock) { durableBlocks.insert(block.digest) }

    /// The machine stops: of the unsynced records a random number of the oldest is there afterwards.
    mutating func crash(_ random: inout SeededRandom, _ digestFunction: any DigestFunction) {
        let kept = Int.random(in: syncedCount...records.count, using: &random)
        records.removeSubrange(kept...)
        sync(digestFunction)
    }

    private mutating func noteDurable(_ bytes: [UInt8], _ digestFunction: any DigestFunction) {
        switch SimulatedDisk.decode(bytes) {
        case .consensus(.vote(let vote)): durableVotes.insert(vote)
        case .consensus: break
        case .block(let block): durableBlocks.insert(block.header.digest(digestFunction))
        }
    }

    private static func decode(_ bytes: [UInt8]) -> ReplicaJournalRecord {
        do {
            return try ReplicaJournalRecord(canonicalBytes: bytes)
        } catch {
            preconditionFailure("a journal record decodes to what was written: \(error)")
        }
    }

    /// What a node starts with: the voter's records and the blocks, from bytes.
    func restored() -> (votes: [JournalRecord], blocks: [Block]) {
        var votes: [JournalRecord] = []
        var blocks: [Block] = []
        for bytes in records {
            switch SimulatedDisk.decode(bytes) {
            case .consensus(let record): votes.append(record)
            case .block(let block): blocks.append(block)
            }
        }
        return (votes, blocks)
    }
}
