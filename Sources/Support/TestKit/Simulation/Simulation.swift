import Consensus
import Execution
import LedgerModel
import Primitives
import Replica

/// Whole replicas as values on a simulated network, clock and disk. One seed decides everything that happens.
package struct Simulation {
    enum Event {
        case deliver(bytes: [UInt8], from: Int, to: Int, link: Int)
        case wake(node: Int, incarnation: Int)
        case turnSynced(node: Int, incarnation: Int)
        case input(ReplicaInput, node: Int, incarnation: Int)
        case execute(ExecutionRequest, node: Int, incarnation: Int)
        case admit([[UInt8]], isLocal: Bool, node: Int, incarnation: Int)
        case serve(from: Height, to: NodeID, node: Int, incarnation: Int)
        case store(node: Int, incarnation: Int)
        case start(node: Int, incarnation: Int)
        case reconnect(Int, Int)
        case fault(Int)
        case endOfFault(Int)
        case unasked(node: Int)
        case client(Int)
        case govern(Int)
        case heal
        case judge
    }

    let plan: SimulationPlan
    let fixture: LedgerFixture
    var random: SeededRandom
    var queue = EventQueue<Event>()
    var now: UInt64 = 0
    var nodes: [SimulatedNode] = []
    var network: SimulatedNetwork
    var clients: SimulatedClients
    var epochs: SimulatedEpochs
    var isHealed = false
    var isOver = false
    var stage = Stage.trouble
    var trace = SimulationTrace()
    var messageCount: UInt64 = 0
    var faultCounts: [String: Int] = [:]
    /// Told what happens, line by line, when someone wants to read it.
    let narrate: ((String) -> Void)?

    var voteChecker = VoteChecker()
    var certificateChecker: CertificateChecker
    var chainChecker: ChainChecker
    var inclusionChecker = InclusionChecker()
    var violations: [String] = []

    /// What is being waited for once the network is healed.
    enum Stage: Equatable {
        case trouble
        /// Everything submitted must become final everywhere, until the time given.
        case recovering(until: UInt64)
        /// With nothing to do the ledger must rest: messages and height are compared at the end.
        case resting(until: UInt64, messages: UInt64, height: Int)
    }

    /// Runs one seed to its end.
    package static func run(
        seed: UInt64,
        effort: SimulationEffort,
        narrate: ((String) -> Void)? = nil
    ) -> SimulationResult {
        var simulation = Simulation(SimulationPlan(seed: seed, effort: effort), narrate: narrate)
        simulation.run()
        return simulation.result
    }

    init(_ plan: SimulationPlan, narrate: ((String) -> Void)?) {
        self.plan = plan
        self.narrate = narrate
        random = SeededRandom(seed: plan.seed ^ 0x5851_f42d_4c95_7f2d)
        fixture = LedgerFixture(
            seed: plan.seed,
            validatorCount: plan.validatorCount,
            departmentCount: plan.nodeCount,
            parameters: plan.parameters
        )
        epochs = SimulatedEpochs(fixture)
        network = SimulatedNetwork(nodeCount: plan.nodeCount, conditions: plan.conditions)
        clients = SimulatedClients(seed: plan.seed)
        certificateChecker = CertificateChecker(
            keys: [fixture.validators.keys],
            network: fixture.network,
            verifier: fixture.signatures
        )
        chainChecker = ChainChecker(genesis: fixture.genesisBlock, nodeCount: plan.nodeCount)
        for index in 0..<plan.nodeCount {
            var node = SimulatedNode(index: index, disk: SimulatedDisk(genesis: fixture.genesisBlock))
            node.skewMilliseconds = plan.skewsMilliseconds[index]
            if plan.slowNodes.contains(index) { node.machine = .bad }
            if let kind = plan.traitors[index] {
                node.behaviour = kind.makeBehaviour(seed: plan.seed)
                faultCounts["traitor: \(kind.rawValue)", default: 0] += 1
                queue.push(.unasked(node: index), at: Nanoseconds.milliseconds(100))
            }
            nodes.append(node)
            let startAt = UInt64.random(in: 0...Nanoseconds.milliseconds(300), using: &random)
            queue.push(.start(node: index, incarnation: 0), at: startAt)
        }
        for (index, planned) in plan.faults.enumerated() { queue.push(.fault(index), at: planned.time) }
        for (index, time) in plan.transactionTimes.enumerated() { queue.push(.client(index), at: time) }
        for (index, planned) in plan.decisions.enumerated() { queue.push(.govern(index), at: planned.time) }
        queue.push(.heal, at: plan.healedAt)
    }

    var traitors: [Int] { nodes.indices.filter { nodes[$0].isTraitor } }
    var honest: [Int] { nodes.indices.filter { !nodes[$0].isTraitor } }

    mutating func run() {
        while !isOver, violations.isEmpty, let (time, event) = queue.pop() {
            now = time
            handle(event)
        }
        if violations.isEmpty { judgeEnd() }
    }

    var result: SimulationResult {
        SimulationResult(
            seed: plan.seed,
            violations: violations,
            traceDigest: trace.digest,
            eventCount: trace.count,
            simulatedSeconds: Double(now) / 1e9,
            blockCount: chainChecker.height,
            transactionCount: chainChecker.transactionCount,
            messageCount: messageCount,
            faults: faultCounts
        )
    }

    mutating func violate(_ text: String?) {
        guard let text else { return }
        tell("VIOLATION: \(text)")
        violations.append(text)
    }

    func tell(_ text: @autoclosure () -> String) {
        guard let narrate else { return }
        let milliseconds = now / 1_000_000
        let microseconds = String(1_000 + now / 1000 % 1000).dropFirst()
        narrate("\(milliseconds).\(microseconds) \(text())")
    }

    private mutating func handle(_ event: Event) {
        switch event {
        case .deliver(let bytes, let from, let to, let link): deliver(bytes, from: from, to: to, link: link)
        case .wake(let node, let incarnation): if isCurrent(node, incarnation) { wake(node) }
        case .turnSynced(let node, let incarnation): if isCurrent(node, incarnation) { finishTurn(node) }
        case .input(let input, let node, let incarnation):
            if isCurrent(node, incarnation) { give(input, to: node) }
        case .execute(let request, let node, let incarnation):
            if isCurrent(node, incarnation) { execute(request, on: node) }
        case .admit(let bodies, let isLocal, let node, let incarnation):
            if isCurrent(node, incarnation) { admit(bodies, isLocal: isLocal, on: node) }
        case .serve(let height, let peer, let node, let incarnation):
            if isCurrent(node, incarnation) { serve(from: height, to: peer, on: node) }
        case .store(let node, let incarnation): if isCurrent(node, incarnation) { store(node) }
        case .start(let node, let incarnation):
            if nodes[node].incarnation == incarnation, !nodes[node].isUp { start(node) }
        case .reconnect(let one, let other): connect(one, other)
        case .fault(let index): strike(plan.faults[index].fault, index: index)
        case .endOfFault(let index): end(plan.faults[index].fault)
        case .unasked(let node): actUnasked(node)
        case .client(let index): actClient(index)
        case .govern(let index): govern(index)
        case .heal: heal()
        case .judge: judgeProgress()
        }
    }

    /// Whether the process that something was started for is still the one that runs.
    private func isCurrent(_ node: Int, _ incarnation: Int) -> Bool {
        nodes[node].isUp && nodes[node].incarnation == incarnation
    }
}
