import Credentials

/// P13: what a network takes while nobody asks anything of it.
enum IdleMeasurement {
    static func run(_ bench: Bench) throws -> BenchResult {
        let network = try bench.singleNetwork()
        let seconds = bench.options.sized(20.0, quick: 11.0)
        // Links and first blocks of a start are not rest.
        Clock.sleep(seconds: 3)
        let before = try network.nodes.map { try ProcessFigures(of: $0.processIdentifier) }
        let begin = Clock.seconds
        for _ in 0..<Int(seconds) { Clock.sleep(seconds: 0.999) }
        let after = try network.nodes.map { try ProcessFigures(of: $0.processIdentifier) }
        let elapsed = Clock.seconds - begin
        let count = Double(network.nodes.count)
        let processor = zip(before, after).map { ($1.processorSeconds - $0.processorSeconds) / elapsed * 100 }
        let written = zip(before, after).map { Double($1.writtenBytes - $0.writtenBytes) / elapsed * 86_400 / 1e6 }
        return BenchResult(
            processor.reduce(0, +) / count,
            "% of a core per node",
            goal: "≤ 0.5 % of a core, ≤ 100 MB written a day",
            details: [
                "seconds": .number(elapsed, digits: 1),
                "megabytesADayPerNode": .number(written.reduce(0, +) / count, digits: 1),
                "residentMebibytesPerNode": .number(after.map(\.residentMebibytes).reduce(0, +) / count, digits: 1),
            ]
        )
    }
}
