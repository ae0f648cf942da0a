import Consensus
import Primitives
import TestKit
import Testing

/// Four voters under loss, delay, reordering, slow and refused checks, and crashes that lose what was not synced.
///
/// The record is judged by `TestNetwork.violations`, which shares no arithmetic with the voters.
struct RandomScheduleTests {
    /// [NOTARISE-ONCE] [FINALISE-XOR-NULLIFY] [FINALISED] No schedule makes two nodes disagree, no honest node is
    /// blamed, and after healing every node sees new blocks become final.
    @Test(arguments: 0..<300) func noScheduleBreaksAgreement(seed: UInt64) {
        var network = RandomScheduleTests.chaos(seed: seed, milliseconds: 4000)
        #expect(network.violations == [], "seed \(seed), before healing")
        let highest = (0..<4).map { network.finalView(of: $0) }.max()!
        RandomScheduleTests.heal(&network)
        network.run(until: 120_000) { network in (0..<4).allSatisfy { network.finalView(of: $0) > highest } }
        for node in 0..<4 { #expect(network.finalView(of: node) > highest, "seed \(seed), node \(node) is stuck") }
        #expect(network.violations == [], "seed \(seed), after healing")
    }

    /// The same seed gives the same run.
    @Test func aSeedDecidesTheRun() {
        let first = RandomScheduleTests.chaos(seed: 5, milliseconds: 2000)
        let second = RandomScheduleTests.chaos(seed: 5, milliseconds: 2000)
        #expect(first.effectsOf == second.effectsOf)
        #expect(!first.effectsOf[0].isEmpty)
    }

    /// Failure case 7: one validator signs whatever it likes, and tells everyone something else. The other three
    /// agree, and none of them is blamed.
    @Test(arguments: 1000..<1100) func oneTraitorBreaksNothing(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var network = TestNetwork()
        network.traitor = ReplicaIndex(3)
        let roads = Dice(random.split())
        network.route = { _, _, _ in roads.number(in: 1...20) }
        for node in 0..<3 { network.start(node) }
        network.giveWork()
        for _ in 0..<250 {
            network.run(until: network.milliseconds + UInt64.random(in: 0...20, using: &random))
            let view = network.voters[0]!.currentView.rawValue
            for node in 0..<3 where random.chance(2, in: 3) {
                let message = RandomScheduleTests.lie(about: view, network, &random)
                network.schedule(.deliver(message, from: 3, to: node), in: roads.number(in: 0...30))
            }
        }
        #expect(network.violations == [], "seed \(seed)")
        let final = network.finalView(of: 0)
        network.run(until: network.milliseconds + 60_000) { network in
            (0..<3).allSatisfy { network.finalView(of: $0) > final }
        }
        #expect((0..<3).allSatisfy { network.finalView(of: $0) > final }, "seed \(seed)")
        #expect(network.violations == [], "seed \(seed), after the traitor fell silent")
    }

    /// A well signed vote of the traitor's for anything that a vote can be about.
    private static func lie(
        about view: UInt64,
        _ network: TestNetwork,
        _ random: inout SeededRandom
    ) -> ConsensusMessage {
        let view = max(1, view + UInt64.random(in: 0...2, using: &random) - min(view, 1))
        let seen = network.ballotsOnWire[View(view), default: []].filter { $0.kind != .nullify }
        let known = seen.sorted { $0.canonicalBytes.lexicographicallyPrecedes($1.canonicalBytes) }
        let invented = Ballot.notarise(
            epoch: .zero,
            view: View(view),
            parentView: View(random.chance(1, in: 2) ? view - 1 : UInt64.random(in: 0..<view, using: &random)),
            payload: Bench.payload("lie \(Int.random(in: 0...1, using: &random)) of \(view)")
        )
        let block = random.chance(1, in: 2) ? invented : known.randomElement(using: &random) ?? invented
        let ballot =
            switch Int.random(in: 0..<4, using: &random) {
            case 0: Ballot.nullify(epoch: .zero, view: View(view))
            case 1:
                Ballot.finalise(epoch: .zero, view: View(view), parentView: block.parentView, payload: block.payload)
            default:
                Ballot.notarise(epoch: .zero, view: View(view), parentView: block.parentView, payload: block.payload)
            }
        let signature = network.signatures.signer(3).sign(ballot.signedBytes(networkDigest: Bench.networkDigest))
        return .vote(Vote(ballot: ballot, signer: ReplicaIndex(3), signature: signature))
    }

    static func chaos(seed: UInt64, milliseconds: UInt64) -> TestNetwork {
        var random = SeededRandom(seed: seed)
        let losses = UInt64.random(in: 0...25, using: &random)
        let delayMax = UInt64.random(in: 2...120, using: &random)
        var network = TestNetwork()
        network.workDelay = UInt64.random(in: 0...30, using: &random)
        // The closures draw from generators of their own: what they draw depends on the order of their calls alone.
        let roads = Dice(random.split())
        network.route = { _, _, _ in
            roads.chance(losses, in: 100) ? nil : roads.number(in: 1...delayMax)
        }
        let judges = Dice(random.split())
        network.judge = { _, request in
            // A clock may be wrong before voting; a certified block is valid for everyone.
            if request.purpose == .vote, judges.chance(1, in: 20) { return .invalid }
            return .valid(endsEpoch: false)
        }
        network.startAll()
        network.giveWork()
        while network.milliseconds < milliseconds {
            network.run(until: network.milliseconds + UInt64.random(in: 1...200, using: &random))
            let node = Int.random(in: 0..<4, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0 where network.isUp(node): network.crash(node)
            case 0, 1, 2:
                network.start(node)
                network.step(.work(hasTransactions: random.chance(3, in: 4)), node)
            case 3:
                let peer = Int.random(in: 0..<4, using: &random)
                if peer != node, network.isUp(node), network.isUp(peer) { network.connect(node, peer) }
            default: network.step(.work(hasTransactions: random.chance(3, in: 4)), node)
            }
        }
        return network
    }

    static func heal(_ network: inout TestNetwork) {
        network.route = { _, _, _ in 2 }
        network.judge = { _, _ in .valid(endsEpoch: false) }
        network.startAll()
        for node in 0..<4 {
            for peer in 0..<node { network.connect(node, peer) }
        }
        network.giveWork()
    }
}

/// Randomness that a network's closures share.
private final class Dice {
    private var random: SeededRandom

    init(_ random: SeededRandom) { self.random = random }

    func chance(_ numerator: UInt64, in denominator: UInt64) -> Bool { random.chance(numerator, in: denominator) }

    func number(in range: ClosedRange<UInt64>) -> UInt64 { UInt64.random(in: range, using: &random) }
}
