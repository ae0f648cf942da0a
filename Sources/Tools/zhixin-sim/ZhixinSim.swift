import ArgumentParser
import TestKit

/// Runs whole networks of simulated nodes, one per seed, and says what went wrong.
@main
struct ZhixinSim: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zhixin-sim",
        abstract: "Replays seeds of the simulator: replicas on a simulated network, clock and disk."
    )

    @Argument(help: "One seed to run.")
    var seed: UInt64?

    @Option(help: "Seeds to run, both ends included, as A..B.")
    var seeds: String?

    @Option(help: "How long and hard each run is: quick or full.")
    var effort: SimulationEffort = .full

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    @Flag(help: "Print everything that happens, for one seed.")
    var narrate = false

    func validate() throws {
        guard (seed == nil) != (seeds == nil) else { throw ValidationError("Give one seed, or --seeds A..B.") }
        _ = try range()
    }

    private func range() throws -> ClosedRange<UInt64> {
        if let seed { return seed...seed }
        let ends = (seeds ?? "").split(separator: ".", omittingEmptySubsequences: true).map { UInt64($0) }
        guard ends.count == 2, let first = ends[0], let last = ends[1], first <= last else {
            throw ValidationError("--seeds takes two numbers, the lower one first, as 1..1000.")
        }
        return first...last
    }

    func run() throws {
        var summary = SimulationSummary()
        for seed in try range() {
            let result = Simulation.run(seed: seed, effort: effort, narrate: narrate ? { print($0) } : nil)
            summary.add(result)
            if !json { report(result, summary) }
        }
        print(json ? summary.json : summary.text)
        if !summary.failures.isEmpty { throw ExitCode(1) }
    }

    private func report(_ result: SimulationResult, _ summary: SimulationSummary) {
        for violation in result.violations { print("seed \(result.seed): \(violation)") }
        if !result.violations.isEmpty {
            print("replay: zhixin-sim \(result.seed) --effort \(effort.rawValue) --narrate")
        }
        if seed != nil {
            print("seed \(result.seed): trace \(result.traceDigest), \(result.eventCount) events")
        } else if summary.runCount % 100 == 0 {
            print("\(summary.runCount) seeds, \(summary.failures.count) with violations")
        }
    }
}

extension SimulationEffort: ExpressibleByArgument {}
