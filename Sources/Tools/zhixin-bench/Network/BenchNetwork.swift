import Credentials
import Cryptography
import Foundation
import LedgerModel
import Primitives

/// Four nodes as processes of their own, in a folder of their own, on ports of their own.
final class BenchNetwork {
    let folder: String
    let nodes: [BenchNode]
    let genesis: Genesis
    let digest: Digest
    let suite: Suite

    /// Makes the network's keys, genesis file and configurations.
    init(options: BenchOptions, name: String, firstPort: Int) throws {
        folder = options.folder + "/" + name
        Progress.tell("making network \(name)")
        _ = try Command.output(
            of: options.program("zhixin"),
            ["network", "init", "--template", options.template, "--out", folder, "--first-port", String(firstPort)]
        )
        guard let bytes = FileManager.default.contents(atPath: folder + "/genesis.bcs") else {
            throw BenchError("\(folder) has no genesis file")
        }
        genesis = try Genesis(canonicalBytes: Array(bytes))
        suite = try (genesis.suite == .guomi ? SuiteName.guomi : .international).suite
        digest = genesis.digest(suite.digestFunction)
        var nodes: [BenchNode] = []
        for case .department(let department) in genesis.records {
            let path = folder + "/" + department.code.text
            guard FileManager.default.fileExists(atPath: path) else { continue }
            nodes.append(try BenchNode(folder: path, department: department, program: options.program("zhixin")))
        }
        self.nodes = nodes
    }

    /// Starts the nodes that do not run; returns when all answer and are linked.
    func start() throws {
        let stopped = nodes.filter { !$0.isRunning }
        do {
            for node in stopped { try node.start() }
            for node in stopped { try node.waitUntilReady(seconds: 30) }
        } catch {
            stop()
            throw error
        }
    }

    /// Ends every node, each by its own process id.
    func stop() { for node in nodes { node.stop() } }

    /// Processor time of all nodes so far, in seconds.
    func processorSeconds() throws -> Double {
        try nodes.reduce(0) { $0 + (try ProcessFigures(of: $1.processIdentifier).processorSeconds) }
    }

    /// The certificate types that a department may issue.
    func types(of department: DepartmentID) -> [CertificateTypeRecord] {
        genesis.records.compactMap { record in
            if case .certificateType(let type) = record, type.issuers.contains(department) { type } else { nil }
        }
    }

    /// Whether every node has stored `size` register records, waiting for it.
    func waitUntilStored(registerSize size: UInt64, seconds: Double) throws -> Bool {
        for node in nodes {
            // A block may be megabytes, so it is fetched only when there is a new one.
            var seen: Int64 = -1
            let isStored = try Clock.wait(seconds: seconds) {
                let height = try node.storedHeight()
                guard height != seen else { return false }
                seen = height
                return try node.newestHeader().registerSize >= size
            }
            guard isStored else { return false }
        }
        return true
    }
}
