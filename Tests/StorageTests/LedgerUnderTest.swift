import Execution
import LedgerModel
import Ports
import Primitives
import Storage
import TestKit

/// A store that can be closed and opened again: LevelDB, or its in-memory twin.
enum LedgerUnderTest: String, CaseIterable, Sendable {
    case levelDB
    case memory

    func make(_ fixture: LedgerFixture) throws -> any LedgerHost {
        switch self {
        case .levelDB: try LevelDBHost(fixture)
        case .memory:
            MemoryHost(
                store: InMemoryLedgerStore(genesis: fixture.genesisBlock, digestFunction: fixture.suite.digestFunction)
            )
        }
    }
}

typealias StoreUnderTest = any (LedgerStore<ExecutedBlock> & LedgerReader)

protocol LedgerHost: AnyObject {
    var store: StoreUnderTest { get }
    var ledgerState: LedgerState { get }
    /// Closes the store and opens it again. Nobody may hold the store, a view or a state of it.
    func reopen() throws
}

private final class LevelDBHost: LedgerHost {
    private let folder = TemporaryFolder()
    private let fixture: LedgerFixture
    private var opened: LevelDBLedgerStore?

    init(_ fixture: LedgerFixture) throws {
        self.fixture = fixture
        opened = try openStore(at: folder.path, fixture)
    }

    var store: StoreUnderTest { opened! }
    var ledgerState: LedgerState { opened!.ledgerState }

    func reopen() throws {
        opened = nil
        opened = try openStore(at: folder.path, fixture)
    }
}

private final class MemoryHost: LedgerHost {
    private let memory: InMemoryLedgerStore
    init(store: InMemoryLedgerStore) { memory = store }
    var store: StoreUnderTest { memory }
    var ledgerState: LedgerState { memory.ledgerState }
    func reopen() {}
}

/// Opens the folder at `path` and puts genesis there if nothing is.
func openStore(at path: String, _ fixture: LedgerFixture) throws(StoreError) -> LevelDBLedgerStore {
    let opening = try LevelDBLedgerStore.open(
        at: path,
        network: fixture.network,
        digestFunction: fixture.suite.digestFunction
    )
    switch opening {
    case .empty(let empty): return try empty.initialise(genesis: fixture.genesisBlock)
    case .ledger(let store): return store
    }
}
