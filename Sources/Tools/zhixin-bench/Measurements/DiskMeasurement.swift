import Credentials

/// P8: what a certificate takes on each node's disk, with everything the ledger folder holds for it.
enum DiskMeasurement {
    static func run(_ bench: Bench) throws -> BenchResult {
        let network = try bench.filledNetwork(certificates: bench.options.sized(600_000, quick: 160_000))
        let count = Double(bench.commitments.count)
        let running = network.nodes.map { Double(byteCount(ofFolder: $0.ledgerFolder)) / count }
        let journals = network.nodes.map { Double(byteCount(ofFolder: $0.folder + "/data/journal")) / 1_048_576 }
        let mean = running.reduce(0, +) / Double(running.count)
        return BenchResult(
            mean,
            "bytes",
            goal: "≤ 300 bytes",
            details: [
                "certificates": .integer(Int64(count)),
                "perNode": .array(running.map { .number($0, digits: 1) }),
                "journalMebibytes": .array(journals.map { .number($0, digits: 1) }),
            ]
        )
    }
}
