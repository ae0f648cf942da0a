import Execution
import LedgerModel
import Merkle
import Primitives
import TestKit
import Testing

/// A ledger to execute on: the fixture's genesis in memory, and blocks a second apart.
final class Bench {
    let fixture: LedgerFixture
    let ledger: InMemoryLedger
    private var nextID: UInt64 = 1000

    init(fixture: LedgerFixture = LedgerFixture(seed: 9)) {
        self.fixture = fixture
        ledger = fixture.makeLedger()
    }

    /// The time of the next block unless a test says otherwise.
    var now: Timestamp { ledger.newestBlock.header.timestamp.adding(milliseconds: 1000) }

    var state: LedgerState { ledger.state }

    func id() -> UInt64 {
        nextID += 1
        return nextID
    }

    /// A department's transaction that expires in a minute.
    func department(_ department: DepartmentID, id: UInt64? = nil, _ payload: Payload) -> SealedTransaction {
        fixture.transaction(
            by: department,
            id: id ?? self.id(),
            expiry: now.adding(milliseconds: 60_000),
            payload
        )
    }

    func subject(_ number: UInt64, id: UInt64, signer: FakeSigner, _ payload: Payload) -> SealedTransaction {
        let body = fixture.body(
            .subject(fixture.subjectID(number)),
            id: id,
            expiry: now.adding(milliseconds: 60_000),
            payload
        )
        return fixture.sealed(body, signer: signer)
    }

    /// Executes without storing.
    func execute(
        _ transactions: [SealedTransaction],
        at time: Timestamp? = nil,
        view: UInt64? = nil,
        on state: LedgerState? = nil
    ) throws -> ExecutedBlock {
        let state = state ?? self.state
        let context = BlockContext(
            view: View(view ?? state.header.view.rawValue + 1),
            timestamp: time ?? now,
            proposer: ReplicaIndex(1)
        )
        return try fixture.executor.execute(transactions.map { .unverified($0) }, context: context, on: state)
    }

    /// Executes a block, stores it and gives its verdicts.
    @discardableResult
    func commit(_ transactions: [SealedTransaction], at time: Timestamp? = nil) throws -> [Verdict] {
        let block = try execute(transactions, at: time)
        ledger.commit(block)
        return block.verdicts
    }

    /// The verdict on one transaction, which is stored.
    func verdict(_ transaction: SealedTransaction, at time: Timestamp? = nil) throws -> Verdict {
        try commit([transaction], at: time)[0]
    }

    // MARK: What the ledger says

    func certificate(_ commitment: Digest) throws -> CertificateRecord? {
        guard case .certificate(let record) = try state.record(.certificate(commitment)) else { return nil }
        return record
    }

    func subjectRecord(_ number: UInt64) throws -> SubjectRecord? {
        guard case .subject(let record) = try state.record(.subject(fixture.subjectID(number))) else { return nil }
        return record
    }

    func head(_ number: UInt64) throws -> AccessHeadRecord? {
        let key = fixture.headSigner(number).publicKey
        let id = AccessHeads.identifier(of: key, digestFunction: fixture.suite.digestFunction)
        guard case .accessHead(let record) = try state.record(.accessHead(id)) else { return nil }
        return record
    }
}
