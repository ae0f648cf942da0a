import Credentials
import Primitives

/// P5: certificates looked up over HTTP at one node, with and without the proof of what is answered.
enum QueriesMeasurement {
    private static let connections = 32

    static func run(_ bench: Bench) throws -> BenchResult {
        let network = try bench.filledNetwork(certificates: 100_000)
        let status = try load(bench, network, accept: nil)
        let proof = try load(bench, network, accept: "application/octet-stream")
        return BenchResult(
            status.rate,
            "requests/s",
            goal: "status ≥ 30,000/s, proof ≥ 20,000/s, p99 ≤ 5 ms at 32 connections",
            details: [
                "certificates": .integer(Int64(bench.commitments.count)),
                "connections": .integer(Int64(connections)),
                "status": status.json,
                "proof": proof.json,
            ]
        )
    }

    private struct Outcome {
        let rate: Double
        let latencies: Latencies
        let bodyBytes: Int

        var json: JSONValue {
            [
                "perSecond": .number(rate, digits: 0), "answerBytes": .integer(Int64(bodyBytes)),
                "latency": latencies.json,
            ]
        }
    }

    private static func load(_ bench: Bench, _ network: BenchNetwork, accept: String?) throws -> Outcome {
        let node = network.nodes[0]
        let seconds = bench.options.sized(8.0, quick: 3.0)
        let requests = bench.commitments.shuffled().prefix(100_000).map {
            Request.get("/v1/certificates/\($0)", accept: accept)
        }
        let sample = try node.answer(to: requests[0])
        guard sample.status == 200 else { throw BenchError("a query was answered with \(sample.status)") }
        let client = try LoadClient(ports: Array(repeating: node.httpPort, count: connections))
        var latencies = Latencies()
        var sent = 0
        let begin = Clock.seconds
        let warmUp = begin + 1
        let end = warmUp + seconds
        try client.run(
            next: { _ in
                guard Clock.seconds < end else { return .finish }
                defer { sent += 1 }
                return .send(requests[sent % requests.count], tag: sent)
            },
            onAnswer: { answer in
                guard answer.status == 200 else { throw BenchError("a query was answered with \(answer.status)") }
                if Clock.seconds >= warmUp { latencies.record(nanoseconds: answer.nanoseconds) }
            }
        )
        return Outcome(rate: Double(latencies.count) / seconds, latencies: latencies, bodyBytes: sample.body.count)
    }
}
