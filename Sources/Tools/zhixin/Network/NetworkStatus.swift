import ArgumentParser
import Credentials
import Foundation
import LedgerModel

/// Shows height, view, peers and lag of each node, and which does not vote.
struct NetworkStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "各节点的高度、视图、连接、落后与投票。Height, view, peers, lag and voting of each node.",
        discussion: "退出码 exit codes: 0 有节点在运行 a node is up, 1 没有 none is."
    )

    @Option(name: .long, help: "网络文件夹。The network's folder.")
    var dir: String = "Nodes/local"

    @OptionGroup var output: Output

    private struct Row {
        let department: String
        let process: Int64?
        let answer: NodeProbe.Answer
        var status: JSONObject? { answer.status }
        var height: Int64? { status?["finalHeight"]?.integer }
    }

    func run() async throws {
        try await output.run {
            var rows: [Row] = []
            for member in try LocalNetwork(path: dir).members {
                rows.append(
                    Row(
                        department: member.file.department.text,
                        process: member.folder.runningProcess.map(Int64.init),
                        answer: await NodeProbe(file: member.file).answer()
                    )
                )
            }
            let highest = rows.compactMap(\.height).max() ?? 0
            let nodes = rows.map { row -> JSONValue in
                .of([
                    ("department", .string(row.department)),
                    ("process", row.process.map { .integer($0) } ?? .null),
                    ("isUp", .bool(row.status != nil)),
                    ("height", row.height.map { .integer($0) } ?? .null),
                    ("storedHeight", row.status?["storedHeight"] ?? .null),
                    ("view", row.status?["view"] ?? .null),
                    ("peers", row.status.map { .integer(Int64(NetworkStatus.connectedCount($0))) } ?? .null),
                    ("lag", row.height.map { .integer(highest - $0) } ?? .null),
                    ("refusal", row.status?["refusal"] ?? .null),
                ])
            }
            output.show(.of([("nodes", .array(nodes))]), words: NetworkStatus.words(rows, highest))
            guard rows.contains(where: { $0.status != nil }) else { throw ExitCode(1) }
        }
    }

    /// How many other nodes this one has a link to.
    private static func connectedCount(_ status: JSONObject) -> Int {
        (status["peers"]?.array ?? []).count { $0.object?["connected"]?.bool == true }
    }

    private static func words(_ rows: [Row], _ highest: Int64) -> [String] {
        ["部门 department            高度 height   视图 view    连接 peers   落后 lag     投票 votes"]
            + rows.map { row in
                let name = row.department.padding(toLength: 26, withPad: " ", startingAt: 0)
                switch row.answer {
                case _ where row.status == nil && row.process != nil: return name + "没有应答 no answer"
                case .none: return name + "未运行 down"
                case .other: return name + "未运行，端口被占用 down, something else has its port"
                case .own(let status):
                    let height = row.height ?? 0
                    let cells = [
                        "\(height)", "\(status["view"]?.integer ?? 0)", "\(connectedCount(status))",
                        "\(highest - height)",
                    ]
                    let numbers = cells.map { $0.padding(toLength: 13, withPad: " ", startingAt: 0) }
                    return name + numbers.joined() + votes(status)
                }
            }
    }

    /// Whether the node votes, and if not, why.
    private static func votes(_ status: JSONObject) -> String {
        if let refusal = status["refusal"]?.string { return "否 no (\(VotingRefusal(named: refusal).name))" }
        return status["ownIndex"] == nil ? "否 no (跟随 follows)" : "是 yes"
    }
}
