import Consensus
import Execution
import LedgerModel
import Merkle
import Ports
import Primitives
import Storage
import TestKit

/// Makes blocks on top of a store, with certificates as if a quorum had signed them.
struct LedgerChain {
    let fixture: LedgerFixture
    private(set) var state: LedgerState
    private(set) var time = LedgerFixture.start
    private var transactionsInBlock: UInt64 = 0

    init(fixture: LedgerFixture, state: LedgerState) {
        self.fixture = fixture
        self.state = state
        time = state.header.timestamp
    }

    var hasher: MerkleHasher { MerkleHasher(fixture.suite.digestFunction) }

    /// A commitment that stands for `number`.
    func commitment(_ number: UInt64) -> Digest { fixture.digest(number) }

    /// A block that issues certificates, one transaction.
    mutating func issue(_ numbers: Range<UInt64>) throws -> ExecutedBlock {
        try add([transaction(fixture.issue(LedgerFixture.identityType, numbers.map(commitment)))])
    }

    /// A block that changes certificates' status.
    mutating func change(_ numbers: [UInt64], to status: CertificateStatus) throws -> ExecutedBlock {
        try add([transaction(fixture.change(numbers.map(commitment), to: status))])
    }

    mutating func transaction(_ payload: Payload, lifetimeMilliseconds: UInt64 = 60_000) -> SealedTransaction {
        // The id follows from the place, so that two chains make the same transactions.
        transactionsInBlock += 1
        return fixture.transaction(
            by: LedgerFixture.police,
            id: state.header.height.rawValue * 1000 + transactionsInBlock,
            expiry: time.adding(milliseconds: lifetimeMilliseconds),
            payload
        )
    }

    /// The next block, with these transactions.
    mutating func add(
        _ transactions: [SealedTransaction],
        afterMilliseconds milliseconds: UInt64 = 1000
    ) throws -> ExecutedBlock {
        time = time.adding(milliseconds: milliseconds)
        let context = BlockContext(
            view: state.header.view.next,
            timestamp: time,
            proposer: ReplicaIndex(UInt16(state.header.height.rawValue % 4))
        )
        let block = try fixture.executor.execute(transactions.map { .unverified($0) }, context: context, on: state)
        state = state.adding(block)
        transactionsInBlock = 0
        return block
    }

    /// A finalisation of the block by the first three validators.
    func certificate(_ block: ExecutedBlock) -> QuorumCertificate {
        let header = block.header
        let parentView = View(header.view.rawValue - 1)
        let ballot = Ballot.finalise(
            epoch: header.epoch,
            view: header.view,
            parentView: parentView,
            payload: block.digest
        )
        var signers = SignerBitmap(validatorCount: 4)
        var signatures: [Signature] = []
        for index in 0..<3 {
            signers.insert(ReplicaIndex(UInt16(index)))
            signatures.append(
                fixture.validatorSigner(index).sign(ballot.signedBytes(networkDigest: fixture.network))
            )
        }
        return QuorumCertificate(ballot: ballot, signers: signers, signatures: signatures)
    }
}
