import Credentials

/// P10: what a node with a large ledger takes of memory, and how long it takes to answer after its start.
enum StartMeasurement {
    static func run(_ bench: Bench) throws -> BenchResult {
        let network = try bench.filledNetwork(certificates: bench.options.sized(600_000, quick: 160_000))
        let figures = try network.nodes.map { try ProcessFigures(of: $0.processIdentifier) }
        guard let node = network.nodes.last else { throw BenchError("no node") }
        var times: [Double] = []
        for _ in 0..<3 {
            node.stop()
            let begin = Clock.seconds
            try node.start()
            try node.waitUntilAnswering(seconds: 60)
            times.append(Clock.seconds - begin)
        }
        let restarted = try ProcessFigures(of: node.processIdentifier)
        let resident = figures.map(\.residentMebibytes).max() ?? 0
        return BenchResult(
            resident,
            "MiB",
            goal: "≤ 300 MiB and ≤ 2 s to start, at 10 million certificates",
            details: [
                "certificates": .integer(Int64(bench.commitments.count)),
                "peakMebibytes": .array(figures.map { .number($0.peakMebibytes, digits: 1) }),
                "residentMebibytesAfterStart": .number(restarted.residentMebibytes, digits: 1),
                "secondsToFirstAnswer": .array(times.map { .number($0, digits: 3) }),
            ]
        )
    }
}
