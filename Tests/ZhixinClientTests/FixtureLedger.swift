import Consensus
import Credentials
import Cryptography
import Execution
import LedgerModel
import Merkle
import Primitives
import TestKit
import Testing
import ZhixinClient
import ZhixinVerify

/// The fixture's ledger, run by its validators in one process.
final class FixtureLedger {
    let fixture: ClientFixture
    let store: InMemoryLedger
    private let executor: Executor
    private(set) var blocks: [FinalisedBlock] = []

    init(_ fixture: ClientFixture) throws {
        self.fixture = fixture
        store = InMemoryLedger(genesis: try Executor.genesisBlock(fixture.genesis, suite: fixture.suite))
        executor = Executor(network: fixture.network, suite: fixture.suite)
    }

    var header: Header { store.newestBlock.header }
    var now: Timestamp { header.timestamp }

    /// Executes a department's payload in a block of its own.
    @discardableResult
    func append(
        _ payload: Payload,
        by department: DepartmentID,
        id: TransactionID,
        expiry: Timestamp? = nil
    ) throws -> Verdict {
        let key = try #require(fixture.transactionKeys[department])
        let body = TransactionBody(
            network: fixture.network,
            author: .department(department),
            id: id,
            expiry: expiry ?? now.adding(milliseconds: 60_000),
            payload: payload
        )
        let sealed = SealedTransaction(
            try Transaction(signing: body, with: key),
            digestFunction: fixture.suite.digestFunction
        )
        let parent = header
        let view = parent.view.next
        let block = try executor.execute(
            [.unverified(sealed)],
            context: BlockContext(
                view: view,
                timestamp: parent.timestamp.adding(milliseconds: 1000),
                proposer: fixture.ledger.validators.set.leader(of: view)
            ),
            on: store.state
        )
        let certificate = try self.certificate(of: block.header, parentView: parent.view)
        store.commit(block, certificate: certificate)
        blocks.append(FinalisedBlock(block: block.block, certificate: certificate))
        return block.verdicts[0]
    }

    private func certificate(of header: Header, parentView: View) throws -> QuorumCertificate {
        let ballot = Ballot.finalise(
            epoch: header.epoch,
            view: header.view,
            parentView: parentView,
            payload: header.digest(fixture.suite.digestFunction)
        )
        var bitmap = SignerBitmap(validatorCount: fixture.validators.count)
        for signer in 0..<fixture.ledger.validators.set.quorum { bitmap.insert(ReplicaIndex(UInt16(signer))) }
        let message = ballot.signedBytes(networkDigest: fixture.network)
        return QuorumCertificate(
            ballot: ballot,
            signers: bitmap,
            signatures: try bitmap.indices.map { try fixture.validators[Int($0.rawValue)].sign(message) }
        )
    }

    /// The record with `key` and its proof under the newest header; nil when there is none.
    func proof(_ key: RecordKey) throws -> RecordProof? {
        guard let position = store.position(of: key), let record = store.record(at: position),
            let certificate = blocks.last?.certificate
        else { return nil }
        let tree = RegisterTree(MerkleHasher(fixture.suite.digestFunction))
        return RecordProof(
            record: record,
            inclusion: try tree.inclusionProof(position: position, size: header.registerSize, reader: store),
            header: header,
            certificate: certificate
        )
    }

    /// Registers a wallet as its clerk would.
    @discardableResult
    func register(_ keys: WalletKeys, identifier: String = ClientFixture.citizen) throws -> Verdict {
        let id = TransactionID(high: 1, low: UInt64(blocks.count))
        let registration = SubjectRegistration(
            key: keys.subjectKey.publicKey,
            assurance: .inPerson,
            identifierCommitment: Commitments.subject(
                salt: ClientFixture.salt,
                identifier: identifier,
                digestFunction: fixture.suite.digestFunction
            ),
            accessHeadSet: try keys.headSetRoot(),
            proof: try keys.keyProof(transaction: id)
        )
        return try append(.registerSubject(registration), by: ClientFixture.police, id: id)
    }

    func subject(_ keys: WalletKeys) throws -> SubjectRecord {
        guard case .subject(let record)? = try proof(.subject(keys.subject))?.record else {
            throw FixtureError.missing
        }
        return record
    }

    func head(_ id: Digest) throws -> AccessHeadRecord? {
        guard case .accessHead(let record)? = try proof(.accessHead(id))?.record else { return nil }
        return record
    }

    /// Puts a use on the ledger as the gateway would.
    @discardableResult
    func record(_ use: WalletUse) throws -> Verdict {
        try append(
            .recordAccess(try AccessRecord(canonicalBytes: use.submission.accessRecord)),
            by: DepartmentID(use.department),
            id: use.entry.transaction,
            expiry: use.expiry
        )
    }
}

enum FixtureError: Error {
    case missing
}
