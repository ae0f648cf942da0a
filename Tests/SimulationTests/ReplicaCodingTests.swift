import Consensus
import Execution
import LedgerModel
import Merkle
import Primitives
import Replica
import TestKit
import Testing

@Suite struct ReplicaCodingTests {
    private let fixture = LedgerFixture(seed: 12)

    private var block: ExecutedBlock {
        get throws {
            let transactions = (1...3 as ClosedRange<UInt64>).map {
                fixture.transaction(
                    by: LedgerFixture.market,
                    id: $0,
                    expiry: LedgerFixture.start.adding(milliseconds: 5000),
                    fixture.decision(case: $0)
                )
            }
            return try fixture.executor.execute(
                transactions.map { .unverified($0) },
                context: BlockContext(
                    view: View(1),
                    timestamp: LedgerFixture.start.adding(milliseconds: 1),
                    proposer: ReplicaIndex(1)
                ),
                on: fixture.makeLedger().state
            )
        }
    }

    private func vote(_ ballot: Ballot) -> Vote {
        let signature = fixture.validatorSigner(1).sign(ballot.signedBytes(networkDigest: fixture.network))
        return Vote(ballot: ballot, signer: ReplicaIndex(1), signature: signature)
    }

    @Test func messagesBetweenNodesReadBackAndNoOtherFormIsAccepted() throws {
        let block = try block
        let ballot = Ballot.notarise(epoch: .zero, view: View(1), parentView: .zero, payload: block.digest)
        let proposal = try #require(Proposal(vote: vote(ballot)))
        let messages: [PeerMessage] = [
            .consensus(.vote(vote(.nullify(epoch: .zero, view: View(2))))),
            .proposal(.proposal(proposal), block.outline),
            .transactions(block.transactions.map(\.bytes)),
            .transactions([]),
            .outlineRequest(block.digest),
            .outline(block.outline),
            .bodiesRequest(block: block.digest, transactions: block.transactions.map(\.digest)),
            .bodies(block: block.digest, transactions: block.transactions.map(\.bytes)),
            .blocksRequest(from: Height(9)),
            .blocks([FinalisedBlock(block: block.block, certificate: nil)]),
            .blocks([]),
        ]
        var fuzz = DecoderFuzz(seed: 1)
        #expect(fuzz.counterexample(samples: messages, rounds: 6000) == nil)
        #expect(throws: DecodeError.unknownTag(type: "PeerMessage", found: 9)) { try PeerMessage(canonicalBytes: [9]) }
    }

    @Test func journalRecordsReadBackAndNoOtherFormIsAccepted() throws {
        let block = try block
        let records: [ReplicaJournalRecord] = [
            .block(block.block),
            .consensus(.vote(vote(.nullify(epoch: .zero, view: View(2))))),
            .consensus(.floor(epoch: .zero, view: View(7))),
            .consensus(
                .certification(Certification(epoch: .zero, view: View(1), payload: block.digest, endsEpoch: false))
            ),
            .consensus(.refused(.missingJournal)),
        ]
        var fuzz = DecoderFuzz(seed: 2)
        #expect(fuzz.counterexample(samples: records, rounds: 3000) == nil)
        #expect(records.map(\.forcesSync) == [true, true, true, false, true])
    }

    @Test(arguments: [(4096, true), (4097, false)])
    func messagesHave4096ItemsAtMost(count: Int, isAllowed: Bool) {
        let message = PeerMessage.transactions(Array(repeating: [], count: count))
        #expect(((try? PeerMessage(canonicalBytes: message.canonicalBytes)) == message) == isAllowed)
        let request = PeerMessage.bodiesRequest(block: .zero, transactions: Array(repeating: .zero, count: count))
        #expect(((try? PeerMessage(canonicalBytes: request.canonicalBytes)) == request) == isAllowed)
    }
}
