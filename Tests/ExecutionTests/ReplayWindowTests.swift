import Execution
import LedgerModel
import Primitives
import TestKit
import Testing

/// docs/protocol.md [TX-ONCE]: whether a name was used is judged by block time, not by what a store still remembers.
@Suite struct ReplayWindowTests {
    private let fixture = LedgerFixture()

    /// A block with one transaction of name 1, as the child of `state`.
    private func block(
        on state: LedgerState,
        at time: Timestamp,
        expiry: Timestamp,
        commitment: UInt64
    ) throws -> ExecutedBlock {
        let transaction = fixture.transaction(
            by: LedgerFixture.police,
            id: 1,
            expiry: expiry,
            fixture.issue(LedgerFixture.identityType, [fixture.digest(commitment)])
        )
        return try fixture.executor.execute(
            [.unverified(transaction)],
            context: BlockContext(
                view: View(state.header.height.rawValue + 1),
                timestamp: time,
                proposer: ReplicaIndex(0)
            ),
            on: state
        )
    }

    @Test(arguments: [0, 1])
    func nodesThatRememberDifferentlyJudgeAlike(millisecondsAfterExpiry: UInt64) throws {
        let ledger = fixture.makeLedger()
        let start = LedgerFixture.start
        let expiry = start.adding(milliseconds: 2000)
        let first = try block(on: ledger.state, at: start.adding(milliseconds: 1000), expiry: expiry, commitment: 1)
        #expect(first.verdicts == [.accepted])
        // One node still holds the first block as a layer, the other has it in its store.
        let behind = ledger.state.adding(first)
        let ahead = fixture.makeLedger()
        ahead.commit(first)
        let later = expiry.adding(milliseconds: millisecondsAfterExpiry)
        let again = start.adding(milliseconds: 9000)
        let there = try block(on: behind, at: later, expiry: again, commitment: 2)
        let here = try block(on: ahead.state, at: later, expiry: again, commitment: 2)
        #expect(there.verdicts == [millisecondsAfterExpiry == 0 ? .repeated : .accepted])
        #expect(there.header == here.header)
    }

    @Test func aNameThatCameBackCountsByItsNewestExpiry() throws {
        let ledger = fixture.makeLedger()
        let start = LedgerFixture.start
        func add(
            at milliseconds: UInt64,
            expiry: UInt64,
            commitment: UInt64,
            on state: LedgerState
        ) throws -> ExecutedBlock {
            try block(
                on: state,
                at: start.adding(milliseconds: milliseconds),
                expiry: start.adding(milliseconds: expiry),
                commitment: commitment
            )
        }
        var state = ledger.state
        for (time, expiry, verdict) in [
            (1000, 2000, Verdict.accepted), (2000, 5000, .repeated), (2001, 5000, .accepted), (4000, 9000, .repeated),
            (5001, 9000, .accepted),
        ] as [(UInt64, UInt64, Verdict)] {
            let next = try add(at: time, expiry: expiry, commitment: time, on: state)
            #expect(next.verdicts == [verdict], "at \(time)")
            state = state.adding(next)
        }
    }
}
