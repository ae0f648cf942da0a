import Consensus
import Primitives
import Testing

/// docs/protocol.md [PROPOSE]
struct ProposeTests {
    private let a = Bench.payload("a")
    private let b = Bench.payload("b")

    @Test func theLeaderProposesWhatItBuilt() {
        var bench = Bench(own: 1)
        #expect(bench.work().builds.map(\.parentPayload) == [Bench.genesis])
        let effects = bench.step(.built(view: View(1), payload: a, endsEpoch: false))
        let vote = bench.vote(bench.notarise(1, parent: 0, a), by: 1)
        #expect(effects == [.journal(.vote(vote)), .broadcast(.proposal(Proposal(vote: vote)!))])
    }

    @Test func theHighestCertifiedBlockIsExtended() {
        var bench = Bench(own: 1)
        _ = bench.work()
        _ = bench.certify(2, parent: 0, payload: a)
        _ = bench.certify(3, parent: 2, payload: b)
        let effects = bench.receive(bench.certificate(bench.nullify(4)))
        #expect(effects.builds.map(\.parentView) == [View(3)])
        #expect(effects.builds.map(\.parentPayload) == [b])
    }

    /// A notarised block whose body is not here is no parent.
    @Test func aBlockThatIsOnlyNotarisedIsNotExtended() {
        var bench = Bench(own: 1)
        _ = bench.work()
        _ = bench.certify(3, parent: 0, payload: a)
        _ = bench.receive(bench.certificate(bench.notarise(4, parent: 3, b)))
        #expect(bench.receive(bench.certificate(bench.nullify(4))).builds.map(\.parentView) == [View(3)])
    }

    @Test func aMissingNullificationIsFetchedFirst() {
        var bench = Bench(own: 1)
        _ = bench.work()
        _ = bench.certify(2, parent: 0, payload: a)
        let effects = bench.receive(bench.certificate(bench.nullify(4)))
        #expect(effects.builds == [])
        #expect(effects.requests.map(\.nullifications) == [[View(3)]])
        #expect(bench.receive(bench.certificate(bench.nullify(3))).builds.map(\.parentView) == [View(2)])
    }

    /// The question is asked again after Δ, for as long as the answer is missing.
    @Test func theFetchIsRepeated() {
        var bench = Bench(own: 1)
        _ = bench.work()
        _ = bench.certify(2, parent: 0, payload: a)
        _ = bench.receive(bench.certificate(bench.nullify(4)))
        #expect(bench.wait(99).requests == [])
        #expect(bench.wait(1).requests.count == 1)
    }

    @Test func aLeaderThatCannotBuildNullifiesAtOnce() {
        var bench = Bench(own: 1)
        _ = bench.work()
        #expect(bench.step(.built(view: View(1), payload: nil, endsEpoch: false)).castKinds == [.nullify])
    }

    @Test func aBlockBuiltTooLateIsNotProposed() {
        var bench = Bench(own: 1)
        _ = bench.work()
        _ = bench.receive(bench.certificate(bench.nullify(1)))
        #expect(bench.step(.built(view: View(1), payload: a, endsEpoch: false)).castKinds == [])
    }

    /// Eight non-final blocks in a row may carry transactions; the ninth is empty, after Δ.
    @Test func afterEightNonFinalBlocksTheNextIsEmpty() {
        var bench = Bench(own: 1)
        _ = bench.work()
        for view in UInt64(1)...7 { _ = bench.certify(view, parent: view - 1, payload: Bench.payload("\(view)")) }
        let eighth = bench.certify(8, parent: 7, payload: Bench.payload("8"))
        #expect(eighth.builds == [])
        let ninth = bench.wait(100).builds
        #expect(ninth.map(\.view) == [View(9)])
        #expect(ninth.map(\.mayCarryTransactions) == [false])
    }

    @Test func theEighthNonFinalBlockMayCarryTransactions() {
        var bench = Bench(own: 0)
        _ = bench.work()
        for view in UInt64(1)...7 where view != 4 {
            _ = bench.certify(view, parent: view == 5 ? 3 : view - 1, payload: Bench.payload("\(view)"))
            if view == 3 { _ = bench.receive(bench.certificate(bench.nullify(4))) }
        }
        // Six blocks stand in a row: the seventh carries.
        #expect(bench.voter.currentView == View(8))
        #expect(bench.wait(0).builds.isEmpty)
        #expect(bench.voter.certificate(.nullify, view: View(4)) != nil)
    }

    @Test func onceAncestorsAreFinalTransactionsAreCarriedAgain() {
        var bench = Bench(own: 1)
        _ = bench.work()
        for view in UInt64(1)...8 { _ = bench.certify(view, parent: view - 1, payload: Bench.payload("\(view)")) }
        let effects = bench.receive(bench.certificate(bench.finalise(7, parent: 6, Bench.payload("7"))))
        #expect(effects.builds.map(\.mayCarryTransactions) == [true])
    }
}
