import Consensus
import Primitives
import Testing

/// docs/protocol.md [ADMIT] and [ANSWER]
struct AdmitTests {
    private let a = Bench.payload("a")
    private let small = ConsensusParameters(retentionViews: 16, heartbeatMilliseconds: 0)

    /// A bench with view 40 final and current view 41.
    private func advanced() -> Bench {
        var bench = Bench(own: 0, parameters: small)
        _ = bench.receive(bench.certificate(bench.finalise(40, parent: 39, a)))
        _ = bench.checked(40, a, .certify)
        return bench
    }

    /// Failure case 11: both sides of the window [40 - 16, 41 + 1].
    @Test(arguments: [(23, false), (24, true), (42, true), (43, false)] as [(UInt64, Bool)])
    func votesAreTakenOnlyWithinTheWindow(view: UInt64, isTaken: Bool) {
        var bench = advanced()
        _ = bench.receive(bench.vote(bench.nullify(view), by: 2))
        _ = bench.receive(bench.vote(bench.nullify(view), by: 2))
        let counters = bench.voter.counters
        #expect(counters.droppedKnown == (isTaken ? 1 : 0))
        #expect(counters.droppedBelow == (view < 24 ? 2 : 0))
        #expect(counters.droppedAhead == (view > 42 ? 2 : 0))
        #expect(counters.signatureChecks == 3)
    }

    /// What is below the retention is forgotten, what is within is kept.
    @Test func viewsBelowTheRetentionAreForgotten() {
        var bench = Bench(own: 0, parameters: small)
        for view in UInt64(1)...40 { _ = bench.receive(bench.certificate(bench.nullify(view))) }
        _ = bench.receive(bench.certificate(bench.finalise(41, parent: 0, a)))
        #expect(bench.voter.certificate(.nullify, view: View(24)) == nil)
        #expect(bench.voter.certificate(.nullify, view: View(25)) != nil)
    }

    @Test func aCertificateFarAheadLetsUsJump() {
        var bench = advanced()
        #expect(bench.receive(bench.certificate(bench.nullify(1_000_000))).enteredViews == [View(1_000_001)])
    }

    @Test func certificatesAtOrBelowTheLastFinalViewAreDropped() {
        var bench = advanced()
        #expect(bench.receive(bench.certificate(bench.nullify(40))) == [])
        #expect(bench.voter.counters.droppedBelow == 1)
    }

    @Test func aCertificateThatIsHereIsNotCheckedAgain() {
        var bench = advanced()
        _ = bench.receive(bench.certificate(bench.nullify(41)))
        let checks = bench.voter.counters.signatureChecks
        #expect(bench.receive(bench.certificate(bench.nullify(41)), from: 2) == [])
        #expect(bench.voter.counters.signatureChecks == checks)
    }

    @Test func aVoteOverAnotherLinkIsRefused() {
        var bench = advanced()
        let vote = bench.vote(bench.nullify(41), by: 2)
        let effects = bench.step(.message(.vote(vote), from: ReplicaIndex(3)))
        #expect(effects == [.misbehaved(ReplicaIndex(3), .foreignVote)])
    }

    @Test(arguments: [0, 4, 65_535] as [UInt16]) func messagesOfNoOtherValidatorAreDropped(sender: UInt16) {
        var bench = advanced()
        let vote = bench.vote(bench.nullify(41), by: sender)
        #expect(bench.step(.message(.vote(vote), from: ReplicaIndex(sender))) == [])
        #expect(bench.voter.counters.droppedUnknownSender == 1)
    }

    @Test func noVoteIsVerifiedBeforeItCouldCompleteAQuorum() {
        var bench = Bench(own: 0, parameters: small)
        let ballot = bench.notarise(1, parent: 0, a)
        _ = bench.receive(bench.vote(ballot, by: 2))
        _ = bench.receive(bench.vote(ballot, by: 3))
        #expect(bench.voter.counters.signatureChecks == 0)
        _ = bench.receive(bench.vote(ballot, by: 1))
        #expect(bench.voter.counters.signatureChecks == 3)
    }

    /// Votes that were checked one by one are not checked again inside a certificate.
    @Test func aCertificateOfCheckedVotesNeedsNoFurtherCheck() {
        var bench = Bench(own: 0, parameters: small)
        let ballot = bench.notarise(1, parent: 0, a)
        _ = bench.receive(bench.vote(ballot, by: 1))
        _ = bench.receive(bench.certificate(ballot, by: [1, 2, 3]))
        #expect(bench.voter.counters.signatureChecks == 3)
    }

