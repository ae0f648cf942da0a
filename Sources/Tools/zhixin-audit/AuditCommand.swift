import ArgumentParser
import Credentials
import Cryptography
import Execution
import LedgerModel
import Merkle
import Primitives

/// `zhixin-audit`: replays a ledger from genesis and says whether it is what its headers say.
///
/// It never imports a node. With `--data` it also compares everything that a node stored; it opens the folder itself, so
/// the folder must be a copy.
@main
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zhixin-audit",
        abstract: "审计账本：从创世文件重放全部区块。Audit a ledger: replay every block from genesis.",
        discussion: """
            退出码 exit codes: 0 账本无误 sound, 1 发现问题 a fault, 2 未能完成 not done.
            --data 须为副本，切勿指向运行中的目录。 --data must be a copy, never a live folder.
            """,
        version: Version.text
    )

    @Option(help: "创世文件 the genesis file that everyone pins")
    var genesis: String

    @Option(help: "导出文件 an export file")
    var file: String?

    @Option(help: "节点地址 a node's address, such as http://127.0.0.1:8080")
    var node: String?

    @Option(help: "节点 data/ledger 目录（或其上级 data）的副本 a copy of a node's data/ledger, or of its data")
    var data: String?

    @Option(help: "同时写出导出文件 write what was replayed to an export file")
    var writeExport: String?

    @Flag(help: "允许末尾区块尚无证书 accept newest blocks that no certificate makes final, as after a crash")
    var allowUncertifiedTail = false

    @Flag(help: "输出 JSON print the result as JSON")
    var json = false

    @Flag(help: "不显示进度 show no progress")
    var quiet = false

    func validate() throws {
        guard [file, node, data].compactMap(\.self).count == 1 else {
            throw ValidationError("须且仅须指定 --file、--node、--data 之一 (name exactly one of --file, --node, --data)")
        }
    }

    func run() async throws {
        do {
            let report = try await audit()
            print(json ? report.json : report.lines.joined(separator: "\n"))
            guard report.exitCode == 0 else { throw ExitCode(report.exitCode) }
        } catch let problem as SourceProblem {
            print(json ? AuditCommand.problemJSON(problem) : "未能完成 NOT DONE: \(problem.reason)")
            throw ExitCode(AuditReport.problemCode)
        }
    }

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            // ArgumentParser's own code for usage errors is 64; here 2 means that no audit was done.
            let code = exitCode(for: error)
            exit(withError: code == .validationFailure ? AuditCommand.usageError(error) : error)
        }
    }

    private static func usageError(_ error: any Error) -> any Error {
        print(fullMessage(for: error))
        return ExitCode(AuditReport.problemCode)
    }

    private func audit() async throws -> AuditReport {
        let genesis = try AuditCommand.readGenesis(self.genesis)
        let suite = try AuditCommand.suite(of: genesis)
        var auditor: ChainAuditor
        do {
            auditor = try ChainAuditor(genesis: genesis, suite: suite)
        } catch {
            throw SourceProblem(reason: "创世文件不能用 (the genesis file begins no ledger): \(error)")
        }
        auditor.allowsUncertifiedTail = allowUncertifiedTail
        let reporter = ProgressReporter(isQuiet: quiet)
        let writer = try writeExport.map { path throws(SourceProblem) in
            try ExportWriter(path: path, network: auditor.network, others: reporter)
        }
        let observer: any AuditObserver = writer ?? reporter
        let outcome: AuditOutcome
        if let file {
            outcome = await auditor.audit(
                ExportSource(try FileStream(path: file), network: auditor.network),
                observer: observer
            )
        } else if let node {
            outcome = await auditor.audit(NodeSource(node: node), observer: observer)
        } else {
            let folder = try FolderReader(path: data ?? "")
            let comparison = FolderComparison(
                folder,
                genesis: try Executor.genesisBlock(genesis, suite: suite),
                hasher: MerkleHasher(suite.digestFunction),
                others: observer
            )
            outcome = await auditor.audit(try FolderSource(folder), observer: comparison)
        }
        reporter.clear()
        return auditor.report(
            genesis: genesis,
            outcome: outcome,
            isFolderCompared: data != nil,
            seconds: reporter.seconds
        )
    }

    private static func problemJSON(_ problem: SourceProblem) -> String {
        let object: JSONObject = ["outcome": "unreadable", "problem": ["reason": .string(problem.reason)]]
        return String(decoding: JSONValue.object(object).compactBytes, as: UTF8.self)
    }

    private static func readGenesis(_ path: String) throws(SourceProblem) -> Genesis {
        let bytes = try FileStream.contents(of: path, byteCountMax: 256 * 1024 * 1024)
        do throws(DecodeError) {
            return try Genesis(canonicalBytes: bytes)
        } catch {
            throw SourceProblem(reason: "\(path): 不是创世文件 (not a genesis file): \(error)")
        }
    }

    private static func suite(of genesis: Genesis) throws(SourceProblem) -> Suite {
        switch genesis.suite {
        case .international: return Suites.international
        case .guomi:
            do throws(CryptographyError) {
                return try Suites.guomi
            } catch {
                throw SourceProblem(reason: "本机不支持国密算法 (this host has no SM2 or SM3): \(error)")
            }
        }
    }
}
