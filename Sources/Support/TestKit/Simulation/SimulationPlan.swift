import Consensus
import LedgerModel
import Primitives

/// How long and how hard a simulation is.
package enum SimulationEffort: String, Sendable, CaseIterable {
    /// Some seconds of trouble and a little work: for the tests that run on every change.
    case quick
    /// Up to two minutes of trouble under load.
    case full
}

/// Nanoseconds, from more readable units.
enum Nanoseconds {
    static func microseconds(_ count: UInt64) -> UInt64 { count * 1000 }
    static func milliseconds(_ count: UInt64) -> UInt64 { count * 1_000_000 }
    static func seconds(_ count: UInt64) -> UInt64 { count * 1_000_000_000 }
}

/// What the links do to messages until the network is healed.
struct NetworkConditions: Sendable {
    /// Whether a link is like TCP: messages in order and none lost, until the link breaks with all that is on the way.
    /// Otherwise each message is on its own, and nobody is told of a loss.
    var isStream: Bool
    var delay: ClosedRange<UInt64>
    var lossPerMille: UInt64
    var duplicatesPerMille: UInt64
    /// Messages that take up to `spike` more.
    var spikesPerMille: UInt64
    var spike: UInt64

    static let healed = NetworkConditions(
        isStream: false,
        delay: Nanoseconds.microseconds(200)...Nanoseconds.milliseconds(5),
        lossPerMille: 0,
        duplicatesPerMille: 0,
        spikesPerMille: 0,
        spike: 0
    )
}

/// How quick a node's disk and processor are.
struct MachineConditions: Sendable {
    var sync: ClosedRange<UInt64>
    var execution: ClosedRange<UInt64>
    var admission: ClosedRange<UInt64>
    var commit: ClosedRange<UInt64>

    static let good = MachineConditions(
        sync: Nanoseconds.microseconds(100)...Nanoseconds.milliseconds(2),
        execution: Nanoseconds.microseconds(50)...Nanoseconds.milliseconds(3),
        admission: Nanoseconds.microseconds(20)...Nanoseconds.milliseconds(1),
        commit: Nanoseconds.milliseconds(1)...Nanoseconds.milliseconds(20)
    )

    static let bad = MachineConditions(
        sync: Nanoseconds.milliseconds(5)...Nanoseconds.milliseconds(120),
        execution: Nanoseconds.milliseconds(1)...Nanoseconds.milliseconds(150),
        admission: Nanoseconds.milliseconds(1)...Nanoseconds.milliseconds(100),
        commit: Nanoseconds.milliseconds(20)...Nanoseconds.milliseconds(2500)
    )
}

/// Something that goes wrong at a time. Each kind is counted in the report under its name.
enum Fault: Sendable {
    /// The process dies at once; unsynced bytes are lost in part. It starts again after `downtime`.
    case crash(node: Int, downtime: UInt64)
    /// The process dies after so many further effects, in the middle of a turn.
    case crashInTurn(node: Int, effects: Int, downtime: UInt64)
    /// Many processes die at once.
    case crashAll(nodes: [Int], downtime: UInt64)
    /// Nodes on different sides do not hear each other until `duration` has passed.
    case partition(sides: [Int], duration: UInt64)
    /// What these nodes send does not arrive, while they hear the others.
    case mute(nodes: [Int], duration: UInt64)
    /// A link breaks and comes up again.
    case flap(first: Int, second: Int, duration: UInt64)
    /// A node's civil clock jumps to so many milliseconds beside the true time.
    case clock(node: Int, skewMilliseconds: Int64)
    /// A node's disk and processor are slow for a while.
    case slowMachine(node: Int, duration: UInt64)
    /// A node's store takes nothing for a while: final blocks pile up as layers.
    case stalledStore(node: Int, duration: UInt64)

    var name: String {
        switch self {
        case .crash: "crash"
        case .crashInTurn: "crash in a turn"
        case .crashAll: "crash of a quorum"
        case .partition: "partition"
        case .mute: "one-way partition"
        case .flap: "broken link"
        case .clock: "clock jump"
        case .slowMachine: "slow machine"
        case .stalledStore: "stalled store"
        }
    }
}

