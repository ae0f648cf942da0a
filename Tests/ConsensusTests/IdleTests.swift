import Consensus
import Primitives
import Testing

/// docs/protocol.md [IDLE]
struct IdleTests {
    private let noHeartbeat = ConsensusParameters(heartbeatMilliseconds: 0)

    @Test func withoutWorkNoTimerRuns() {
        var bench = Bench(own: 0, parameters: noHeartbeat)
        _ = bench.step(.tick)
        #expect(bench.voter.deadline == nil)
        #expect(bench.wait(1_000_000) == [])
    }

    @Test func timersStartWhenWorkArrives() {
        var bench = Bench(own: 0, parameters: noHeartbeat)
        _ = bench.step(.tick)
        _ = bench.wait(10_000)
        _ = bench.work()
        #expect(bench.voter.deadline == MonotonicTime(nanoseconds: 11_200_000_000))
    }

    @Test func timersStopWhenTheWorkIsGone() {
        var bench = Bench(own: 0, parameters: noHeartbeat)
        _ = bench.work()
        _ = bench.step(.work(hasTransactions: false))
        #expect(bench.voter.deadline == nil)
        #expect(bench.wait(1000).castKinds == [])
    }

    @Test func theLeaderProposesAtOnceWhenWorkArrives() {
        var bench = Bench(own: 1, parameters: noHeartbeat)
        #expect(bench.step(.tick).builds == [])
        let builds = bench.work().builds
        #expect(builds.map(\.view) == [View(1)])
        #expect(builds.map(\.mayCarryTransactions) == [true])
    }

    /// Our own nullify is work, since others may want to leave the view too; while they do not, it is said ever more rarely.
    @Test func aNullifyThatNobodySharesIsRepeatedEverMoreRarely() {
        var bench = Bench(own: 0, parameters: noHeartbeat)
        _ = bench.work()
        #expect(bench.wait(200).castKinds == [.nullify])
        _ = bench.step(.work(hasTransactions: false))
        func repeats(_ milliseconds: UInt64) -> Int {
            (0..<milliseconds / 100).reduce(0) { count, _ in count + bench.wait(100).castKinds.count }
        }
        // After 5 Δ and then after 5, 10, 20, 40, 80, 160 and each further 320 Δ.
        #expect(repeats(500) == 1)
        #expect(repeats(500 + 1000 + 2000 + 4000 + 8000 + 16_000) == 6)
        #expect(repeats(96_000) == 3)
        // Work brings the old pace back at once.
        #expect(bench.work().castKinds == [.nullify])
        #expect(repeats(2000) == 4)
    }

    /// A certified block that is not final is work; its finalises are given Δ before an empty block is made.
    @Test func aNonFinalAncestorIsFollowedByAnEmptyBlockAfterDelta() {
        var bench = Bench(own: 2, parameters: noHeartbeat)
        #expect(bench.certify(1, parent: 0, payload: Bench.payload("a")).builds == [])
        #expect(bench.voter.deadline == MonotonicTime(nanoseconds: 1_100_000_000))
        #expect(bench.wait(99).builds == [])
        #expect(bench.wait(1).builds.map(\.parentView) == [View(1)])
    }

    @Test func finalityWithinDeltaLetsTheLedgerRest() {
        var bench = Bench(own: 2, parameters: noHeartbeat)
        _ = bench.certify(1, parent: 0, payload: Bench.payload("a"))
        _ = bench.receive(bench.certificate(bench.finalise(1, parent: 0, Bench.payload("a"))))
        #expect(bench.voter.deadline == nil)
        #expect(bench.wait(1000) == [])
    }

    @Test func aTransactionDoesNotWaitForTheAncestor() {
        var bench = Bench(own: 2)
        _ = bench.work()
        #expect(bench.certify(1, parent: 0, payload: Bench.payload("a")).builds.map(\.parentView) == [View(1)])
    }

    @Test func anOwnVoteInTheViewIsWork() {
        var bench = Bench(own: 0, parameters: noHeartbeat)
        _ = bench.receive(bench.vote(bench.notarise(1, parent: 0, Bench.payload("a")), by: 1))
        #expect(bench.checked(1, Bench.payload("a"), .vote).castKinds == [.notarise])
        #expect(bench.wait(300).castKinds == [.nullify])
    }

    /// f nullifies of others may all be lies; f+1 hold an honest one.
    @Test func onlyMoreNullifiesThanFaultsAreWork() {
        var bench = Bench(own: 0, parameters: noHeartbeat)
        _ = bench.receive(bench.vote(bench.nullify(1), by: 2))
        #expect(bench.voter.deadline == nil)
        _ = bench.receive(bench.vote(bench.nullify(1), by: 3))
        #expect(bench.voter.deadline == MonotonicTime(nanoseconds: 1_200_000_000))
    }

    @Test func forgedNullifiesAreNoWork() {
        var bench = Bench(own: 0, parameters: noHeartbeat)
        _ = bench.receive(bench.vote(bench.nullify(1), by: 2))
        let effects = bench.receive(bench.forgedVote(bench.nullify(1), by: 3))
        #expect(effects.misbehaviours == [.badSignature])
        #expect(bench.voter.deadline == nil)
    }

    @Test func theHeartbeatIsDueAfterItsTimeAndNotBefore() {
        var bench = Bench(own: 1)
        _ = bench.step(.tick)
        #expect(bench.voter.deadline == MonotonicTime(nanoseconds: 6_000_000_000))
        #expect(bench.wait(4999).builds == [])
        #expect(bench.wait(1).builds.count == 1)
    }

    @Test func aFollowerRunsNoTimer() {
        var bench = Bench(own: nil)
        _ = bench.work()
        #expect(bench.voter.deadline == nil)
        #expect(bench.wait(60_000) == [])
    }
}
