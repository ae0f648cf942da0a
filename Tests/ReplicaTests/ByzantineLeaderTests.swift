import Consensus
import Execution
import LedgerModel
import Merkle
import Primitives
import Replica
import TestKit
import Testing

/// What a leader can do to one replica, and cannot.
@Suite struct ByzantineLeaderTests {
    private var replica: ReplicaHarness

    init() throws { replica = try ReplicaHarness() }

    // docs/protocol.md [BLOCK-OUTLINE]: a block is good for one view.
    @Test mutating func aFinalBlockIsNotVotedForInAnotherView() throws {
        let first = try replica.block(view: 1, on: replica.ledger.state)
        let second = try replica.block(view: 2, on: replica.ledger.state.adding(first))
        replica.propose(first.outline, view: 1, parentView: 0)
        replica.prove(replica.notarise(first.digest, view: 1, parentView: 0))
        replica.prove(.finalise(epoch: .zero, view: View(1), parentView: .zero, payload: first.digest))
        replica.propose(second.outline, view: 2, parentView: 1)
        replica.prove(replica.notarise(second.digest, view: 2, parentView: 1))
        #expect(replica.core.finalHeight == Height(1) && replica.core.view == View(3))
        #expect(replica.votes.map(\.kind) == [.notarise, .finalise, .notarise, .finalise])

        replica.propose(first.digest, view: 3, parentView: 2)
        #expect(replica.votes.last?.kind == .nullify && replica.votes.last?.view == View(3))
        replica.wait(milliseconds: 20_000)
        #expect(!replica.votes.contains { $0.view == View(3) && $0.kind != .nullify })
    }

    // docs/protocol.md [NAMED]
    @Test mutating func madeUpAncestorsDoNotKeepGoodBlocksOut() throws {
        let honest = try replica.block(view: 1, on: replica.ledger.state)
        // The leader of view 2 proposes early, on a parent of its own making, and then sends parent after parent.
        var outlines: [BlockOutline] = []
        var parent = replica.fixture.digest(1)
        for number in 0..<1200 as Range<UInt64> {
            let view = number == 1199 ? 2 : 1 << 60 | number
            outlines.append(outline(height: 1 << 60 | number, view: view, parent: parent))
            parent = replica.digest(outlines[outlines.count - 1])
        }
        replica.propose(outlines[1199], view: 2, parentView: 1)
        for outline in outlines.dropLast().reversed() {
            replica.give(.message(.outline(outline), from: replica.leader(of: 2)))
        }
        replica.propose(honest.outline, view: 1, parentView: 0)
        #expect(replica.votes == [replica.notarise(honest.digest, view: 1, parentView: 0)])
    }

    /// Views may fail for hours; what was voted for in them must not keep the block out that ends that.
    @Test mutating func manyViewsWithoutFinalityLeaveRoomForTheNextBlock() throws {
        let views = 1064 as UInt64
        var last: Ballot?
        for view in 1...views {
            if replica.leader(of: view) != replica.ownNode {
                let block = try replica.block(view: view, on: replica.ledger.state)
                replica.propose(block.outline, view: view, parentView: 0)
                last = replica.notarise(block.digest, view: view, parentView: 0)
                #expect(replica.votes.last == last)
            }
            replica.prove(.nullify(epoch: .zero, view: View(view)))
            replica.forgetEffects()
        }
        #expect(last != nil && replica.core.finalHeight == .genesis)
    }

    // docs/protocol.md [BLOCK-LIMIT]
    @Test mutating func aTransactionNamedTwiceCountsTwiceForTheLimit() throws {
        let large = largeTransaction(1)
        for (count, isWithin) in [(10, true), (11, false)] {
            replica = try ReplicaHarness()
            #expect((count * large.bytes.count <= Limits.blockBytesMax) == isWithin)
            let block = try replica.block(
                Array(repeating: large, count: count),
                view: 1,
                on: replica.ledger.state
            )
            #expect(block.verdicts.filter { $0 == .repeated }.count == count - 1)
            replica.propose(block.outline, view: 1, parentView: 0)
            replica.wait(milliseconds: 10)
            let request = try #require(replica.sent.last)
            #expect(request.message == .bodiesRequest(block: block.digest, transactions: [large.digest]))
            replica.give(.message(.bodies(block: block.digest, transactions: [large.bytes]), from: request.peer))
            #expect(replica.votes.map(\.kind) == [isWithin ? .notarise : .nullify])
            #expect(replica.blamed == [])
        }
    }

