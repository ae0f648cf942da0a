import Consensus
import Primitives
import TestKit
import Testing

/// docs/protocol.md [HEARING]: before its first vote after a start.
struct HearingTests {
    private let a = Bench.payload("a")

    private func echo(_ votes: [Vote] = []) -> ConsensusMessage {
        .echo(VoteEcho(epoch: .zero, votes: votes))
    }

    /// q-1 = 2 of the three others must have spoken.
    @Test func noVoteIsCastBeforeEnoughPeersWereHeard() {
        var bench = Bench(own: 0, requiresHearing: true)
        #expect(bench.work().contains(.broadcast(.echoRequest(.zero))))
        #expect(bench.wait(200).castKinds == [])
        #expect(bench.receive(bench.vote(bench.nullify(1), by: 1)).castKinds == [])
        _ = bench.step(.message(echo(), from: ReplicaIndex(1)))
        _ = bench.step(.message(echo(), from: ReplicaIndex(1)))
        #expect(!bench.voter.isVoting)
        let effects = bench.step(.message(echo(), from: ReplicaIndex(3)))
        #expect(bench.voter.isVoting)
        #expect(effects.castKinds == [.nullify])
    }

    @Test func theQuestionIsRepeated() {
        var bench = Bench(own: 0, requiresHearing: true)
        _ = bench.step(.tick)
        #expect(bench.voter.deadline == MonotonicTime(nanoseconds: 1_500_000_000))
        #expect(bench.wait(499) == [])
        #expect(bench.wait(1) == [.broadcast(.echoRequest(.zero))])
    }

    @Test func aPeerEchoesTheNewestVotesItHolds() {
        var bench = Bench(own: 0)
        _ = bench.receive(bench.vote(bench.nullify(1), by: 2))
        let newest = bench.vote(bench.nullify(2), by: 2)
        _ = bench.receive(newest)
        let notarise = bench.vote(bench.notarise(1, parent: 0, a), by: 2)
        _ = bench.receive(notarise)
        let effects = bench.step(.message(.echoRequest(.zero), from: ReplicaIndex(2)))
        #expect(effects == [.send(echo([notarise, newest]), to: ReplicaIndex(2))])
    }

    /// Failure case 4: the journal comes from an old backup.
    @Test func aVoteThatTheJournalLacksEndsOurVoting() {
        var bench = Bench(own: 0, requiresHearing: true)
        let lost = bench.vote(bench.nullify(1), by: 0)
        let effects = bench.step(.message(echo([lost]), from: ReplicaIndex(2)))
        #expect(effects.contains(.refusing(.unknownOwnVote(lost))))
        _ = bench.step(.message(echo(), from: ReplicaIndex(1)))
        _ = bench.step(.message(echo(), from: ReplicaIndex(3)))
        #expect(!bench.voter.isVoting)
        _ = bench.work()
        #expect(bench.wait(1000).castKinds == [])
    }

    /// Peers may have forgotten the vote when we start again.
    @Test func aRefusalOutlivesRestartsAndCutsOfTheJournal() {
        var bench = Bench(own: 0, requiresHearing: true)
        let lost = bench.vote(bench.nullify(1), by: 0)
        let reason = RefusalReason.unknownOwnVote(lost)
        let effects = bench.step(.message(echo([lost]), from: ReplicaIndex(2)))
        #expect(effects.journalled == [.refused(reason)])
        for records in [bench.journal, bench.voter.journalSnapshot] {
            var restarted = Bench(own: 0, records: records, requiresHearing: true)
            #expect(restarted.step(.tick).contains(.refusing(reason)))
            _ = restarted.step(.message(echo(), from: ReplicaIndex(1)))
            _ = restarted.step(.message(echo(), from: ReplicaIndex(3)))
            #expect(!restarted.voter.isVoting)
            _ = restarted.work()
            #expect(restarted.wait(1000).castKinds == [])
            #expect(restarted.voter.journalSnapshot.contains(.refused(reason)))
        }
    }

    /// A key that is not in the set now may be in a later one.
    @Test(arguments: [RefusalReason.keyNotInSet, .signingFailed, .unknownProtocolVersion])
    func aRefusalThatForgetsNothingIsNotKept(reason: RefusalReason) {
        let bench = Bench(own: 0, refusal: reason)
        #expect(!bench.voter.journalSnapshot.contains(.refused(reason)))
    }

