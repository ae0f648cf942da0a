import Consensus
import Primitives
import Testing

/// docs/protocol.md [NOTARISED]
struct NotarisedTests {
    private let a = Bench.payload("a")
    private let b = Bench.payload("b")

    @Test func theCertificateIsBroadcastBeforeTheBodyIsHere() {
        var bench = Bench(own: 0)
        let ballot = bench.notarise(1, parent: 0, a)
        _ = bench.receive(bench.vote(ballot, by: 1))
        _ = bench.receive(bench.vote(ballot, by: 2))
        let effects = bench.receive(bench.vote(ballot, by: 3))
        #expect(effects.broadcastCertificates.map(\.ballot) == [ballot])
        #expect(effects.journalled == effects.broadcastCertificates.map { .certificate($0) })
        #expect(effects.checks.map(\.purpose) == [.certify])
        #expect(effects.enteredViews == [])
        #expect(bench.voter.currentView == View(1))
    }

    @Test func whenCertifiedTheViewEndsAndFinaliseIsCast() {
        var bench = Bench(own: 0)
        _ = bench.receive(bench.certificate(bench.notarise(1, parent: 0, a)))
        let effects = bench.checked(1, a, .certify)
        #expect(effects.contains(.certified(view: View(1), payload: a)))
        #expect(effects.enteredViews == [View(2)])
        #expect(effects.castVotes.map(\.ballot) == [bench.finalise(1, parent: 0, a)])
    }

    /// What was checked for the vote is not checked again.
    @Test func aBlockThatWasVotedForIsCertifiedWithoutAnotherCheck() {
        var bench = Bench(own: 0)
        let ballot = bench.notarise(1, parent: 0, a)
        _ = bench.receive(bench.vote(ballot, by: 1))
        _ = bench.checked(1, a, .vote)
        let effects = bench.receive(bench.vote(ballot, by: 2))
        #expect(effects.checks == [])
        #expect(effects.castKinds == [.finalise])
        #expect(bench.voter.currentView == View(2))
    }

    @Test func afterNullifyTheBlockIsCertifiedAndNotFinalised() {
        var bench = Bench(own: 0)
        _ = bench.work()
        #expect(bench.wait(200).castKinds == [.nullify])
        _ = bench.receive(bench.certificate(bench.notarise(1, parent: 0, a)))
        let effects = bench.checked(1, a, .certify)
        #expect(effects.enteredViews == [View(2)])
        #expect(effects.castKinds == [])
    }

    @Test func parentsAreCertifiedFirst() {
        var bench = Bench(own: 0)
        let effects = bench.receive(bench.certificate(bench.notarise(2, parent: 1, b)))
        #expect(effects.checks == [])
        #expect(effects.requests.map(\.notarisations) == [[View(1)]])
        #expect(bench.receive(bench.certificate(bench.notarise(1, parent: 0, a))).checks.map(\.payload) == [a])
        #expect(bench.checked(1, a, .certify).checks.map(\.payload) == [b])
        #expect(bench.checked(2, b, .certify).enteredViews == [View(3)])
    }

    @Test func anInvalidNotarisedBlockIsNullifiedAndNeverCertified() {
        var bench = Bench(own: 0)
        _ = bench.receive(bench.certificate(bench.notarise(1, parent: 0, a)))
        #expect(bench.checked(1, a, .certify, .invalid).castKinds == [.nullify])
        #expect(bench.checked(1, a, .certify, .invalid) == [])
    }

    /// Certification results ride along in the journal; what was certified before a restart must be valid after it.
    @Test func aBlockCertifiedBeforeARestartIsCheckedAgainAndMustBeValid() {
        var bench = Bench(own: 0)
        _ = bench.certify(1, parent: 0, payload: a)
        var restarted = Bench(own: 0, records: bench.journal)
        #expect(restarted.step(.tick).checks.map(\.payload) == [a])
        let effects = restarted.checked(1, a, .certify, .invalid)
        #expect(effects.contains(.stopped(.certifiedBlockInvalid(view: View(1), payload: a))))
        #expect(restarted.work() == [])
    }
}
