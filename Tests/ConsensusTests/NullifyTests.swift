import Consensus
import Primitives
import Testing

/// docs/protocol.md [NULLIFY] and [FINALISE-XOR-NULLIFY]
struct NullifyTests {
    private let a = Bench.payload("a")

    @Test func theLeadersOwnNullifyIsFollowedAtOnce() {
        var bench = Bench(own: 0)
        #expect(bench.receive(bench.vote(bench.nullify(1), by: 1)).castKinds == [.nullify])
    }

    @Test func theNullifyOfAnotherIsNotFollowed() {
        var bench = Bench(own: 0)
        #expect(bench.receive(bench.vote(bench.nullify(1), by: 2)).castKinds == [])
    }

    @Test func aForgedNullifyOfTheLeaderIsNotFollowed() {
        var bench = Bench(own: 0)
        let effects = bench.receive(bench.forgedVote(bench.nullify(1), by: 1))
        #expect(effects.castKinds == [])
        #expect(effects.misbehaviours == [.badSignature])
    }

    @Test func notariseThenNullifyIsLegal() {
        var bench = Bench(own: 0)
        _ = bench.receive(bench.vote(bench.notarise(1, parent: 0, a), by: 1))
        #expect(bench.checked(1, a, .vote).castKinds == [.notarise])
        #expect(bench.wait(300).castKinds == [.nullify])
    }

    @Test func nullifyIsRepeatedWithTheCertificateThatLetUsIn() {
        var bench = Bench(own: 0)
        _ = bench.work()
        let entry = bench.certificate(bench.nullify(1))
        _ = bench.receive(entry)
        #expect(bench.wait(400).castKinds == [.nullify])
        #expect(bench.wait(499).castKinds == [])
        let effects = bench.wait(1)
        #expect(effects.castVotes.map(\.ballot) == [bench.nullify(2)])
        #expect(effects.broadcastCertificates == [entry])
        // It is the vote that was journalled, not a new one.
        #expect(effects.journalled == [])
    }

    /// Failure case 2: after a restart a quorum may hold only journalled nullifies. Each counts its own.
    @Test func aRestartedVoterCountsItsOwnNullify() {
        var bench = Bench(own: 0)
        _ = bench.work()
        _ = bench.wait(200)
        var restarted = Bench(own: 0, records: bench.journal)
        let effects = restarted.step(.tick)
        #expect(effects.castVotes.map(\.ballot) == [bench.nullify(1)])
        _ = restarted.receive(bench.vote(bench.nullify(1), by: 2))
        let formed = restarted.receive(bench.vote(bench.nullify(1), by: 3))
        #expect(formed.broadcastCertificates.map(\.ballot) == [bench.nullify(1)])
        #expect(formed.enteredViews == [View(2)])
    }

    @Test func aNullifiedViewIsStillCertified() {
        var bench = Bench(own: 0)
        _ = bench.receive(bench.certificate(bench.nullify(1)))
        #expect(bench.receive(bench.certificate(bench.notarise(1, parent: 0, a))).checks.count == 1)
        let effects = bench.checked(1, a, .certify)
        #expect(effects.contains(.certified(view: View(1), payload: a)))
        #expect(bench.voter.currentView == View(2))
    }

    /// [FINALISE-XOR-NULLIFY] The one direction: after finalise no timer of the view nullifies it.
    @Test func afterFinaliseTheViewIsNeverNullified() {
        var bench = Bench(own: 0)
        #expect(bench.certify(1, parent: 0, payload: a).castKinds == [.finalise])
        let later = (0..<20).flatMap { _ in bench.wait(100) }
        #expect(!later.castVotes.contains { $0.view == View(1) })
    }

    /// [FINALISE-XOR-NULLIFY] The other direction, across a restart.
    @Test func aJournalledNullifyForbidsFinaliseAfterARestart() {
        var bench = Bench(own: 0)
        _ = bench.work()
        _ = bench.wait(200)
        var restarted = Bench(own: 0, records: bench.journal)
        #expect(!restarted.certify(1, parent: 0, payload: a).castKinds.contains(.finalise))
    }

    /// [FINALISE-XOR-NULLIFY] And a journalled finalise forbids nullify, even where the certificate was lost.
    @Test func aJournalledFinaliseForbidsNullifyAfterARestart() {
        var bench = Bench(own: 0)
        _ = bench.certify(1, parent: 0, payload: a)
        let votesOnly = bench.journal.filter(\.forcesSync)
        var restarted = Bench(own: 0, records: votesOnly)
        _ = restarted.work()
        _ = restarted.receive(bench.vote(bench.nullify(1), by: 1))
        let later = (0..<20).flatMap { _ in restarted.wait(100) }
        #expect(later.castKinds == [])
        #expect(restarted.receive(bench.certificate(bench.notarise(1, parent: 0, a))).checks.count == 1)
    }
}