    @Test func votesInTheJournalAndAtTheFloorAreNoSurprise() {
        var bench = Bench(own: 0)
        _ = bench.work()
        let own = bench.wait(200).castVotes
        let records = bench.journal + [.floor(epoch: .zero, view: .zero)]
        var restarted = Bench(own: 0, records: records, requiresHearing: true)
        _ = restarted.step(.message(echo(own), from: ReplicaIndex(1)))
        _ = restarted.step(.message(echo(own), from: ReplicaIndex(2)))
        #expect(restarted.voter.isVoting)

        let cut: [JournalRecord] = [.floor(epoch: .zero, view: View(1))]
        var behindTheCut = Bench(own: 0, records: cut, requiresHearing: true)
        _ = behindTheCut.step(.message(echo(own), from: ReplicaIndex(1)))
        _ = behindTheCut.step(.message(echo(own), from: ReplicaIndex(2)))
        #expect(behindTheCut.voter.isVoting)
        #expect(behindTheCut.voter.currentView == View(2))
    }

    /// What was journalled and perhaps never sent is said once the hearing is over.
    @Test func undecidedVotesAreSentAfterTheHearing() {
        var bench = Bench(own: 0)
        _ = bench.receive(bench.vote(bench.notarise(1, parent: 0, a), by: 1))
        let own = bench.checked(1, a, .vote).castVotes
        var restarted = Bench(own: 0, records: bench.journal, requiresHearing: true)
        #expect(restarted.step(.message(echo(own), from: ReplicaIndex(1))).castVotes == [])
        #expect(restarted.step(.message(echo(), from: ReplicaIndex(2))).castVotes == own)
    }

    @Test func aForgedEchoIsBlamedOnThePeer() {
        var bench = Bench(own: 0, requiresHearing: true)
        let forged = bench.forgedVote(bench.nullify(1), by: 0)
        #expect(bench.step(.message(echo([forged]), from: ReplicaIndex(2))).misbehaviours == [.badSignature])
        let foreign = bench.vote(bench.nullify(1), by: 3)
        #expect(bench.step(.message(echo([foreign]), from: ReplicaIndex(2))).misbehaviours == [.malformed])
        #expect(!bench.voter.isVoting)
    }

    /// A certificate speaks for us as well as an echo does.
    @Test func aCertificateWithAVoteThatTheJournalLacksEndsOurVoting() {
        var bench = Bench(own: 0)
        let effects = bench.receive(bench.certificate(bench.nullify(1), by: [0, 2, 3]))
        #expect(effects.contains(.refusing(.unknownOwnVote(bench.vote(bench.nullify(1), by: 0)))))
        #expect(!bench.voter.isVoting)
        #expect(bench.voter.currentView == View(2))
    }

    @Test(arguments: [RefusalReason.damagedJournal, .missingJournal])
    func aRefusalFoundAtTheStartIsSaidAndKept(reason: RefusalReason) {
        var bench = Bench(own: 0, refusal: reason)
        #expect(bench.work().contains(.refusing(reason)))
        #expect(bench.wait(1000).castKinds == [])
        // It goes on as a follower.
        _ = bench.receive(bench.certificate(bench.finalise(5, parent: 4, a)))
        #expect(bench.voter.finalised.view == View(5))
    }

    @Test func aKeyThatTheSetDoesNotHaveHereDoesNotVote() {
        let bench = Bench(own: 0)
        var voter = Voter(
            networkDigest: Bench.networkDigest,
            validators: bench.validators,
            ownIndex: ReplicaIndex(0),
            parameters: .initial,
            signer: bench.signatures.signer(3),
            verifier: bench.signatures,
            restored: VoterRestoration(
                lastFinalised: FinalisedPoint(epoch: .zero, view: .zero, payload: Bench.genesis)
            )
        )
        let effects = voter.step(.tick, at: MonotonicTime(nanoseconds: 1))
        #expect(effects.contains(.refusing(.keyNotInSet)))
    }

    /// The journal may be replaced by its snapshot at any time without losing a promise.
    @Test func aCutJournalKeepsWhatMatters() {
        var bench = Bench(own: 0)
        _ = bench.certify(1, parent: 0, payload: a)
        _ = bench.receive(bench.certificate(bench.finalise(1, parent: 0, a)))
        _ = bench.work()
        _ = bench.wait(200)
        let snapshot = bench.voter.journalSnapshot
        #expect(snapshot.first == .floor(epoch: .zero, view: View(1)))
        #expect(snapshot.contains(.vote(bench.vote(bench.nullify(2), by: 0))))
        let before = Bench(own: 0, records: bench.journal).voter
        let after = Bench(own: 0, records: snapshot).voter
        #expect(after.currentView == before.currentView)
        #expect(after.finalised == before.finalised)
        #expect(after.journalSnapshot == before.journalSnapshot)
    }
}
