import Credentials
import Foundation

/// P7: how fast `zhixin-audit` replays from genesis what a node exported, with the whole machine to itself.
enum AuditMeasurement {
    static func run(_ bench: Bench) throws -> BenchResult {
        let network = try bench.filledNetwork(certificates: bench.options.sized(600_000, quick: 160_000))
        let batches = try export(network, bench)
        // Then the ledger of single transactions, if there is one.
        var singles: String?
        if bench.singleRate != nil { singles = try export(try bench.singleNetwork(), bench) }
        bench.stop()
        let batchReport = try audit(batches, network, bench)
        guard let rate = batchReport["certificatesPerSecond"]?.number else {
            throw BenchError("the audit gave no rate")
        }
        var details: JSONObject = ["batches": .object(batchReport)]
        if let singles {
            let report = try audit(singles, try bench.madeSingleNetwork(), bench)
            details["singles"] = .object(report)
            let limit = bench.machine.verificationsPerSecond * Double(bench.machine.cores)
            if let rate = report["transactionsPerSecond"]?.number {
                details["singlesToSignatureLimit"] = .number(rate / limit, digits: 3)
            }
        }
        return BenchResult(
            rate,
            "certificates/s",
            goal: "≥ 200,000 certificates/s in batches; single transactions ≥ 80 % of the signature limit",
            details: details
        )
    }

    /// A file with a node's chain.
    private static func export(_ network: BenchNetwork, _ bench: Bench) throws -> String {
        let path = network.folder + "/chain.export"
        _ = try Command.output(
            of: bench.options.program("zhixin-audit"),
            [
                "--genesis", network.folder + "/genesis.bcs", "--node", "http://127.0.0.1:\(network.nodes[0].httpPort)",
                "--write-export", path, "--quiet", "--json",
            ]
        )
        return path
    }

    private static func audit(_ path: String, _ network: BenchNetwork, _ bench: Bench) throws -> JSONObject {
        let text = try Command.output(
            of: bench.options.program("zhixin-audit"),
            ["--genesis", network.folder + "/genesis.bcs", "--file", path, "--quiet", "--json"]
        )
        guard let report = try JSONValue(parsing: Array(text.utf8), byteCountMax: 1 << 20).object else {
            throw BenchError("the audit's report is no object")
        }
        var kept = JSONObject()
        for name in [
            "outcome", "blocks", "transactions", "certificates", "seconds", "transactionsPerSecond",
            "certificatesPerSecond",
        ] { kept[name] = report[name] }
        return kept
    }
}
