import Credentials
import LedgerModel
import Primitives

/// P1: single signed transactions, each with one certificate, sent to all four nodes as fast as they are taken.
enum SingleTransactionsMeasurement {
    /// Connections to each node, and requests that each has on their way: as a few busy services would.
    private static let connectionsPerNode = 8
    private static let depth = 16
    /// When so many transactions wait in a pool, sending pauses: more would only show how pools grow.
    private static let waitingMax = 4096

    static func run(_ bench: Bench) throws -> BenchResult {
        let network = try bench.singleNetwork()
        let seconds = bench.options.sized(12.0, quick: 4.0)
        let warmUp = bench.options.sized(2.0, quick: 1.0)
        let limit = bench.machine.signatureLimit(nodes: network.nodes.count)
        Progress.tell("  signing")
        let issues = try TransactionFactory(network, waits: false).issues(Int(limit * seconds), certificates: 1)
        let before = try network.nodes[0].newestHeader().registerSize
        let processorBefore = try network.processorSeconds()
        var load = SingleLoad(network: network, issues: issues, waitingMax: waitingMax)
        try load.run(connectionsPerNode: connectionsPerNode, depth: depth, warmUp: warmUp, seconds: seconds)
        guard try network.waitUntilStored(registerSize: before + UInt64(load.accepted), seconds: 60) else {
            throw BenchError("not every accepted transaction became final")
        }
        let processorSeconds = try network.processorSeconds() - processorBefore
        let sizes = try network.nodes.map { try $0.newestHeader().registerSize }
        guard sizes.allSatisfy({ $0 == before + UInt64(load.accepted) }) else {
            throw BenchError("\(load.accepted) transactions were accepted, but the ledgers hold \(sizes) records")
        }
        bench.singleRate = load.rate
        return BenchResult(
            load.rate,
            "tx/s",
            goal: "≥ 4,000 tx/s and ≥ 50 % of the signature limit",
            ratio: load.rate / limit,
            of: "signature limit (\(bench.machine.cores) cores' verifications ÷ \(network.nodes.count) nodes)",
            details: [
                "seconds": .number(load.measuredSeconds, digits: 2),
                "sent": .integer(Int64(load.sent)),
                "acceptedAndFinalOnAllNodes": .integer(Int64(load.accepted)),
                "answeredBusy": .integer(Int64(load.busy)),
                "connections": .integer(Int64(connectionsPerNode * network.nodes.count)),
                "requestsOnTheirWayPerConnection": .integer(Int64(depth)),
                "signatureLimit": .number(limit, digits: 0),
                "admission": load.latencies.json,
                "blocks": .integer(Int64(load.blocks)),
                "processorMicrosecondsPerTransactionAllNodes": .number(
                    processorSeconds * 1e6 / Double(load.accepted),
                    digits: 0
                ),
            ]
        )
    }
}

/// Sends prepared transactions with a bounded backlog and reads from the ledger how many became final meanwhile.
private struct SingleLoad {
    let network: BenchNetwork
    let issues: [TransactionFactory.Issue]
    let waitingMax: Int
    private(set) var sent = 0
    private(set) var accepted = 0
    private(set) var busy = 0
    private(set) var blocks = 0
    private(set) var rate = 0.0
    private(set) var measuredSeconds = 0.0
    private(set) var latencies = Latencies()
    private var mustPause = false
    private var lookAgainAt: UInt64 = 0
    private var repeated: [Int] = []

    init(network: BenchNetwork, issues: [TransactionFactory.Issue], waitingMax: Int) {
        self.network = network
        self.issues = issues
        self.waitingMax = waitingMax
    }

    mutating func run(connectionsPerNode: Int, depth: Int, warmUp: Double, seconds: Double) throws {
        let ports = (0..<connectionsPerNode).flatMap { _ in network.nodes.map(\.httpPort) }
        let client = try LoadClient(ports: ports, depth: depth)
        let begin = Clock.seconds
        var first: (seconds: Double, size: UInt64, height: UInt64)?
        try client.run(
            next: { _ in
                let now = Clock.seconds
                if first == nil, now >= begin + warmUp {
                    let header = try network.nodes[0].newestHeader()
                    first = (Clock.seconds, header.registerSize, header.height.rawValue)
                }
                if now >= begin + warmUp + seconds { return .finish }
                return try step()
            },
            onAnswer: { answer in
                latencies.record(nanoseconds: answer.nanoseconds)
                switch answer.status {
                case 200, 202: accepted += 1
                case 429, 503:
                    busy += 1
                    repeated.append(answer.tag)
                default: throw BenchError("a transaction was answered with \(answer.status)")
                }
            }
        )
        guard let first else { throw BenchError("the load ended before its window began") }
        let last = try network.nodes[0].newestHeader()
        measuredSeconds = Clock.seconds - first.seconds
        rate = Double(last.registerSize - first.size) / measuredSeconds
        blocks = Int(last.height.rawValue - first.height)
    }

    private mutating func step() throws -> LoadClient.Step {
        let now = Clock.nanoseconds
        if now >= lookAgainAt {
            lookAgainAt = now + 25_000_000
            mustPause = try network.nodes.map { try $0.poolCount() }.max()! > waitingMax
        }
        if mustPause { return .rest(untilNanoseconds: lookAgainAt) }
        if let index = repeated.popLast() { return .send(issues[index].request, tag: index) }
        guard sent < issues.count else { return .finish }
        defer { sent += 1 }
        return .send(issues[sent].request, tag: sent)
    }
}