/// Everything that a seed decides before the run begins.
struct SimulationPlan: Sendable {
    let seed: UInt64
    let nodeCount: Int
    /// Nodes that vote from the start; the others follow until they are let in.
    let validatorCount: Int
    /// What the departments decide, and when they do.
    let decisions: [(time: UInt64, decision: SimulatedDecision)]
    let parameters: ParametersRecord
    let conditions: NetworkConditions
    /// Which nodes are traitors, and how.
    let traitors: [Int: ByzantineKind]
    let skewsMilliseconds: [Int64]
    let slowNodes: [Int]
    let faults: [(time: UInt64, fault: Fault)]
    let transactionTimes: [UInt64]
    /// When everything is repaired: all nodes up, links whole, clocks right.
    let healedAt: UInt64
    /// Whether healing also makes each link anew, so that nodes greet each other.
    let reconnectsOnHealing: Bool
    /// How many blocks a peer sends at most in one answer.
    let servedBlocksMax: Int

    /// At most so many nodes can be faulty in any way: counted out here, apart from the code under test.
    static func faultsMax(of nodeCount: Int) -> Int { nodeCount < 7 ? 1 : 2 }
}

extension SimulationPlan {
    init(seed: UInt64, effort: SimulationEffort) {
        var random = SeededRandom(seed: seed)
        let nodeCount = [4, 4, 4, 5, 7].randomElement(using: &random)!
        // More nodes than validators, or fewer validators later on, tolerate fewer traitors.
        let decides = nodeCount == 7 ? false : random.chance(1, in: 2)
        let validatorCount = nodeCount == 5 && random.chance(1, in: 2) ? 4 : nodeCount
        let trouble: ClosedRange<UInt64> = effort == .quick ? 3...8 : 10...120
        let healedAt = Nanoseconds.seconds(UInt64.random(in: trouble, using: &random))
        self.seed = seed
        self.nodeCount = nodeCount
        self.validatorCount = validatorCount
        self.healedAt = healedAt
        parameters = ParametersRecord(
            transactionLifetimeMilliseconds: [5000, 60_000, 600_000, 600_000].randomElement(using: &random)!,
            consensus: ConsensusParameters(
                deltaMilliseconds: [50, 100, 200].randomElement(using: &random)!,
                retentionViews: [16, 64, 256].randomElement(using: &random)!,
                heartbeatMilliseconds: [0, 0, 1000, 5000].randomElement(using: &random)!
            )
        )
        conditions = SimulationPlan.conditions(&random)
        traitors = SimulationPlan.traitors(nodeCount: nodeCount, &random)
        // When a quorum's clocks are far ahead, the chain's time is, and clients with good clocks are too late for it. So
        // only as many clocks are far off as nodes may be faulty.
        let far = Set((0..<nodeCount).shuffled(using: &random).prefix(SimulationPlan.faultsMax(of: nodeCount)))
        let usesSkew = random.chance(1, in: 3)
        skewsMilliseconds = (0..<nodeCount).map { node in
            let skew = SimulationPlan.skew(isFar: far.contains(node), &random)
            return usesSkew ? skew : 0
        }
        slowNodes = random.chance(1, in: 4) ? [Int.random(in: 0..<nodeCount, using: &random)] : []
        faults = SimulationPlan.faults(nodeCount: nodeCount, far: far, until: healedAt, effort: effort, &random)
        let transactionCount = Int.random(in: effort == .quick ? 3...15 : 20...300, using: &random)
        // Spread over the whole time of trouble, or in a rush that keeps the chain busy.
        let rush = random.chance(1, in: 4) ? min(healedAt, Nanoseconds.seconds(4)) : healedAt
        let rushAt = UInt64.random(in: 0...(healedAt - rush), using: &random)
        transactionTimes = (0..<transactionCount)
            .map { _ in rushAt + UInt64.random(in: 0..<rush, using: &random) }
            .sorted()
        decisions =
            decides
            ? SimulationPlan.decisions(nodeCount, validatorCount, until: healedAt, effort: effort, &random) : []
        reconnectsOnHealing = random.chance(1, in: 2)
        servedBlocksMax = [1, 3, 20, 1000].randomElement(using: &random)!
    }

