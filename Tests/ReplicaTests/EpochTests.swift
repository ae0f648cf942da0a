import Consensus
import Execution
import LedgerModel
import Primitives
import Replica
import TestKit
import Testing

/// How a replica goes from one epoch into the next. docs/protocol.md [EPOCH-BEGIN] [EPOCH-OUTSIDE]
@Suite struct EpochTests {
    private var replica: ReplicaHarness
    /// The last block of epoch 0: three departments agree on other parameters in it.
    private let last: ExecutedBlock

    init() throws {
        replica = try ReplicaHarness()
        last = try EpochTests.lastBlock(replica)
    }

    private static func lastBlock(_ replica: ReplicaHarness) throws -> ExecutedBlock {
        let fixture = replica.fixture
        let expiry = LedgerFixture.start.adding(milliseconds: 300_000)
        let parameters = ParametersRecord(
            transactionLifetimeMilliseconds: 600_000,
            consensus: ConsensusParameters(deltaMilliseconds: 50)
        )
        let transactions = fixture.agreement(on: [.setParameters(parameters)], id: 1, expiry: expiry)
        let block = try replica.block(transactions, view: 1, on: replica.ledger.state)
        #expect(block.verdicts == [.accepted, .accepted, .accepted] && block.endsEpoch)
        return block
    }

    /// Makes the last block of epoch 0 final here.
    private mutating func endEpoch() {
        replica.propose(last.outline, view: 1, parentView: 0)
        replica.wait(milliseconds: 10)
        let bodies = PeerMessage.bodies(block: last.digest, transactions: last.transactions.map(\.bytes))
        replica.give(.message(bodies, from: replica.leader(of: 1)))
        replica.prove(replica.notarise(last.digest, view: 1, parentView: 0))
        replica.prove(.finalise(epoch: .zero, view: View(1), parentView: .zero, payload: last.digest))
    }

    @Test mutating func theNextEpochBeginsWhenTheLastBlockIsFinal() throws {
        endEpoch()
        #expect(replica.core.finalHeight == Height(1))
        #expect(replica.core.validators.set.epoch == Epoch(1) && replica.core.view == View(1))
        #expect(replica.core.parameters.consensus.deltaMilliseconds == 50)

        // The leader of a view is another one in another epoch.
        let leader = replica.node(replica.core.validators.set.leader(of: View(1)))
        let child = try replica.block(view: 1, on: replica.ledger.state.adding(last), leader: leader)
        #expect(child.header.epoch == Epoch(1))
        let ballot = Ballot.notarise(epoch: Epoch(1), view: View(1), parentView: .zero, payload: child.digest)
        replica.give(.message(try replica.proposal(of: child.outline, ballot, by: leader), from: leader))
        #expect(replica.votes.last == ballot)
    }

    @Test mutating func theLastBlockIsNotVotedForInTheNextEpoch() throws {
        endEpoch()
        let leader = replica.node(replica.core.validators.set.leader(of: View(1)))
        let first = try replica.block(view: 1, on: replica.ledger.state.adding(last), leader: leader)
        let notarise = Ballot.notarise(epoch: Epoch(1), view: View(1), parentView: .zero, payload: first.digest)
        replica.give(.message(try replica.proposal(of: first.outline, notarise, by: leader), from: leader))
        replica.prove(notarise)
        #expect(replica.core.view == View(2))
        let second = replica.node(replica.core.validators.set.leader(of: View(2)))
        let stale = Ballot.notarise(epoch: Epoch(1), view: View(2), parentView: View(1), payload: last.digest)
        replica.give(.message(try replica.proposal(of: nil, stale, by: second), from: second))
        #expect(!replica.votes.contains(stale))
        #expect(replica.votes.last == .nullify(epoch: Epoch(1), view: View(2)))
    }

    @Test mutating func votesOfAnEpochThatBeginsLaterAreKeptAndNotContradicted() throws {
        let own = replica.fixture.validators.leader(of: View(4))
        let nullify = Ballot.nullify(epoch: Epoch(1), view: View(1))
        let record = JournalRecord.vote(replica.vote(nullify, by: ReplicaHarness.node(own)))
        replica = try ReplicaHarness(records: [record])
        #expect(replica.core.journalSnapshot.contains(.consensus(record)))
        endEpoch()
        #expect(replica.core.validators.set.epoch == Epoch(1))
        #expect(replica.core.journalSnapshot.contains(.consensus(record)))
        let leader = replica.node(replica.core.validators.set.leader(of: View(1)))
        let child = try replica.block(view: 1, on: replica.ledger.state.adding(last), leader: leader)
        let ballot = Ballot.notarise(epoch: Epoch(1), view: View(1), parentView: .zero, payload: child.digest)
        replica.give(.message(try replica.proposal(of: child.outline, ballot, by: leader), from: leader))
        #expect(!replica.votes.contains(ballot))
    }

    /// What was voted in epoch 0 is not in a journal that was cut in epoch 1: a node whose store was lost since must not vote in
    /// it anew.
    @Test mutating func aJournalCutInALaterEpochForbidsVotesInTheOneBefore() throws {
        endEpoch()
        let records = replica.core.journalSnapshot.compactMap { record -> JournalRecord? in
            if case .consensus(let record) = record { record } else { nil }
        }
        #expect(!records.contains { if case .vote = $0 { true } else { false } })
        for isCut in [true, false] {
            replica = try ReplicaHarness(records: isCut ? records.filter(\.isFloor) : [])
            let other = try replica.block(view: 1, on: replica.ledger.state)
            replica.propose(other.outline, view: 1, parentView: 0)
            replica.wait(milliseconds: 20_000)
            #expect(replica.votes.isEmpty == isCut)
        }
    }

    @Test mutating func aJournalCutInALaterEpochLeadsBackIntoIt() throws {
        endEpoch()
        let snapshot = replica.core.journalSnapshot
        let records = snapshot.compactMap { if case .consensus(let record) = $0 { record } else { nil } }
        let blocks = snapshot.compactMap { if case .block(let block) = $0 { block } else { nil } }
        #expect(blocks == [last.block])
        replica = try ReplicaHarness(journalled: blocks, records: records)
        #expect(replica.core.finalHeight == Height(1) && replica.core.validators.set.epoch == Epoch(1))
    }

    @Test mutating func aMadeUpEpochIsAskedForOnceFromEachPeer() throws {
        let ballot = Ballot.nullify(epoch: Epoch(9), view: View(1))
        let liar = replica.others[0]
        replica.give(.message(.consensus(.vote(replica.vote(ballot, by: liar))), from: liar))
        for _ in 0..<10 {
            replica.wait(milliseconds: 200)
            guard case .blocksRequest = replica.sent.last?.message, let peer = replica.sent.last?.peer else { continue }
            replica.give(.message(.blocks([]), from: peer))
        }
        let asked = replica.sent.filter { if case .blocksRequest = $0.message { true } else { false } }
        #expect(Set(asked.map(\.peer)).count == 3 && asked.count <= 5)
    }
}

extension JournalRecord {
    fileprivate var isFloor: Bool { if case .floor = self { true } else { false } }
}
