import ArgumentParser
import Credentials
import Foundation
import LedgerModel

/// Starts every node of a local network that is not running.
struct NetworkUp: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "启动本机网络的各节点。Start the nodes of a local network."
    )

    @Option(name: .long, help: "网络文件夹。The network's folder.")
    var dir: String = "Nodes/local"

    @Option(name: .long, help: "只启动这个节点。Only this node.")
    var only: String?

    @OptionGroup var output: Output

    private typealias Failure = (department: Code, cause: CommandError)

    func run() async throws {
        try await output.run {
            let members = try LocalNetwork(path: dir).members(only: only)
            var starts: [Code: NodeStart] = [:]
            var failures: [Failure] = []
            for member in members {
                do {
                    starts[member.file.department] = try await start(member)
                } catch let error as CommandError {
                    failures.append((member.file.department, error))
                }
            }
            var silent: [(department: Code, refusal: VotingRefusal)] = []
            let failed = failures.map(\.department)
            for member in members where !failed.contains(member.file.department) {
                let department = member.file.department
                guard let status = try await waitUntilReady(member) else {
                    failures.append((department, failure(of: member, starts[department])))
                    continue
                }
                if let refusal = status["refusal"]?.string {
                    silent.append((department, VotingRefusal(named: refusal)))
                }
            }
            // One that answered may have found another of its ports taken since.
            for member in members where member.folder.runningProcess == nil {
                let department = member.file.department
                guard !failures.contains(where: { $0.department == department }) else { continue }
                failures.append((department, failure(of: member, starts[department])))
            }
            if !failures.isEmpty { throw NetworkUp.error(failures, members) }
            for (department, refusal) in silent {
                output.tell("警告：\(department) 不投票：\(refusal.chinese)。")
                output.tell("warning: \(department) does not vote: \(refusal.english) [\(refusal.name)]")
            }
            show(members, starts, silent.map { ($0.department, $0.refusal.name) })
        }
    }

    /// Nil for a node that runs already.
    private func start(_ member: LocalNetwork.Member) async throws -> NodeStart? {
        let (department, file) = (member.file.department, member.file)
        if let id = member.folder.runningProcess {
            output.tell("\(department) 已在运行（进程 \(id)）already running")
            return nil
        }
        if case .own = await NodeProbe(file: file).answer() {
            throw CommandError(
                code: "port-in-use",
                chinese: "\(file.host):\(file.httpPort) 上已有另一个进程作为本节点运行，请先停止它。",
                english: "another process runs as this node at \(file.host):\(file.httpPort); stop it first"
            )
        }
        let start = try NodeStart(member.folder)
        output.tell("\(department)：进程 \(start.process)，http://\(file.host):\(file.httpPort)/")
        return start
    }

    /// The status of a node that works, or nil once it ended or time is over.
    private func waitUntilReady(_ member: LocalNetwork.Member) async throws -> JSONObject? {
        let deadline = Date().addingTimeInterval(30)
        while member.folder.runningProcess != nil, Date() < deadline {
            // Before its first view a node does not know yet whether it votes.
            if let status = await NodeProbe(file: member.file).answer().status, status["view"]?.integer != 0 {
                return status
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        return nil
    }

    private func failure(of member: LocalNetwork.Member, _ start: NodeStart?) -> CommandError {
        if member.folder.runningProcess == nil, let start { return start.failure() }
        return CommandError(
            code: "node-not-ready",
            chinese: "30 秒内没有应答，见日志 \(member.folder.log)。",
            english: "it did not answer within 30 seconds; see its log \(member.folder.log)"
        )
    }

    /// What failed, with the first cause's code, and what runs nevertheless.
    private static func error(_ failures: [Failure], _ members: [LocalNetwork.Member]) -> CommandError {
        let running = members.filter { $0.folder.runningProcess != nil }.map(\.file.department.text)
            .joined(separator: ", ")
        let chinese = failures.map { "节点 \($0.department) 未能启动：\($0.cause.chinese)" }
        let english = failures.map { "node \($0.department) did not start: \($0.cause.english)" }
        return CommandError(
            code: failures[0].cause.code,
            chinese: (chinese + (running.isEmpty ? [] : ["正在运行：\(running)。"])).joined(separator: "\n"),
            english: (english + (running.isEmpty ? [] : ["running: \(running)"])).joined(separator: "\n")
        )
    }

    private func show(
        _ members: [LocalNetwork.Member],
        _ starts: [Code: NodeStart],
        _ silent: [(department: Code, refusal: String)]
    ) {
        let started = members.compactMap { member -> JSONValue? in
            starts[member.file.department].map { start in
                .of([
                    ("department", .string(member.file.department.text)), ("process", .integer(Int64(start.process))),
                ])
            }
        }
        let notVoting = silent.map { node -> JSONValue in
            .of([("department", .string(node.department.text)), ("refusal", .string(node.refusal))])
        }
        output.show(
            .of([("started", .array(started)), ("notVoting", .array(notVoting))]),
            words: ["\(members.count) 个节点均已就绪 all nodes are ready"]
        )
    }
}
