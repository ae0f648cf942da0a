import Consensus
import Primitives
import Testing

/// docs/protocol.md [NOTARISE-ONCE] and [TIME]
struct NotariseTests {
    private let a = Bench.payload("a")
    private let b = Bench.payload("b")

    @Test func aValidProposalIsNotarised() {
        var bench = Bench(own: 0)
        let check = bench.receive(bench.vote(bench.notarise(1, parent: 0, a), by: 1)).checks
        #expect(check.map(\.payload) == [a])
        #expect(check.map(\.parentPayload) == [Bench.genesis])
        #expect(check.map(\.purpose) == [.vote])
        let effects = bench.checked(1, a, .vote)
        let vote = bench.vote(bench.notarise(1, parent: 0, a), by: 0)
        #expect(effects == [.journal(.vote(vote)), .broadcast(.vote(vote))])
    }

    @Test func aProposalOfAnyoneElseIsNoProposal() {
        var bench = Bench(own: 0)
        #expect(bench.receive(bench.vote(bench.notarise(1, parent: 0, a), by: 2)).checks == [])
        let proposal = Proposal(vote: bench.vote(bench.notarise(1, parent: 0, b), by: 3))!
        let effects = bench.step(.message(.proposal(proposal), from: ReplicaIndex(3)))
        #expect(effects.misbehaviours == [.notLeader])
    }

    @Test func aForgedProposalIsNotLookedAt() {
        var bench = Bench(own: 0)
        let effects = bench.receive(bench.forgedVote(bench.notarise(1, parent: 0, a), by: 1))
        #expect(effects.checks == [])
        #expect(effects.misbehaviours == [.badSignature])
    }

    @Test func nothingIsNotarisedTwiceInAView() {
        var bench = Bench(own: 0)
        _ = bench.receive(bench.vote(bench.notarise(1, parent: 0, a), by: 1))
        _ = bench.checked(1, a, .vote)
        #expect(bench.checked(1, a, .vote).castKinds == [])
        #expect(bench.receive(bench.vote(bench.notarise(1, parent: 0, b), by: 1)).checks == [])
        #expect(bench.checked(1, b, .vote).castKinds == [])
    }

    /// Failure case 1: after a restart the journal's vote still counts.
    @Test func afterARestartNoOtherDigestIsNotarisedInTheView() {
        var bench = Bench(own: 0)
        _ = bench.receive(bench.vote(bench.notarise(1, parent: 0, a), by: 1))
        _ = bench.checked(1, a, .vote)
        var restarted = Bench(own: 0, records: bench.journal)
        let effects = restarted.receive(restarted.vote(restarted.notarise(1, parent: 0, b), by: 1))
        #expect(effects.checks == [])
        #expect(restarted.checked(1, b, .vote).castKinds == [])
    }

    /// Failure case 1, for the leader: it does not build a second block.
    @Test func aRestartedLeaderDoesNotProposeASecondBlock() {
        var bench = Bench(own: 1)
        _ = bench.work()
        _ = bench.step(.built(view: View(1), payload: a, endsEpoch: false))
        var restarted = Bench(own: 1, records: bench.journal)
        #expect(restarted.work().builds == [])
        let sent = restarted.step(.connected(ReplicaIndex(2)))
        let proposal = Proposal(vote: bench.vote(bench.notarise(1, parent: 0, a), by: 1))!
        #expect(sent.contains(.send(.proposal(proposal), to: ReplicaIndex(2))))
    }

    @Test func nothingIsNotarisedAfterNullify() {
        var bench = Bench(own: 0)
        _ = bench.work()
        #expect(bench.wait(200).castKinds == [.nullify])
        #expect(bench.receive(bench.vote(bench.notarise(1, parent: 0, a), by: 1)).checks == [])
        #expect(bench.checked(1, a, .vote).castKinds == [])
    }

    @Test func anInvalidBlockIsNullified() {
        var bench = Bench(own: 0)
        _ = bench.receive(bench.vote(bench.notarise(1, parent: 0, a), by: 1))
        #expect(bench.checked(1, a, .vote, .invalid).castKinds == [.nullify])
    }

