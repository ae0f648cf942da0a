import Consensus
import Execution
import LedgerModel
import Merkle
import Ports
import Primitives
import Synchronization
import TestKit

/// A store whose index cannot be read any more when the test says so.
final class FaultyStore: LedgerReader, LedgerStore {
    private let store: InMemoryLedgerStore
    private let isBroken = Mutex(false)

    init(_ store: InMemoryLedgerStore) { self.store = store }

    func breakDown() { isBroken.withLock { $0 = true } }

    var ledgerState: LedgerState {
        let state = store.ledgerState
        return LedgerState(base: self, header: state.header, headerDigest: state.headerDigest, history: state.history)
    }

    func position(of key: RecordKey) throws(LedgerReadError) -> Position? {
        guard !isBroken.withLock({ $0 }) else { throw LedgerReadError(reason: "the test asked for it") }
        return store.position(of: key)
    }

    func record(at position: Position) -> Record? { store.record(at: position) }
    func tile(_ key: TileKey) -> Tile? { store.tile(key) }
    func inclusionExpiry(of key: InclusionKey) -> Timestamp? { store.inclusionExpiry(of: key) }
    func commit(_ blocks: [(ExecutedBlock, QuorumCertificate?)]) throws(StoreError) { try store.commit(blocks) }
    func view() -> any LedgerView { store.view() }
    func certifiedView() -> (any LedgerView)? { store.certifiedView() }
    func location(of id: TransactionID, by author: Author) -> TransactionLocation? {
        store.location(of: id, by: author)
    }
    func statistics() throws(StoreError) -> LedgerStatistics { store.statistics() }
}
