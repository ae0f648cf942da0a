import Consensus
import Execution
import LedgerModel
import Merkle
import Primitives
import TestKit
import Testing
import ZhixinVerify

@testable import zhixin_audit

struct ReplayTests {
    private let world: AuditWorld
    private var fixture: LedgerFixture { world.fixture }
    private var blocks: [FinalisedBlock] { world.chain.blocks }

    init() throws { world = try AuditWorld() }

    /// The ledger up to and including `block`, which stands in place of the block of its height, with a certificate that
    /// its validators really signed.
    private func audit(endingWith block: Block) async throws -> AuditFault? {
        let before = Array(blocks.prefix(Int(block.header.height.rawValue) - 1))
        let parentView = before.last?.block.header.view ?? .zero
        let certificate = world.chain.certificate(of: block.header, parentView: parentView)
        return try await world.audit(before + [FinalisedBlock(block: block, certificate: certificate)]).fault
    }

    @Test func everythingIsReplayedAndCounted() async throws {
        var auditor = try ChainAuditor(genesis: fixture.genesis, suite: fixture.suite)
        let observer = SilentObserver()
        let source = ExportSource(MemoryStream(world.export), network: world.network)
        let outcome = await auditor.audit(source, observer: observer)
        #expect(outcome == .sound)
        #expect(observer.heights == blocks.map(\.block.header.height))
        let report = auditor.report(genesis: fixture.genesis, outcome: outcome, isFolderCompared: false, seconds: 1)
        #expect(report.statistics.height == Height(9))
        #expect(report.statistics.blocks == 9)
        #expect(report.statistics.certifiedBlocks == 5)
        #expect(report.statistics.transactions == 18)
        #expect(report.statistics.refusedTransactions == 5)
        #expect(report.statistics.certificates == 41)
        #expect(report.newest == world.chain.newest)
        #expect(report.historyRoot == world.chain.ledger.newestBlock.history.root(hasher: hasher))
    }

    private var hasher: MerkleHasher { MerkleHasher(fixture.suite.digestFunction) }

    @Test func aLedgerOfGenesisAloneIsSound() async throws {
        #expect(try await world.audit([FinalisedBlock]()) == .sound)
    }

    /// docs/protocol.md [EPOCH-BEGIN]
    @Test(arguments: [0, 1500])
    func anAuditFollowsEpochs(blocksInBetween: Int) async throws {
        var chain = CertifiedChain(fixture: fixture)
        for number in 0..<3 as Range<UInt64> {
            let parameters = ParametersRecord(
                transactionLifetimeMilliseconds: 600_000 - number,
                consensus: .initial
            )
            try chain.append(
                fixture.agreement(on: [.setParameters(parameters)], id: 1 + 3 * number, expiry: chain.expiry)
            )
            // So that certificates of the next epoch are looked at before it has begun, and after.
            for _ in 0...blocksInBetween { try chain.append() }
        }
        #expect(chain.newest.epoch == Epoch(3))
        #expect(try await world.audit(chain.blocks) == .sound)
        // A certificate of the epoch before proves nothing.
        var blocks = chain.blocks
        let last = chain.newest
        let ballot = Ballot.finalise(
            epoch: Epoch(2),
            view: last.view,
            parentView: View(last.view.rawValue - 1),
            payload: last.digest(fixture.suite.digestFunction)
        )
        let stale = chain.certificate(for: ballot, signers: [0, 1, 2])
        blocks[blocks.count - 1] = FinalisedBlock(block: blocks[blocks.count - 1].block, certificate: stale)
        #expect(try await world.audit(blocks).fault?.rule == .certificate)
    }

    @Test func manyBatchesAreReplayedInOrder() async throws {
        // More blocks than go through the stages together.
        var chain = CertifiedChain(fixture: fixture)
        for number in 0..<2100 {
            let decision = fixture.transaction(
                by: LedgerFixture.market,
                id: UInt64(number),
                expiry: chain.expiry,
                fixture.decision(case: UInt64(number))
            )
            try chain.append(number.isMultiple(of: 3) ? [decision] : [], isCertified: number % 50 == 49)
        }
        #expect(try await world.audit(chain.blocks) == .sound)
        var damaged = chain.blocks
        damaged.swapAt(1800, 1801)
        #expect(try await world.audit(damaged).fault?.height == Height(1801))
    }

    @Test func blocksOutOfPlaceAreNamed() async throws {
        var swapped = blocks
        swapped.swapAt(2, 3)
        let missing = Array(blocks[..<4] + blocks[5...])
        let repeated = Array(blocks[..<5] + blocks[4...])
        for (changed, height) in [(swapped, 3), (missing, 5), (repeated, 6)] {
            let fault = try await world.audit(changed).fault
            #expect(fault?.rule == .headerLink)
            #expect(fault?.height == Height(UInt64(height)))
        }
    }

    @Test func anotherNetworksExportIsNamed() async throws {
        let other = try AuditWorld(fixture: LedgerFixture(seed: 2))
        #expect(try await world.audit(other.export).fault?.rule == .network)
        // Its blocks in an export that names our network.
        #expect(try await world.audit(other.chain.blocks).fault?.rule == .network)
    }

