import Execution
import LedgerModel
import Ports
import Primitives
import TestKit
import Testing

@testable import Node

/// Writing final blocks, and those who wait for them.
@Suite(.timeLimit(.minutes(1))) struct CommitterTests {
    private let fixture = LedgerFixture()

    private func chain(_ count: Int) throws -> [ExecutedBlock] {
        var chain = CertifiedChain(fixture: fixture)
        return try (1...UInt64(count)).map { number in
            let transaction = fixture.transaction(
                by: LedgerFixture.police,
                id: number,
                expiry: chain.expiry,
                fixture.registration(subject: number, id: number)
            )
            return try chain.append([transaction])
        }
    }

    @Test func everythingHandedOverIsWrittenBeforeTheEnd() async throws {
        let store = NodeDisk.newStore(fixture)
        let inbox = Inbox<NodeDriver.Event>(capacity: 10)
        let committer = Committer(store: store, inbox: inbox, waiters: TransactionWaiters())
        for block in try chain(30) { committer.commit(block, nil) }
        await committer.close()
        #expect(store.view().header.height == Height(30))
        #expect(committer.storedHeight == Height(30))
        let told = inbox.take(until: nil)?.last
        guard case .committed(Height(30)) = told else {
            Issue.record("the driver was told \(String(describing: told))")
            return
        }
    }

    @Test func aStoreThatFailsIsReportedAndNotAskedAgain() async throws {
        let store = NodeDisk.newStore(fixture)
        store.failNextCommit()
        let inbox = Inbox<NodeDriver.Event>(capacity: 10)
        let committer = Committer(store: store, inbox: inbox, waiters: TransactionWaiters())
        for block in try chain(3) { committer.commit(block, nil) }
        await committer.close()
        #expect(committer.storedHeight == nil)
        let told = try #require(inbox.take(until: nil))
        #expect(told.count == 1)
        guard case .failed = told.first else {
            Issue.record("the driver was told \(told)")
            return
        }
    }

    @Test func anOutcomeIsKnownWhileItsBlockWaits() async throws {
        let store = NodeDisk.newStore(fixture)
        store.failNextCommit()
        let inbox = Inbox<NodeDriver.Event>(capacity: 10)
        let committer = Committer(store: store, inbox: inbox, waiters: TransactionWaiters())
        let block = try chain(1)[0]
        committer.commit(block, nil)
        #expect(committer.outcome(of: block.transactions[0].digest) == .final(height: Height(1), verdict: .accepted))
        #expect(committer.outcome(of: fixture.digest(1)) == nil)
        await committer.close()
    }

    @Test func whoWaitsIsToldTheOutcomeTheHeightOrThatTheTimeIsOver() async {
        let waiters = TransactionWaiters()
        let (known, unknown) = (fixture.digest(1), fixture.digest(2))
        async let first = waiters.outcome(of: known, waitMilliseconds: 20_000) { nil }
        async let second = waiters.outcome(of: unknown, waitMilliseconds: 1) { nil }
        async let third = waiters.stored(Height(5), waitMilliseconds: 20_000) { false }
        async let fourth = waiters.stored(Height(6), waitMilliseconds: 1) { false }
        #expect(await second == .pending)
        #expect(await !fourth)
        waiters.finalised([(known, .accepted)], at: Height(4))
        waiters.reached(Height(5))
        #expect(await first == .final(height: Height(4), verdict: .accepted))
        #expect(await third)
    }

    @Test func whatBecameFinalBeforeAnybodyListenedIsNotWaitedFor() async {
        let waiters = TransactionWaiters()
        let progress = TransactionProgress.final(height: Height(1), verdict: .accepted)
        #expect(await waiters.outcome(of: fixture.digest(1), waitMilliseconds: 20_000) { progress } == progress)
        #expect(await waiters.stored(Height(1), waitMilliseconds: 20_000) { true })
    }
}
