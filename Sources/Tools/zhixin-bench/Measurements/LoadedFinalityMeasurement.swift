import Credentials

/// P4: time to finality while transactions come at 70 % of P1's rate, whether or not earlier ones are final yet.
///
/// Each one's time begins when it was due, not when a connection became free for it: a node that stalls is charged for
/// everyone who would have waited.
enum LoadedFinalityMeasurement {
    private static let connectionsPerNode = 96

    static func run(_ bench: Bench) throws -> BenchResult {
        let network = try bench.singleNetwork()
        if bench.singleRate == nil { _ = try SingleTransactionsMeasurement.run(bench) }
        guard let peak = bench.singleRate else { throw BenchError("P1 gave no rate") }
        let rate = peak * 0.7
        let seconds = bench.options.sized(10.0, quick: 4.0)
        let warmUp = Int(rate)
        let issues = try TransactionFactory(network, waits: true).issues(Int(rate * seconds) + warmUp, certificates: 1)
        let ports = (0..<connectionsPerNode).flatMap { _ in network.nodes.map(\.httpPort) }
        let client = try LoadClient(ports: ports)
        var latencies = Latencies()
        var sent = 0
        var lateSends = 0
        let interval = 1e9 / rate
        let begin = Clock.nanoseconds + 1_000_000
        func due(_ index: Int) -> UInt64 { begin + UInt64(Double(index) * interval) }
        try client.run(
            keepsBodies: true,
            next: { _ in
                guard sent < issues.count else { return .finish }
                let now = Clock.nanoseconds
                guard now >= due(sent) else { return .rest(untilNanoseconds: due(sent)) }
                if now > due(sent) + 50_000_000 { lateSends += 1 }
                defer { sent += 1 }
                return .send(issues[sent].request, tag: sent)
            },
            onAnswer: { answer in
                try FinalAnswer.check(answer)
                if answer.tag >= warmUp { latencies.record(nanoseconds: Clock.nanoseconds - due(answer.tag)) }
            }
        )
        return BenchResult(
            latencies.milliseconds(percent: 99),
            "ms (p99)",
            goal: "p99 ≤ 60 ms",
            details: [
                "offeredPerSecond": .number(rate, digits: 0),
                "sentOver50MillisecondsLate": .integer(Int64(lateSends)),
                "finality": latencies.json,
            ]
        )
    }
}
