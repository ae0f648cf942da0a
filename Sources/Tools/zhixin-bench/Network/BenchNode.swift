import Credentials
import Cryptography
import Foundation
import Glibc
import LedgerModel
import Primitives

/// One department's node: its process, its ports and its keys.
final class BenchNode {
    let folder: String
    let department: DepartmentRecord
    let httpPort: Int
    let tlsPort: Int
    let transactionKey: SigningKey
    private let program: String
    private var process: Process?
    private var connection: Connection?

    init(folder: String, department: DepartmentRecord, program: String) throws {
        self.folder = folder
        self.department = department
        self.program = program
        guard let bytes = FileManager.default.contents(atPath: folder + "/descriptor.json"),
            let descriptor = try JSONValue(parsing: Array(bytes), byteCountMax: 65_536).object,
            let http = descriptor["httpPort"]?.integer, let tls = descriptor["tlsPort"]?.integer
        else { throw BenchError("\(folder) has no descriptor") }
        httpPort = Int(http)
        tlsPort = Int(tls)
        transactionKey = try KeyFile.readSigningKey(folder + "/keys/transaction.key")
    }

    var processIdentifier: Int32 { process?.processIdentifier ?? 0 }

    var isRunning: Bool { process?.isRunning == true }

    /// Where the ledger lies.
    var ledgerFolder: String { folder + "/data/ledger" }

    func start() throws {
        let log = folder + "/bench.log"
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        guard let handle = FileHandle(forWritingAtPath: log) else { throw BenchError("\(log) cannot be written") }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["node", "run", "--config", folder + "/node.yaml", "--log-level", "warning"]
        process.standardOutput = handle
        process.standardError = handle
        process.standardInput = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            throw BenchError("\(program) cannot be run: \(error)")
        }
        self.process = process
        connection = nil
    }

    /// Ends the node and waits until it has ended.
    func stop() {
        guard let process, process.isRunning else { return }
        process.terminate()
        let ended = Clock.wait(seconds: 10) { !process.isRunning }
        if !ended { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        connection = nil
    }

    /// Waits until the node answers at all.
    func waitUntilAnswering(seconds: Double) throws {
        try wait(seconds: seconds, for: "an answer") { (try? status()) != nil }
    }

    /// Waits until the node says that it is linked to a quorum and up to date.
    func waitUntilReady(seconds: Double) throws {
        try wait(seconds: seconds, for: "readiness") { (try? answer(to: .get("/readyz")))?.status == 200 }
    }

    private func wait(seconds: Double, for what: String, until condition: () -> Bool) throws {
        let isDone = Clock.wait(seconds: seconds) { !isRunning || condition() }
        guard isDone, isRunning else {
            let log = (try? String(contentsOfFile: folder + "/bench.log", encoding: .utf8)) ?? ""
            throw BenchError("node \(department.code): no \(what); its log ends: \(log.suffix(600))")
        }
    }

    /// Asks over the connection that steers measurements.
    func answer(to request: Request) throws -> AnswerParser.Answer {
        if connection == nil { connection = try Connection(port: httpPort) }
        guard let connection else { throw BenchError("no connection") }
        do {
            return try connection.answer(to: request)
        } catch {
            self.connection = nil
            throw error
        }
    }

    func status() throws -> JSONObject {
        let answer = try answer(to: .get("/v1/status"))
        guard answer.status == 200, let status = try JSONValue(parsing: answer.body, byteCountMax: 1 << 20).object
        else {
            throw BenchError("GET /v1/status was answered with \(answer.status)")
        }
        return status
    }

    /// The header of the newest block in the node's store.
    func newestHeader() throws -> Header {
        let answer = try answer(to: .get("/v1/blocks/latest", accept: "application/octet-stream"))
        guard answer.status == 200 else { throw BenchError("GET /v1/blocks/latest was answered with \(answer.status)") }
        return try FinalisedBlock(canonicalBytes: answer.body).block.header
    }

    /// The height of the newest block in the node's store.
    func storedHeight() throws -> Int64 {
        guard let height = try status()["storedHeight"]?.integer else { throw BenchError("no height in /v1/status") }
        return height
    }

    /// Transactions that wait in the node's pool.
    func poolCount() throws -> Int { Int(try status()["poolCount"]?.integer ?? 0) }
}
