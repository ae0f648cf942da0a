import ArgumentParser
import Credentials
import Foundation
import LedgerModel

/// Shows height, view, peers and lag of each node.
struct NetworkStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "各节点的高度、视图、连接与落后。Height, view, peers and lag of each node."
    )

    @Option(name: .long, help: "网络文件夹。The network's folder.")
    var dir: String = "Nodes/local"

    @OptionGroup var output: Output

    func run() async throws {
        try await output.run {
            let network = try LocalNetwork(path: dir)
            var rows: [(department: String, process: Int64?, status: JSONObject?)] = []
            for member in network.members {
                rows.append(
                    (
                        member.file.department.text,
                        member.folder.runningProcess.map(Int64.init),
                        await NodeProbe(file: member.file).status()?.object
                    )
                )
            }
            let highest = rows.compactMap { $0.status?["finalHeight"]?.integer }.max() ?? 0
            let nodes = rows.map { row -> JSONValue in
                let height = row.status?["finalHeight"]?.integer
                return .of([
                    ("department", .string(row.department)),
                    ("process", row.process.map { .integer($0) } ?? .null),
                    ("isUp", .bool(row.status != nil)),
                    ("height", height.map { .integer($0) } ?? .null),
                    ("storedHeight", row.status?["storedHeight"] ?? .null),
                    ("view", row.status?["view"] ?? .null),
                    ("peers", row.status.map { .integer(Int64(NetworkStatus.connectedCount($0))) } ?? .null),
                    ("lag", height.map { .integer(highest - $0) } ?? .null),
                    ("refusal", row.status?["refusal"] ?? .null),
                ])
            }
            output.show(.of([("nodes", .array(nodes))]), words: words(rows.map { ($0.department, $0.status) }, highest))
        }
    }

    /// How many other nodes this one has a link to.
    private static func connectedCount(_ status: JSONObject) -> Int {
        (status["peers"]?.array ?? []).count { $0.object?["connected"]?.bool == true }
    }

    private func words(_ rows: [(String, JSONObject?)], _ highest: Int64) -> [String] {
        ["部门 department            高度 height   视图 view  连接 peers  落后 lag"]
            + rows.map { name, status in
                guard let status else { return name.padding(toLength: 26, withPad: " ", startingAt: 0) + "未运行 down" }
                let height = status["finalHeight"]?.integer ?? 0
                let cells = [
                    "\(height)", "\(status["view"]?.integer ?? 0)", "\(NetworkStatus.connectedCount(status))",
                    "\(highest - height)",
                ]
                return name.padding(toLength: 26, withPad: " ", startingAt: 0)
                    + cells.map { $0.padding(toLength: 13, withPad: " ", startingAt: 0) }.joined()
            }
    }
}
