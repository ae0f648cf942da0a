import Credentials
import Cryptography
import Foundation
import LedgerModel
import Primitives
import ZhixinVerify

/// P6: a bundle that a clerk made of a certificate: its size, and how long it takes to verify it without a network.
enum BundleMeasurement {
    private static let fieldsMax = 5

    static func run(_ bench: Bench) throws -> BenchResult {
        let network = try bench.filledNetwork(certificates: 10_000)
        let bytes = try makeBundle(network)
        let verifier = try BundleVerifier(genesis: network.genesis, suite: network.suite)
        _ = try verifier.verify(bytes: bytes, now: Clock.civil)
        var latencies = Latencies()
        for _ in 0..<bench.options.sized(2_000, quick: 500) {
            let now = Clock.civil
            let begin = Clock.nanoseconds
            _ = try verifier.verify(bytes: bytes, now: now)
            latencies.record(nanoseconds: Clock.nanoseconds - begin)
        }
        return BenchResult(
            latencies.milliseconds(percent: 50),
            "ms (p50)",
            goal: "≤ 1 ms; ≤ 2,331 bytes for 7 validators and 10 million certificates",
            details: [
                "bytes": .integer(Int64(bytes.count)),
                "validators": .integer(Int64(network.nodes.count)),
                "certificates": .integer(Int64(bench.commitments.count)),
                "verification": latencies.json,
            ]
        )
    }

    private static func makeBundle(_ network: BenchNetwork) throws -> [UInt8] {
        for node in network.nodes {
            let clerk = try Clerk(of: node, in: network)
            guard let type = try clerk.personalType() else { continue }
            var export = SyntheticExport(type: type, seed: 99, citizenCount: 100, rowsMax: 1)
            guard let cells = export.next() else { continue }
            let values = zip(export.headers, cells).map { CertificateBatchRow.Cell(header: $0, text: $1) }
            let batch = CertificateBatchRequest(
                batch: SystemEntropy.randomBytes(16),
                type: type.code,
                rows: [CertificateBatchRow(line: 2, values: values)]
            )
            _ = try answer(clerk, "/v1/certificates/batches", batch.jsonBytes)
            let number = type.fields.firstIndex { $0.name == type.numberField }.map { cells[$0] }
            let search = VaultSearchRequest(type: type.code, number: number)
            let found = try VaultSearchResponse(
                parsing: try answer(clerk, "/v1/vault/searches", search.jsonBytes),
                byteCountMax: 1 << 20
            )
            guard let hit = found.certificates.first else { throw BenchError("the vault lacks what was issued") }
            let fields = type.fields.prefix(fieldsMax).map(\.name)
            return try answer(
                clerk,
                "/v1/certificates/\(hit.certificate)/bundle",
                BundleRequest(fields: Array(fields)).jsonBytes
            )
        }
        throw BenchError("no department issues certificates about persons")
    }

    private static func answer(_ clerk: Clerk, _ target: String, _ body: [UInt8]) throws -> [UInt8] {
        let answer = try clerk.node.answer(to: try clerk.post(target, body))
        guard answer.status == 200 else {
            throw BenchError("\(target) was answered with \(answer.status): \(answer.text.prefix(300))")
        }
        return answer.body
    }
}
