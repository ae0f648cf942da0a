import Credentials
import Cryptography
import Foundation
import Primitives

/// The second half of P2: from rows of a department's export, through the clerk's request, the check of each row, the
/// SD-JWT, the vault and the ledger, to the answer that they are final.
struct ClerkLoad {
    private static let rowsPerBatch = 2_000
    /// Clerks of one department who send batches at the same time.
    private static let connections = 2

    let bench: Bench
    let network: BenchNetwork

    /// The figure, or why there is none.
    func describe() -> JSONValue {
        do {
            return try measure()
        } catch {
            return ["unavailable": .string("\(error)")]
        }
    }

    private func measure() throws -> JSONValue {
        let batches = bench.options.sized(20, quick: 6)
        var clerks: [(Clerk, CertificateTypeDefinition)] = []
        for node in network.nodes {
            let clerk = try Clerk(of: node, in: network)
            if let type = try clerk.personalType() { clerks.append((clerk, type)) }
        }
        guard !clerks.isEmpty else { throw BenchError("no department issues certificates about persons") }
        var bodies: [[UInt8]] = []
        for index in 0..<batches {
            let type = clerks[index % clerks.count].1
            bodies.append(
                CertificateBatchRequest(
                    batch: SystemEntropy.randomBytes(16),
                    type: type.code,
                    rows: rows(of: type, seed: UInt64(index + 1))
                ).jsonBytes
            )
        }
        // One connection belongs to one department's node, and takes that department's batches.
        let owners = (0..<(Self.connections * clerks.count)).map { $0 % clerks.count }
        let client = try LoadClient(ports: owners.map { clerks[$0].0.node.httpPort })
        var waiting = (0..<clerks.count).map { owner in Array(stride(from: owner, to: batches, by: clerks.count)) }
        var issued = 0
        var rejected = 0
        let begin = Clock.seconds
        try client.run(
            keepsBodies: true,
            next: { connection in
                let own = owners[connection]
                guard let index = waiting[own].popLast() else { return .retire }
                return .send(try clerks[own].0.post("/v1/certificates/batches", bodies[index]), tag: index)
            },
            onAnswer: { answer in
                guard answer.status == 200 else {
                    throw BenchError("a clerk's batch was answered with \(answer.status): \(answer.text.prefix(300))")
                }
                let report = try CertificateBatchReport(parsing: answer.body, byteCountMax: 1 << 22)
                issued += report.issued
                rejected += report.rejected.count
            }
        )
        let seconds = Clock.seconds - begin
        return [
            "perSecond": .number(Double(issued) / seconds, digits: 0),
            "issued": .integer(Int64(issued)),
            "rejected": .integer(Int64(rejected)),
            "seconds": .number(seconds, digits: 2),
            "rowsPerBatch": .integer(Int64(Self.rowsPerBatch)),
            "departments": .integer(Int64(clerks.count)),
        ]
    }

    private func rows(of type: CertificateTypeDefinition, seed: UInt64) -> [CertificateBatchRow] {
        var export = SyntheticExport(
            type: type,
            seed: seed,
            citizenCount: UInt64(Self.rowsPerBatch * 20),
            rowsMax: UInt64(Self.rowsPerBatch)
        )
        let headers = export.headers
        var rows: [CertificateBatchRow] = []
        while let cells = export.next() {
            let values = zip(headers, cells).map { CertificateBatchRow.Cell(header: $0, text: $1) }
            rows.append(CertificateBatchRow(line: rows.count + 2, values: values))
        }
        return rows
    }
}