    /// What the departments decide while things go wrong.
    private static func decisions(
        _ nodeCount: Int,
        _ validatorCount: Int,
        until end: UInt64,
        effort: SimulationEffort,
        _ random: inout SeededRandom
    ) -> [(time: UInt64, decision: SimulatedDecision)] {
        (0..<Int.random(in: 1...(effort == .quick ? 3 : 8), using: &random))
            .map { _ in
                let node = Int.random(in: 0..<nodeCount, using: &random)
                let decision: SimulatedDecision =
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: .parameters(deltaMilliseconds: [50, 100, 200].randomElement(using: &random)!)
                    case 1: .changeKey(node: node)
                    case 2: .add(node: random.chance(1, in: 2) ? nodeCount - 1 : node)
                    default: .remove(node: node)
                    }
                return (time: UInt64.random(in: 0..<end, using: &random), decision: decision)
            }
            .sorted { $0.time < $1.time }
    }

    private static func conditions(_ random: inout SeededRandom) -> NetworkConditions {
        let isStream = random.chance(1, in: 2)
        let slowest: UInt64 = [3, 10, 40, 120].randomElement(using: &random)!
        return NetworkConditions(
            isStream: isStream,
            delay: Nanoseconds.microseconds(200)...Nanoseconds.milliseconds(slowest),
            lossPerMille: isStream ? 0 : [0, 5, 30, 150].randomElement(using: &random)!,
            duplicatesPerMille: isStream ? 0 : [0, 20, 100].randomElement(using: &random)!,
            spikesPerMille: [0, 5, 30].randomElement(using: &random)!,
            spike: Nanoseconds.milliseconds([200, 2000].randomElement(using: &random)!)
        )
    }

    private static func traitors(nodeCount: Int, _ random: inout SeededRandom) -> [Int: ByzantineKind] {
        guard random.chance(1, in: 2) else { return [:] }
        let count = Int.random(in: 1...faultsMax(of: nodeCount), using: &random)
        var traitors: [Int: ByzantineKind] = [:]
        for node in (0..<nodeCount).shuffled(using: &random).prefix(count) {
            traitors[node] = ByzantineKind.allCases.randomElement(using: &random)
        }
        return traitors
    }

    private static func faults(
        nodeCount: Int,
        far: Set<Int>,
        until end: UInt64,
        effort: SimulationEffort,
        _ random: inout SeededRandom
    ) -> [(time: UInt64, fault: Fault)] {
        let countMax =
            effort == .quick ? 6 : Int(Nanoseconds.seconds(1) / 100_000_000 * end / Nanoseconds.seconds(20)) + 6
        var faults: [(time: UInt64, fault: Fault)] = []
        for _ in 0..<Int.random(in: 0...countMax, using: &random) {
            let time = UInt64.random(in: 0..<end, using: &random)
            faults.append((time, fault(nodeCount: nodeCount, far: far, left: end - time, &random)))
        }
        return faults.sorted { $0.time < $1.time }
    }

    private static func skew(isFar: Bool, _ random: inout SeededRandom) -> Int64 {
        let near: [Int64] = [0, 0, 50, -50, 1500, -1500, 5000, -5000]
        return (isFar ? [3_600_000, -3_600_000] : near).randomElement(using: &random)!
    }

    private static func fault(
        nodeCount: Int,
        far: Set<Int>,
        left: UInt64,
        _ random: inout SeededRandom
    ) -> Fault {
        let node = Int.random(in: 0..<nodeCount, using: &random)
        let short = UInt64.random(in: 0...Nanoseconds.seconds(2), using: &random)
        let duration = random.chance(1, in: 4) ? UInt64.random(in: 0...left, using: &random) : short
        switch Int.random(in: 0..<11, using: &random) {
        case 0, 1: return .crash(node: node, downtime: duration)
        case 2, 3:
            let effects = Int.random(in: 0...12, using: &random)
            return .crashInTurn(node: node, effects: effects, downtime: duration)
        case 4:
            let count = Int.random(in: 2...nodeCount, using: &random)
            return .crashAll(nodes: Array((0..<nodeCount).shuffled(using: &random).prefix(count)), downtime: duration)
        case 5, 6:
            return .partition(
                sides: (0..<nodeCount).map { _ in Int.random(in: 0...1, using: &random) },
                duration: duration
            )
        case 7:
            let count = Int.random(in: 1...2, using: &random)
            return .mute(nodes: Array((0..<nodeCount).shuffled(using: &random).prefix(count)), duration: duration)
        case 8:
            let other = (node + Int.random(in: 1..<nodeCount, using: &random)) % nodeCount
            return .flap(first: node, second: other, duration: duration)
        case 9: return .stalledStore(node: node, duration: UInt64.random(in: 0...left, using: &random))
        default:
            return random.chance(1, in: 2)
                ? .clock(node: node, skewMilliseconds: skew(isFar: far.contains(node), &random))
                : .slowMachine(node: node, duration: duration)
        }
    }
}
