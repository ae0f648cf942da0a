import Consensus
import Primitives
import Testing

/// docs/protocol.md [SKIP], with seven validators: five others are a quorum without the silent one and without us.
///
/// Validator 1 leads views 1, 8, 15, 22, 29, 36, 43 and 50.
struct SkipTests {
    private let silent: UInt16 = 1
    private let active: [UInt16] = [2, 3, 4, 5, 6]

    /// A bench in view `last` + 1, all views before nullified by the active ones.
    private func bench(nullifiedTo last: UInt64) -> Bench {
        var bench = Bench(count: 7, own: 0)
        _ = bench.step(.tick)
        pass(1...last, &bench)
        return bench
    }

    private func pass(_ views: ClosedRange<UInt64>, _ bench: inout Bench) {
        for view in views { _ = bench.receive(bench.certificate(bench.nullify(view), by: active), from: 2) }
    }

    @Test func aLeaderSilentSinceBeforeItsLastTwoTurnsGetsNoTime() {
        var bench = bench(nullifiedTo: 21)
        let effects = bench.work()
        #expect(effects.castVotes.map(\.ballot) == [bench.nullify(22)])
        #expect(bench.voter.counters.skippedLeaders == 1)
    }

    /// At view 15 it may have been heard in view 1, where its last two turns begin.
    @Test func aLeaderSilentForFewerTurnsGetsItsTime() {
        var bench = bench(nullifiedTo: 14)
        #expect(bench.work().castKinds == [])
    }

    @Test func oneVoteClearsTheSilence() {
        var bench = bench(nullifiedTo: 20)
        _ = bench.receive(bench.vote(bench.nullify(3), by: silent))
        pass(21...21, &bench)
        #expect(bench.work().castKinds == [])
        #expect(bench.voter.counters.skippedLeaders == 0)
    }

    @Test func aForgedVoteDoesNotClearTheSilence() {
        var bench = bench(nullifiedTo: 20)
        _ = bench.receive(bench.forgedVote(bench.nullify(20), by: silent))
        pass(21...21, &bench)
        #expect(bench.work().castKinds == [.nullify])
    }

    @Test func aLeaderWhoseProposalIsHereIsNotSkipped() {
        var bench = bench(nullifiedTo: 21)
        _ = bench.receive(bench.vote(bench.notarise(22, parent: 0, Bench.payload("a")), by: silent))
        #expect(bench.work().castKinds == [])
    }

    /// Three others silent: more than f, so it is not known who is cut off.
    @Test func withoutAnActiveQuorumNobodyIsSkipped() {
        var bench = Bench(count: 7, own: 0)
        _ = bench.step(.tick)
        _ = bench.receive(bench.certificate(bench.nullify(1), by: active), from: 2)
        // One jump over all views between: nobody but 2 is heard afterwards.
        var far = bench.certificate(bench.nullify(3), by: active)
        _ = bench.receive(far, from: 2)
        far = bench.certificate(bench.nullify(42), by: [1, 2, 3, 4, 5])
        _ = bench.receive(far, from: 2)
        #expect(bench.voter.currentView == View(43))
        #expect(bench.work().castKinds == [])
    }

    /// View 50 is the turn 50 / 7 = 7 of validator 1, the eighth from 0.
    @Test func everyEighthTurnHasItsFullTime() {
        var bench = bench(nullifiedTo: 42)
        #expect(bench.work().castKinds == [.nullify])
        pass(43...49, &bench)
        #expect(bench.step(.tick).castKinds == [])
        #expect(bench.voter.counters.skippedLeaders == 1)
    }

    /// A vote is cast only for work: a ledger at rest rests beside a silent leader too.
    @Test func withoutWorkNobodyIsSkipped() {
        let bench = bench(nullifiedTo: 21)
        #expect(bench.voter.counters.skippedLeaders == 0)
        #expect(bench.journal.allSatisfy { !$0.forcesSync })
    }

    /// A skipped view does not count towards longer timers.
    @Test func aSkippedViewDoesNotLengthenTimers() {
        var bench = Bench(count: 7, own: 0)
        _ = bench.step(.tick)
        pass(1...20, &bench)
        let payload = Bench.payload("a")
        _ = bench.receive(bench.certificate(bench.notarise(21, parent: 0, payload), by: active), from: 2)
        let certified = bench.checked(21, payload, .certify)
        #expect(certified.castVotes.map(\.ballot).contains(bench.nullify(22)))
        _ = bench.work()
        _ = bench.receive(bench.certificate(bench.nullify(22), by: active), from: 2)
        #expect(bench.voter.currentView == View(23))
        // k = 0: two Δ in view 23, not four.
        #expect(bench.wait(199).castKinds == [])
        #expect(bench.wait(1).castKinds == [.nullify])
    }
}
