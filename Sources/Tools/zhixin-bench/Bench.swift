import Primitives

/// What measurements share: the machine, the networks, and what was found out before.
final class Bench {
    let options: BenchOptions
    let machine: Machine
    private var single: BenchNetwork?
    private var batch: BenchNetwork?
    /// Committed single transactions a second, once P1 has run.
    var singleRate: Double?
    /// Every commitment that the batch network's ledger holds.
    var commitments: [Digest] = []

    init(options: BenchOptions, machine: Machine) {
        self.options = options
        self.machine = machine
    }

    /// The network for transactions one by one, running. The other one is ended: two would disturb each other.
    func singleNetwork() throws -> BenchNetwork {
        batch?.stop()
        let network = try madeSingleNetwork()
        try network.start()
        return network
    }

    /// The network for transactions one by one, running or not.
    func madeSingleNetwork() throws -> BenchNetwork {
        if let single { return single }
        let network = try BenchNetwork(options: options, name: "single", firstPort: options.firstPort)
        single = network
        return network
    }

    /// The network whose ledger consists of batches, running.
    func batchNetwork() throws -> BenchNetwork {
        single?.stop()
        let network = try batch ?? BenchNetwork(options: options, name: "batch", firstPort: options.firstPort + 1000)
        batch = network
        try network.start()
        return network
    }

    /// The batch network with at least `count` certificates on its ledger.
    func filledNetwork(certificates count: Int) throws -> BenchNetwork {
        let network = try batchNetwork()
        if commitments.count < count {
            Progress.tell("  issuing \(count - commitments.count) certificates")
            _ = try BatchLoad(bench: self, network: network).issue(certificates: count - commitments.count)
        }
        return network
    }

    func stop() {
        single?.stop()
        batch?.stop()
    }
}
