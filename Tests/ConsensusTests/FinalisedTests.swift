import Consensus
import Primitives
import Testing

/// docs/protocol.md [FINALISED]
struct FinalisedTests {
    private let a = Bench.payload("a")
    private let b = Bench.payload("b")

    @Test func aQuorumOfFinalisesMakesTheBlockFinalOnce() {
        var bench = Bench(own: 0)
        _ = bench.certify(1, parent: 0, payload: a)
        let ballot = bench.finalise(1, parent: 0, a)
        #expect(bench.receive(bench.vote(ballot, by: 1)).finalisations == [])
        let effects = bench.receive(bench.vote(ballot, by: 2))
        #expect(effects.finalisations.map(\.ballot) == [ballot])
        #expect(effects.broadcastCertificates.map(\.ballot) == [ballot])
        #expect(bench.voter.finalised == FinalisedPoint(epoch: .zero, view: View(1), payload: a))
        #expect(bench.receive(bench.vote(ballot, by: 3)) == [])
    }

    @Test func finalisesCountHoweverLate() {
        var bench = Bench(own: 0)
        _ = bench.certify(1, parent: 0, payload: a)
        for view in UInt64(2)...9 { _ = bench.receive(bench.certificate(bench.nullify(view))) }
        let ballot = bench.finalise(1, parent: 0, a)
        _ = bench.receive(bench.vote(ballot, by: 1))
        #expect(bench.receive(bench.vote(ballot, by: 2)).finalisations.map(\.view) == [View(1)])
        #expect(bench.voter.currentView == View(10))
    }

    @Test func aReceivedFinalisationIsNotSentOn() {
        var bench = Bench(own: 0)
        let effects = bench.receive(bench.certificate(bench.finalise(5, parent: 2, a)))
        #expect(effects.finalisations.count == 1)
        #expect(effects.broadcastCertificates == [])
        #expect(bench.voter.currentView == View(6))
    }

    /// Its body may be missing: it is fetched by parent digests, and nothing is built before it is executed.
    @Test func aFinalBlockIsExecutedBeforeAnythingIsBuiltOnIt() {
        var bench = Bench(own: 2)
        _ = bench.work()
        let effects = bench.receive(bench.certificate(bench.finalise(5, parent: 2, a)))
        #expect(effects.checks.map(\.purpose) == [.certify])
        #expect(effects.checks.map(\.parentPayload) == [nil])
        #expect(effects.builds == [])
        #expect(bench.checked(5, a, .certify).builds.map(\.parentPayload) == [a])
    }

    @Test func aFinalBlockThatDoesNotExecuteStopsTheNode() {
        var bench = Bench(own: 0)
        _ = bench.receive(bench.certificate(bench.finalise(5, parent: 2, a)))
        let effects = bench.checked(5, a, .certify, .invalid)
        #expect(effects.contains(.stopped(.finalBlockInvalid(view: View(5), payload: a))))
        #expect(bench.work() == [])
        #expect(bench.voter.deadline == nil)
    }

    @Test func aBlockRefusedBeforeItBecameFinalStopsTheNode() {
        var bench = Bench(own: 0)
        _ = bench.receive(bench.certificate(bench.notarise(1, parent: 0, a)))
        _ = bench.checked(1, a, .certify, .invalid)
        let effects = bench.receive(bench.certificate(bench.finalise(1, parent: 0, a)))
        #expect(effects.contains(.stopped(.finalBlockInvalid(view: View(1), payload: a))))
    }

    @Test func aViewBothFinalAndNullifiedStopsTheNode() {
        var bench = Bench(own: 0)
        _ = bench.receive(bench.certificate(bench.nullify(1)))
        let effects = bench.receive(bench.certificate(bench.finalise(1, parent: 0, a)))
        #expect(effects.contains(.stopped(.contradictingCertificates(view: View(1)))))
    }

    @Test func aFinalisationInTheJournalIsReportedAgainAfterARestart() {
        var bench = Bench(own: 0)
        _ = bench.certify(1, parent: 0, payload: a)
        _ = bench.receive(bench.certificate(bench.finalise(1, parent: 0, a)))
        var restarted = Bench(own: 0, records: bench.journal)
        let effects = restarted.step(.tick)
        #expect(effects.finalisations.map(\.payload) == [a])
        #expect(effects.checks.map(\.payload) == [a])
        #expect(restarted.voter.currentView == View(2))
    }

    // MARK: The block that ends the epoch

    /// While it is not final, it is proposed again by digest, at once and unchecked.
    @Test func theLastBlockOfAnEpochIsProposedAgain() {
        var bench = Bench(own: 2)
        let effects = bench.certify(1, parent: 0, payload: a, endsEpoch: true)
        #expect(effects.castVotes.map(\.ballot).contains(bench.notarise(2, parent: 1, a)))
        #expect(effects.builds == [])
    }

    @Test func theProposalAgainIsNotarisedWithoutACheck() {
        var bench = Bench(own: 0)
        _ = bench.certify(1, parent: 0, payload: a, endsEpoch: true)
        let effects = bench.receive(bench.vote(bench.notarise(2, parent: 1, a), by: 2))
        #expect(effects.castVotes.map(\.ballot) == [bench.notarise(2, parent: 1, a)])
        #expect(effects.checks == [])
    }

    @Test func nothingElseExtendsTheLastBlockOfAnEpoch() {
        var bench = Bench(own: 0)
        _ = bench.certify(1, parent: 0, payload: a, endsEpoch: true)
        let effects = bench.receive(bench.vote(bench.notarise(2, parent: 1, b), by: 2))
        #expect(effects.castKinds == [.nullify])
    }

    @Test func noOtherBlockIsProposedAgain() {
        var bench = Bench(own: 0)
        _ = bench.certify(1, parent: 0, payload: a)
        let effects = bench.receive(bench.vote(bench.notarise(2, parent: 1, a), by: 2))
        #expect(effects.castKinds == [.nullify])
    }

    @Test func whenTheLastBlockIsFinalTheEpochIsOver() {
        var bench = Bench(own: 2)
        _ = bench.certify(1, parent: 0, payload: a, endsEpoch: true)
        let effects = bench.receive(bench.certificate(bench.finalise(1, parent: 0, a)))
        #expect(effects.contains(.epochEnded(payload: a)))
        _ = bench.work()
        #expect(bench.voter.deadline == nil)
        #expect(bench.wait(100_000) == [])
    }
}
