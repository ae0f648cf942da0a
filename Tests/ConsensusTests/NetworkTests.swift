import Consensus
import Primitives
import Testing

/// Four voters, instant checks, one millisecond between any two.
struct NetworkTests {
    private func started() -> TestNetwork {
        var network = TestNetwork()
        network.startAll()
        network.run(until: 20)
        return network
    }

    /// [PROPOSE] [NOTARISED] [FINALISED] The path without faults: one view is final everywhere after three hops.
    @Test func oneTransactionIsFinalAfterThreeHops() {
        var network = started()
        let messagesBefore = network.messageCount
        let checksBefore = (0..<4).map { network.voters[$0]!.counters.signatureChecks }
        let madeBefore = (0..<4).map { network.voters[$0]!.counters.signaturesMade }
        network.giveWork()
        for node in 0..<4 { network.schedule(.input(.work(hasTransactions: false), to: node), in: 1) }
        network.run(until: 23)
        for node in 0..<4 { #expect(network.finalView(of: node) == 1) }
        network.run(until: 200)
        for node in 0..<4 {
            let counters = network.voters[node]!.counters
            // Two votes made; of each quorum of three, our own needs no check.
            #expect(counters.signaturesMade - madeBefore[node] == 2)
            #expect(counters.signatureChecks - checksBefore[node] <= 4)
        }
        // Each of four sends notarise, notarisation, finalise and finalisation to three, at most.
        #expect(network.messageCount - messagesBefore <= 4 * 4 * 3)
        #expect(network.violations.isEmpty)
    }

    /// [IDLE] Once the block is final, nobody's timer runs and nobody sends: only the heartbeat is waited for.
    @Test func aLedgerAtRestRests() {
        var network = started()
        network.giveWork()
        for node in 0..<4 { network.schedule(.input(.work(hasTransactions: false), to: node), in: 1) }
        network.run(until: 100)
        let messages = network.messageCount
        let heartbeat = UInt64(network.parameters.heartbeatMilliseconds)
        network.run(until: 4000)
        #expect(network.messageCount == messages)
        for node in 0..<4 {
            let deadline = network.voters[node]!.deadline!.nanoseconds / 1_000_000
            #expect(deadline > heartbeat && deadline < heartbeat + 100)
            #expect(network.voters[node]!.currentView == View(2))
        }
        #expect(network.violations.isEmpty)
    }

    /// [IDLE] Without a heartbeat there is no deadline at all.
    @Test func withoutHeartbeatNothingIsWaitedFor() {
        var network = TestNetwork(parameters: ConsensusParameters(heartbeatMilliseconds: 0))
        network.startAll()
        network.run(until: 1000)
        for node in 0..<4 { #expect(network.voters[node]!.deadline == nil) }
    }

    /// [IDLE] An empty block every heartbeat, and rest between.
    @Test func theHeartbeatMakesOneBlockEach() {
        var network = started()
        network.run(until: 26_000)
        for node in 0..<4 { #expect(network.finalView(of: node) == 5) }
        #expect(network.violations.isEmpty)
    }

    /// [NULLIFY] [ENTER] A silent leader costs three Δ at most; then the next one goes on.
    @Test func aSilentLeaderIsNullifiedWithinThreeDeltas() {
        var network = started()
        network.crash(1)
        network.giveWork()
        network.run(until: 20 + 300 + 10)
        for node in [0, 2, 3] {
            #expect(network.voters[node]!.certificate(.nullify, view: View(1)) != nil)
            #expect(network.finalView(of: node) >= 2)
        }
        #expect(network.violations.isEmpty)
    }

    /// [NOTARISED] [ANSWER] Failure case 16: half of the network certified a view, the other half nullified it.
    @Test func halfCertifiedHalfNullifiedGoesOn() {
        var network = started()
        // Nodes 2 and 3 hear neither notarise votes nor certificates of view 1, and so nullify it.
        network.route = { message, _, to in
            switch message {
            case .vote(let vote) where vote.view == View(1) && vote.kind == .notarise && to >= 2: nil
            case .certificate(let certificate) where certificate.view == View(1) && to >= 2: nil
            default: 1
            }
        }
        network.giveWork()
        network.run(until: 500)
        #expect(network.effectsOf[0].contains { $0.isCertified(View(1)) })
        #expect(network.effectsOf[2].castVotes.contains { $0.kind == .nullify && $0.view == View(1) })
        network.route = { _, _, _ in 1 }
        network.run(until: 3000)
        for node in 0..<4 { #expect(network.finalView(of: node) > 3) }
        #expect(network.violations.isEmpty)
    }

    /// [NULLIFY] Failure case 2: all stop right after journalling their nullify, before any of them was sent.
    @Test func aQuorumThatCrashedAfterJournallingNullifyGoesOn() {
        var network = started()
        network.route = { message, _, _ in
            if case .vote(let vote) = message, vote.kind == .nullify { return nil }
            if case .proposal = message { return nil }
            return 1
        }
        network.giveWork()
        network.run(until: 350)
        for node in 0..<4 {
            let holdsNullify = network.journals[node].contains {
                if case .vote(let vote) = $0 { vote.kind == .nullify } else { false }
            }
            #expect(holdsNullify)
            network.crash(node)
        }
        network.route = { _, _, _ in 1 }
        network.startAll()
        network.run(until: 3000)
        network.giveWork()
        network.run(until: 6000)
        for node in 0..<4 { #expect(network.finalView(of: node) >= 2) }
        #expect(network.violations.isEmpty)
    }

    /// Failure case 17: f+1 nodes stop for half an hour; the rest does not run away, and all go on at once after it.
    @Test func theChainGoesOnAfterHalfAnHourWithoutQuorum() {
        var network = started()
        network.giveWork()
        network.run(until: 200)
        network.crash(2)
        network.crash(3)
        network.run(until: 1_800_000)
        let view = network.finalView(of: 0)
        #expect(network.voters[0]!.currentView.rawValue <= view + 3)
        network.start(2)
        network.start(3)
        network.giveWork()
        network.run(until: 1_805_000)
        for node in 0..<4 { #expect(network.finalView(of: node) > view + 10) }
        #expect(network.violations.isEmpty)
    }

    /// [SKIP] A leader that is gone for long costs no more waiting, except at every eighth of its turns.
    @Test func aLeaderGoneForLongIsNotWaitedFor() {
        var network = started()
        network.crash(3)
        network.giveWork()
        network.run(until: 20_000)
        let skipped = (0..<3).map { network.voters[$0]!.counters.skippedLeaders }
        #expect(skipped.allSatisfy { $0 > 10 })
        let before = network.finalView(of: 0)
        network.start(3)
        network.giveWork()
        network.run(until: 21_000)
        // One vote of it clears the silence: blocks of its own become final again.
        let own = network.finalisedBy[0].filter { $0.view.rawValue % 4 == 3 && $0.view.rawValue > before }
        #expect(!own.isEmpty)
        #expect(network.violations.isEmpty)
    }

    /// Five validators need four for a quorum, seven need five; both run.
    @Test(arguments: [5, 7]) func otherSizesRun(count: Int) {
        var network = TestNetwork(count: count)
        network.startAll()
        network.giveWork()
        network.run(until: 300)
        for node in 0..<count { #expect(network.finalView(of: node) > 10) }
        #expect(network.violations.isEmpty)
    }
}

extension VoterEffect {
    func isCertified(_ view: View) -> Bool {
        if case .certified(view, _) = self { return true }
        return false
    }
}