    /// Failure case 5: the same signer counts once, however often it speaks.
    @Test func aSignerCountsOnce() {
        var bench = Bench(own: 0, parameters: small)
        let ballot = bench.nullify(1)
        for _ in 0..<5 { #expect(bench.receive(bench.vote(ballot, by: 2)).broadcastCertificates == []) }
    }

    /// A bad vote among the first is dropped and blamed on its sender; the quorum forms with the next good one.
    @Test func aBadVoteDoesNotSpoilTheQuorum() {
        var bench = Bench(own: 0, parameters: small)
        let ballot = bench.finalise(1, parent: 0, a)
        _ = bench.receive(bench.vote(ballot, by: 1))
        _ = bench.receive(bench.forgedVote(ballot, by: 2))
        let effects = bench.receive(bench.vote(ballot, by: 3))
        #expect(effects.contains(.misbehaved(ReplicaIndex(2), .badSignature)))
        #expect(effects.finalisations == [])
        #expect(bench.receive(bench.vote(ballot, by: 2)).finalisations.count == 1)
    }

    // MARK: [ANSWER]

    @Test func aVoteBelowOurViewIsAnsweredWithWhereWeStand() {
        var bench = advanced()
        let entry = bench.certificate(bench.nullify(41))
        _ = bench.receive(entry)
        let effects = bench.receive(bench.vote(bench.nullify(30), by: 2))
        #expect(effects.sentCertificates == [bench.voter.finalisation!, entry])
    }

    @Test func answersAreLimitedInTheirRate() {
        var bench = advanced()
        #expect(bench.receive(bench.vote(bench.nullify(30), by: 2)).sentCertificates.count == 1)
        #expect(bench.receive(bench.vote(bench.nullify(31), by: 2)).sentCertificates == [])
        bench.milliseconds += 99
        #expect(bench.receive(bench.vote(bench.nullify(32), by: 2)).sentCertificates == [])
        bench.milliseconds += 1
        #expect(bench.receive(bench.vote(bench.nullify(33), by: 2)).sentCertificates.count == 1)
    }

    @Test func aLatecomerOfTheViewJustLeftIsNoSignOfLag() {
        var bench = advanced()
        #expect(bench.receive(bench.vote(bench.notarise(40, parent: 39, a), by: 2)).sentCertificates == [])
        #expect(bench.receive(bench.vote(bench.finalise(40, parent: 39, a), by: 2)).sentCertificates == [])
    }

    @Test func onConnectingPositionAndUndecidedVotesAreSent() {
        var bench = advanced()
        _ = bench.work()
        let nullify = bench.wait(200).castVotes
        #expect(nullify.map(\.ballot) == [bench.nullify(41)])
        let effects = bench.step(.connected(ReplicaIndex(2)))
        #expect(
            effects == [
                .send(.certificate(bench.voter.finalisation!), to: ReplicaIndex(2)),
                .send(.vote(nullify[0]), to: ReplicaIndex(2)),
            ]
        )
    }

    @Test func aVoteFarAheadMakesUsAskItsSender() {
        var bench = advanced()
        let effects = bench.receive(bench.vote(bench.nullify(50), by: 2))
        let question = CertificateRequest(epoch: .zero, finalisedView: View(40))
        #expect(effects == [.send(.certificateRequest(question), to: ReplicaIndex(2))])
        #expect(bench.receive(bench.vote(bench.nullify(51), by: 2)) == [])
    }

    @Test func certificateRequestsAreAnsweredWithWhatIsKept() {
        var bench = advanced()
        let nullification = bench.certificate(bench.nullify(41))
        _ = bench.receive(nullification)
        let request = CertificateRequest(
            epoch: .zero,
            finalisedView: View(40),
            notarisations: [View(41)],
            nullifications: [View(41), View(42)]
        )
        let effects = bench.step(.message(.certificateRequest(request), from: ReplicaIndex(3)))
        #expect(effects == [.send(.certificate(nullification), to: ReplicaIndex(3))])
        #expect(bench.step(.message(.certificateRequest(request), from: ReplicaIndex(3))) == [])
        #expect(bench.voter.counters.droppedOverRate == 1)
    }

    // MARK: Epochs

    @Test func anOlderEpochIsAnsweredWithTheFinalisationThatEndedIt() {
        let old = Bench(own: 0)
        let last = old.certificate(old.finalise(9, parent: 8, a))
        var bench = Bench(own: 0, epoch: Epoch(1), previousFinalisation: last)
        let effects = bench.step(.message(.vote(old.vote(old.nullify(9), by: 2)), from: ReplicaIndex(2)))
        #expect(effects.sentCertificates == [last])
    }

    @Test func aNewerEpochStartsCatchUp() {
        let newer = Bench(own: 0, epoch: Epoch(2))
        var bench = Bench(own: 0)
        let effects = bench.step(.message(.vote(newer.vote(newer.nullify(1), by: 2)), from: ReplicaIndex(2)))
        #expect(effects.contains(.behind(epoch: Epoch(2), peer: ReplicaIndex(2))))
        #expect(bench.voter.counters.droppedOtherEpoch == 1)
    }
}