    @Test func whatIsNoExportIsAProblemAndNoFault() async throws {
        for bytes in [[], Array("ZXCHAIN".utf8), [UInt8](repeating: 0, count: 4096)] {
            let outcome = try await world.audit(bytes)
            guard case .unreadable(height: Height(1), _) = outcome else {
                Issue.record("\(outcome)")
                return
            }
        }
    }

    @Test func aRegisterThatWasNotComputedIsNamedThoughAQuorumSignedIt() async throws {
        let block = blocks[3].block
        let forged = block.header.with(registerRoot: fixture.digest(1))
        let fault = try await audit(endingWith: block.with(header: forged))
        #expect(fault?.rule == .registerRoot)
        #expect(fault?.height == Height(4))
        let grown = block.header.with(registerSize: block.header.registerSize + 1)
        #expect(try await audit(endingWith: block.with(header: grown))?.rule == .registerSize)
    }

    @Test func verdictsThatWereNotGivenAreNamedThoughAQuorumSignedThem() async throws {
        let block = blocks[3].block
        let verdicts = Verdict.digest(
            of: [.accepted, .accepted, .expired],
            digestFunction: fixture.suite.digestFunction
        )
        let digests = block.transactions.map {
            fixture.suite.digestFunction.digest(Domain.transactionLeaf.frame(raw: $0))
        }
        let root = BlockOutline.transactionsRoot(digests, verdicts, hasher: hasher)
        let header = block.header.with(transactionsRoot: root)
        let forged = Block(header: header, transactions: block.transactions, verdictsDigest: verdicts)
        let fault = try await audit(endingWith: forged)
        #expect(fault?.rule == .verdicts)
        #expect(fault?.height == Height(4))
    }

    @Test func transactionsThatAreNotTheHeadersAreNamed() async throws {
        let block = blocks[3].block
        let reordered = Block(
            header: block.header,
            transactions: block.transactions.reversed(),
            verdictsDigest: block.verdictsDigest
        )
        #expect(try await audit(endingWith: reordered)?.rule == .transactionsRoot)
        let fewer = Block(
            header: block.header,
            transactions: Array(block.transactions.dropLast()),
            verdictsDigest: block.verdictsDigest
        )
        #expect(try await audit(endingWith: fewer)?.rule == .transactionsRoot)
    }

    @Test func aMalformedTransactionIsNamedByItsPlace() async throws {
        let block = blocks[3].block
        var transactions = block.transactions
        transactions[1].append(0)
        let changed = Block(header: block.header, transactions: transactions, verdictsDigest: block.verdictsDigest)
        let fault = try await audit(endingWith: changed)
        #expect(fault?.rule == .transactionEncoding)
        #expect(fault?.transaction == 1)
        #expect(fault?.height == Height(4))
    }

    @Test func aCertificateThatDoesNotHoldIsNamed() async throws {
        var changed = blocks
        let few = world.chain.certificate(
            of: blocks[3].block.header,
            parentView: blocks[2].block.header.view,
            signers: [0, 1]
        )
        changed[3] = FinalisedBlock(block: blocks[3].block, certificate: few)
        let fault = try await world.audit(changed).fault
        // Three is the fewest that bytes can say.
        #expect(fault?.rule == .blockEncoding)
        let elsewhere = world.chain.certificate(of: blocks[3].block.header, parentView: View(1))
        changed[3] = FinalisedBlock(block: blocks[3].block, certificate: elsewhere)
        #expect(try await world.audit(changed).fault?.rule == .certificate)
        let foreign = try #require(blocks[0].certificate)
        changed[3] = FinalisedBlock(block: blocks[3].block, certificate: foreign)
        let other = try await world.audit(changed).fault
        #expect(other?.rule == .certificate)
        #expect(other?.height == Height(4))
    }

    @Test func rulesOfTimeAndLeadershipAreChecked() async throws {
        let block = blocks[3].block
        let previous = blocks[2].block.header
        let proposer = ReplicaIndex((block.header.proposer.rawValue + 1) % 4)
        for header in [block.header.with(timestamp: previous.timestamp), block.header.with(proposer: proposer)] {
            let fault = try await audit(endingWith: block.with(header: header))
            #expect(fault?.rule == .headerLink)
            #expect(fault?.height == Height(4))
        }
    }
}

extension Block {
    /// The same block under another header.
    fileprivate func with(header: Header) -> Block {
        Block(header: header, transactions: transactions, verdictsDigest: verdictsDigest)
    }
}

extension Header {
    /// The same header with some fields replaced.
    fileprivate func with(
        timestamp: Timestamp? = nil,
        proposer: ReplicaIndex? = nil,
        transactionsRoot: Digest? = nil,
        registerRoot: Digest? = nil,
        registerSize: UInt64? = nil
    ) -> Header {
        Header(
            network: network,
            protocolVersion: protocolVersion,
            epoch: epoch,
            height: height,
            view: view,
            parent: parent,
            timestamp: timestamp ?? self.timestamp,
            proposer: proposer ?? self.proposer,
            transactionsRoot: transactionsRoot ?? self.transactionsRoot,
            registerRoot: registerRoot ?? self.registerRoot,
            registerSize: registerSize ?? self.registerSize,
            historyRoot: historyRoot,
            validatorSet: validatorSet,
            childValidatorSet: childValidatorSet
        )
    }
}
