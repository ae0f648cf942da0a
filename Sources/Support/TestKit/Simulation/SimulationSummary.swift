/// Many runs together.
package struct SimulationSummary: Sendable {
    package private(set) var runCount = 0
    package private(set) var failures: [UInt64] = []
    private var violations: [String] = []
    private var seconds = 0.0
    private var blockCount = 0
    private var transactionCount = 0
    private var messageCount: UInt64 = 0
    private var faults: [String: Int] = [:]

    package init() {}

    package mutating func add(_ result: SimulationResult) {
        runCount += 1
        if !result.violations.isEmpty { failures.append(result.seed) }
        violations += result.violations
        seconds += result.simulatedSeconds
        blockCount += result.blockCount
        transactionCount += result.transactionCount
        messageCount += result.messageCount
        faults.merge(result.faults, uniquingKeysWith: +)
    }

    private var hours: Double { (seconds / 3600 * 100).rounded() / 100 }

    /// The account for people.
    package var text: String {
        var lines = [
            "\(runCount) seeds, \(hours) simulated hours, \(blockCount) blocks, \(transactionCount) transactions, "
                + "\(messageCount) messages"
        ]
        for (name, count) in faults.sorted(by: { $0.key < $1.key }) { lines.append("  \(name): \(count)") }
        let seeds = failures.map(String.init).joined(separator: " ")
        lines.append(failures.isEmpty ? "no violations" : "\(failures.count) seeds with violations: \(seeds)")
        return lines.joined(separator: "\n")
    }

    /// The account for programs.
    package var json: String {
        let struck = faults.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ")
        let found = violations.map { "\"\(SimulationSummary.escaped($0))\"" }.joined(separator: ", ")
        return """
            {"seeds": \(runCount), "simulatedHours": \(hours), "blocks": \(blockCount), \
            "transactions": \(transactionCount), "messages": \(messageCount), "faults": {\(struck)}, \
            "failingSeeds": \(failures), "violations": [\(found)]}
            """
    }

    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case "\n": "\\n"
            default: String(scalar)
            }
        }.joined()
    }
}
