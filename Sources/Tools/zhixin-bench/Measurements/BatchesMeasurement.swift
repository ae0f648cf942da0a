import Credentials
import LedgerModel
import Primitives

/// P2: certificate commitments issued in batches of 4,000, until every node has stored them.
enum BatchesMeasurement {
    static func run(_ bench: Bench) throws -> BenchResult {
        let network = try bench.batchNetwork()
        let count = bench.options.sized(600_000, quick: 160_000)
        let load = BatchLoad(bench: bench, network: network)
        // The first batches fill the caches that a node has after its first minute.
        _ = try load.issue(certificates: 5 * BatchLoad.batchSize)
        let processorBefore = try network.processorSeconds()
        let seconds = try load.issue(certificates: count)
        let processorSeconds = try network.processorSeconds() - processorBefore
        let rate = Double(count) / seconds
        return BenchResult(
            rate,
            "certificates/s",
            goal: "≥ 45,000/s; end to end from CSV rows ≥ 5,000/s",
            details: [
                "certificates": .integer(Int64(count)),
                "batch": .integer(Int64(BatchLoad.batchSize)),
                "secondsUntilStoredOnAllNodes": .number(seconds, digits: 2),
                "processorMicrosecondsPerCertificateAllNodes": .number(
                    processorSeconds * 1e6 / Double(count),
                    digits: 1
                ),
                "fromRows": ClerkLoad(bench: bench, network: network).describe(),
            ]
        )
    }
}

/// Issues certificates in batches as fast as the network finishes them.
struct BatchLoad {
    static let batchSize = 4_000
    /// Batches on their way at one time, each on a connection of its own; every node has the same number.
    private static let connectionsPerNode = 3

    let bench: Bench
    let network: BenchNetwork

    /// Issues `certificates` and gives the seconds until every node's store has them.
    func issue(certificates count: Int) throws -> Double {
        let factory = TransactionFactory(network, waits: true)
        let issues = try factory.issues(
            (count + Self.batchSize - 1) / Self.batchSize,
            certificates: min(count, Self.batchSize)
        )
        let before = try network.nodes[0].newestHeader().registerSize
        let ports = (0..<Self.connectionsPerNode).flatMap { _ in network.nodes.map(\.httpPort) }
        let client = try LoadClient(ports: ports)
        var sent = 0
        let begin = Clock.seconds
        try client.run(
            keepsBodies: true,
            next: { _ in
                guard sent < issues.count else { return .finish }
                defer { sent += 1 }
                return .send(issues[sent].request, tag: sent)
            },
            onAnswer: { try FinalAnswer.check($0) }
        )
        let issued = issues.reduce(0) { $0 + $1.commitments.count }
        guard try network.waitUntilStored(registerSize: before + UInt64(issued), seconds: 60) else {
            throw BenchError("not every batch was stored on every node")
        }
        let seconds = Clock.seconds - begin
        for issue in issues { bench.commitments += issue.commitments }
        return seconds
    }
}
