import Consensus
import Primitives
import Testing

/// docs/protocol.md [ENTER]
struct EnterTests {
    @Test func viewsOnlyGoUp() {
        var bench = Bench(own: 0)
        #expect(bench.receive(bench.certificate(bench.nullify(7)), from: 2).enteredViews == [View(1), View(8)])
        #expect(bench.receive(bench.certificate(bench.nullify(3)), from: 2).enteredViews == [])
        #expect(bench.voter.currentView == View(8))
    }

    @Test(arguments: [(0, 1, 1), (0, 4, 0), (1, 1, 2), (3, 6, 1)] as [(UInt64, UInt64, UInt16)])
    func theLeaderFollowsFromEpochAndView(epoch: UInt64, view: UInt64, leader: UInt16) {
        let bench = Bench(epoch: Epoch(epoch))
        #expect(bench.validators.leader(of: View(view)) == ReplicaIndex(leader))
    }

    /// Two Δ for a leader that proposes nothing.
    @Test func withoutProposalTheViewIsGivenUpAfterTwoDeltas() {
        var bench = Bench(own: 0)
        _ = bench.work()
        #expect(bench.voter.deadline == MonotonicTime(nanoseconds: 1_200_000_000))
        #expect(bench.wait(199).castKinds == [])
        #expect(bench.wait(1).castKinds == [.nullify])
    }

    /// Three Δ once its proposal is here.
    @Test func withAProposalTheViewIsGivenUpAfterThreeDeltas() {
        var bench = Bench(own: 0)
        _ = bench.work()
        _ = bench.receive(bench.vote(bench.notarise(1, parent: 0, Bench.payload("a")), by: 1))
        #expect(bench.wait(299).castKinds == [])
        #expect(bench.wait(1).castKinds == [.nullify])
    }

    /// The timers double with each view since the last certified one, up to 64 times.
    @Test func timersDoubleUpToSixtyFourTimes() {
        var bench = Bench(own: 0)
        _ = bench.work()
        for view in UInt64(1)...10 where view % 4 != 0 {
            if view > 1 { _ = bench.receive(bench.certificate(bench.nullify(view - 1)), from: 2) }
            let factor = min(UInt64(1) << (view - 1), 64)
            #expect(bench.wait(200 * factor - 1).castKinds == [], "view \(view)")
            #expect(bench.wait(1).castKinds == [.nullify], "view \(view)")
            // The next view is the bench's own where it leads; the others let it pass.
            if view % 4 == 3 { _ = bench.receive(bench.certificate(bench.nullify(view)), from: 2) }
        }
    }

    @Test func aCertifiedBlockResetsTheTimers() {
        var bench = Bench(own: 0)
        _ = bench.work()
        for view in UInt64(1)...5 { _ = bench.receive(bench.certificate(bench.nullify(view)), from: 2) }
        _ = bench.certify(6, parent: 0, payload: Bench.payload("a"))
        #expect(bench.voter.currentView == View(7))
        #expect(bench.wait(199).castKinds == [])
        #expect(bench.wait(1).castKinds == [.nullify])
    }
}
