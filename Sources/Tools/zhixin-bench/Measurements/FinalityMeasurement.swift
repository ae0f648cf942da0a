import Credentials

/// P3: one client that sends one transaction, waits until it is final, and sends the next.
enum FinalityMeasurement {
    static func run(_ bench: Bench) throws -> BenchResult {
        let network = try bench.singleNetwork()
        let count = bench.options.sized(1_000, quick: 200)
        let issues = try TransactionFactory(network, waits: true).issues(count + 50, certificates: 1)
        let client = try LoadClient(ports: [network.nodes[0].httpPort])
        var latencies = Latencies()
        var next = 0
        let before = try network.nodes[0].status()
        let processorBefore = try network.processorSeconds()
        try client.run(
            keepsBodies: true,
            next: { _ in
                guard next < issues.count else { return .finish }
                defer { next += 1 }
                return .send(issues[next].request, tag: next)
            },
            onAnswer: { answer in
                try FinalAnswer.check(answer)
                // The first ones warm caches, branch predictors and TCP up.
                if answer.tag >= 50 { latencies.record(nanoseconds: answer.nanoseconds) }
            }
        )
        let processorSeconds = try network.processorSeconds() - processorBefore
        let after = try network.nodes[0].status()
        func grown(_ name: String) -> JSONValue {
            .integer((after[name]?.integer ?? 0) - (before[name]?.integer ?? 0))
        }
        let median = latencies.milliseconds(percent: 50)
        return BenchResult(
            median,
            "ms (p50)",
            goal: "p50 ≤ 2 ms, p99 ≤ 5 ms",
            ratio: median / bench.machine.syncMilliseconds,
            of: "fdatasync of 512 bytes",
            details: [
                "finality": latencies.json,
                "transactions": .integer(Int64(issues.count)),
                "blocks": grown("finalHeight"),
                "views": grown("view"),
                "processorMicrosecondsPerTransactionAllNodes": .number(
                    processorSeconds * 1e6 / Double(issues.count),
                    digits: 0
                ),
            ]
        )
    }
}

/// What an answer to `POST /v1/transactions?wait=finalized` must say.
enum FinalAnswer {
    static func check(_ answer: LoadClient.Answer) throws {
        guard answer.status == 200 else {
            throw BenchError("a transaction was answered with \(answer.status): \(answer.text.prefix(300))")
        }
        let report = try TransactionReport(json: try JSONValue(parsing: answer.body, byteCountMax: 65_536))
        guard report.state == .final, report.verdictCode == 0 else {
            throw BenchError("a transaction became \(report.state), \(report.verdict ?? "without a verdict")")
        }
    }
}