    @Test func aParentBelowTheLastFinalViewIsNullified() {
        var bench = Bench(own: 0)
        _ = bench.certify(2, parent: 0, payload: a)
        _ = bench.receive(bench.certificate(bench.finalise(2, parent: 0, a)))
        let effects = bench.receive(bench.vote(bench.notarise(3, parent: 1, b), by: 3))
        #expect(effects.castKinds == [.nullify])
        #expect(effects.checks == [])
    }

    @Test func aMissingParentIsAskedOfTheLeaderAndAwaited() {
        var bench = Bench(own: 0)
        _ = bench.receive(bench.certificate(bench.nullify(2)))
        let effects = bench.receive(bench.vote(bench.notarise(3, parent: 2, b), by: 3))
        let request = CertificateRequest(epoch: .zero, finalisedView: .zero, notarisations: [View(2)])
        #expect(effects.contains(.send(.certificateRequest(request), to: ReplicaIndex(3))))
        #expect(effects.checks == [])
        #expect(effects.castKinds == [])
        #expect(bench.receive(bench.certificate(bench.notarise(2, parent: 0, a))).castKinds == [])
        #expect(bench.receive(bench.certificate(bench.nullify(1))).castKinds == [])
        #expect(bench.checked(2, a, .certify).checks.map(\.payload) == [b])
    }

    @Test func missingNullificationsAreAskedOfTheLeader() {
        var bench = Bench(own: 0)
        _ = bench.receive(bench.certificate(bench.nullify(2)))
        let effects = bench.receive(bench.vote(bench.notarise(3, parent: 0, b), by: 3))
        #expect(effects.requests.map(\.nullifications) == [[View(1)]])
        #expect(effects.checks == [])
        #expect(bench.receive(bench.certificate(bench.nullify(1))).checks.map(\.payload) == [b])
    }

    /// Failure case 7: evidence, and no vote; never a crash.
    @Test func aLeaderThatContradictsItselfLeavesEvidence() {
        var bench = Bench(own: 0)
        let first = bench.vote(bench.notarise(1, parent: 0, a), by: 1)
        let second = bench.vote(bench.notarise(1, parent: 0, b), by: 1)
        _ = bench.receive(first)
        let effects = bench.receive(second)
        #expect(effects.evidence == [Evidence(second, first)!])
        // Nothing was notarised here yet, so the view is given up at once.
        #expect(effects.castKinds == [.nullify])
        #expect(bench.receive(second).evidence == [])
    }

    /// A vote already cast for the first proposal stands; the view is not finalised by us.
    @Test func nobodyFinalisesAViewWhoseLeaderContradictedItself() {
        var bench = Bench(own: 0)
        _ = bench.receive(bench.vote(bench.notarise(1, parent: 0, a), by: 1))
        _ = bench.checked(1, a, .vote)
        #expect(bench.receive(bench.vote(bench.notarise(1, parent: 0, b), by: 1)).castKinds == [])
        let effects = bench.receive(bench.certificate(bench.notarise(1, parent: 0, a), by: [1, 2, 3]))
        #expect(effects.enteredViews == [View(2)])
        #expect(effects.castKinds == [])
    }

    /// [TIME] The clock matters before voting only: a certificate's block is judged without it.
    @Test func aBlockRefusedForItsTimeIsStillCertified() {
        var bench = Bench(own: 0)
        _ = bench.receive(bench.vote(bench.notarise(1, parent: 0, a), by: 1))
        #expect(bench.checked(1, a, .vote, .invalid).castKinds == [.nullify])
        let effects = bench.receive(bench.certificate(bench.notarise(1, parent: 0, a), by: [1, 2, 3]))
        #expect(effects.checks.map(\.purpose) == [.certify])
        #expect(bench.checked(1, a, .certify).enteredViews == [View(2)])
    }

    /// [TIME] A late answer about the clock says nothing about certification.
    @Test func aLateRefusalForVotingDoesNotRefuseTheCertifiedBlock() {
        var bench = Bench(own: 0)
        _ = bench.receive(bench.vote(bench.notarise(1, parent: 0, a), by: 1))
        _ = bench.receive(bench.certificate(bench.notarise(1, parent: 0, a), by: [1, 2, 3]))
        #expect(bench.checked(1, a, .vote, .invalid).castKinds == [.nullify])
        #expect(bench.checked(1, a, .certify).enteredViews == [View(2)])
    }
}