    @Test mutating func bodiesOverTheLimitEndTheBlockBeforeTheLastOneCame() throws {
        let transactions = (1...12).map { largeTransaction($0) }
        let outline = outline(height: 1, view: 1, parent: replica.ledger.state.headerDigest, transactions)
        let digest = replica.digest(outline)
        replica.propose(outline, view: 1, parentView: 0)
        replica.wait(milliseconds: 10)
        for (number, transaction) in transactions.dropLast().enumerated() {
            #expect(replica.votes.isEmpty == (number * transaction.bytes.count <= Limits.blockBytesMax))
            replica.give(
                .message(.bodies(block: digest, transactions: [transaction.bytes]), from: replica.leader(of: 1))
            )
        }
        #expect(replica.votes.map(\.kind) == [.nullify])
    }

    @Test mutating func bodiesThatNobodyAskedForAreNotKept() throws {
        let large = largeTransaction(1)
        let block = try replica.block([large], view: 1, on: replica.ledger.state)
        replica.propose(block.outline, view: 1, parentView: 0)
        let bodies = PeerMessage.bodies(block: block.digest, transactions: [large.bytes])
        replica.give(.message(bodies, from: replica.leader(of: 1)))
        #expect(replica.votes == [])
        replica.wait(milliseconds: 10)
        #expect(
            replica.sent.contains { $0.message == .bodiesRequest(block: block.digest, transactions: [large.digest]) }
        )
        replica.give(.message(bodies, from: replica.leader(of: 1)))
        #expect(replica.votes.map(\.kind) == [.notarise])
    }

    @Test mutating func aRequestThatNamesATransactionTwiceIsBlamed() throws {
        let block = try replica.block(view: 1, on: replica.ledger.state)
        replica.propose(block.outline, view: 1, parentView: 0)
        let digest = replica.fixture.digest(3)
        let once = PeerMessage.bodiesRequest(block: block.digest, transactions: [digest])
        let twice = PeerMessage.bodiesRequest(block: block.digest, transactions: [digest, digest])
        replica.give(.message(once, from: replica.others[1]))
        #expect(replica.blamed == [])
        replica.give(.message(twice, from: replica.others[1]))
        #expect(replica.blamed == [replica.others[1]])
    }

    @Test mutating func aProposalFromAnyoneButTheLeaderIsBlamed() throws {
        let block = try replica.block(view: 1, on: replica.ledger.state)
        let other = replica.leader(of: 2)
        let ballot = replica.notarise(block.digest, view: 1, parentView: 0)
        let proposal = try #require(Proposal(vote: replica.vote(ballot, by: other)))
        replica.give(.message(.proposal(.proposal(proposal), block.outline), from: other))
        #expect(replica.blamed == [other] && replica.votes == [])
    }

    // MARK: Material

    /// A valid batch of as many certificates as one may have: about 400 kB.
    private func largeTransaction(_ id: Int) -> SealedTransaction {
        let fixture = replica.fixture
        let commitments = (0..<Limits.batchCertificatesMax).map { fixture.digest(UInt64(id << 32 | $0)) }
        return fixture.transaction(
            by: LedgerFixture.police,
            id: UInt64(id),
            expiry: LedgerFixture.start.adding(milliseconds: 300_000),
            fixture.issue(LedgerFixture.identityType, commitments)
        )
    }

    /// An outline that agrees with itself, of a block that nobody executed.
    private func outline(
        height: UInt64,
        view: UInt64,
        parent: Digest,
        _ transactions: [SealedTransaction] = []
    ) -> BlockOutline {
        let genesis = replica.ledger.state.header
        let digestFunction = replica.fixture.suite.digestFunction
        let verdicts = Verdict.digest(of: [], digestFunction: digestFunction)
        let digests = transactions.map(\.digest)
        let header = Header(
            network: genesis.network,
            protocolVersion: genesis.protocolVersion,
            epoch: .zero,
            height: Height(height),
            view: View(view),
            parent: parent,
            timestamp: genesis.timestamp.adding(milliseconds: 1000),
            proposer: replica.fixture.validators.leader(of: View(view)),
            transactionsRoot: BlockOutline.transactionsRoot(digests, verdicts, hasher: MerkleHasher(digestFunction)),
            registerRoot: parent,
            registerSize: genesis.registerSize,
            historyRoot: parent,
            validatorSet: genesis.validatorSet,
            childValidatorSet: genesis.childValidatorSet
        )
        return BlockOutline(header: header, transactions: digests, verdictsDigest: verdicts)
    }
}
