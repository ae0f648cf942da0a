import ArgumentParser
import Credentials
import Foundation
import Glibc
import LedgerModel

/// Stops the nodes of a local network cleanly.
struct NetworkDown: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down",
        abstract: "停止本机网络的各节点。Stop the nodes of a local network."
    )

    @Option(name: .long, help: "网络文件夹。The network's folder.")
    var dir: String = "Nodes/local"

    @Option(name: .long, help: "只停止这个节点。Only this node.")
    var only: String?

    @OptionGroup var output: Output

    func run() async throws {
        try await output.run {
            var stopped: [JSONValue] = []
            for member in try LocalNetwork(path: dir).members(only: only) {
                guard let id = member.folder.runningProcess else { continue }
                kill(id, SIGTERM)
                let deadline = Date().addingTimeInterval(15)
                while member.folder.runningProcess != nil {
                    guard Date() < deadline else {
                        throw CommandError(
                            code: "node-does-not-stop",
                            chinese: "节点 \(member.file.department)（进程 \(id)）15 秒内未停止。",
                            english: "node \(member.file.department) (process \(id)) did not stop within 15 seconds"
                        )
                    }
                    try await Task.sleep(for: .milliseconds(20))
                }
                try? FileManager.default.removeItem(atPath: member.folder.processIdentifier)
                stopped.append(.string(member.file.department.text))
                output.tell("\(member.file.department) 已停止 stopped")
            }
            output.show(.of([("stopped", .array(stopped))]), words: ["已停止 \(stopped.count) 个节点 nodes stopped"])
        }
    }
}
