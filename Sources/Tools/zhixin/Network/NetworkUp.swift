import ArgumentParser
import Credentials
import Foundation
import Glibc
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

    func run() async throws {
        try await output.run {
            let network = try LocalNetwork(path: dir)
            var started: [JSONValue] = []
            for member in network.members where only == nil || only == member.file.department.text {
                if let id = member.folder.runningProcess {
                    output.tell("\(member.file.department) 已在运行（进程 \(id)）already running")
                    continue
                }
                let id = try start(member)
                started.append(
                    .of([("department", .string(member.file.department.text)), ("process", .integer(Int64(id)))])
                )
                output.tell(
                    "\(member.file.department)：进程 \(id)，http://\(member.file.host):\(member.file.httpPort)/"
                )
            }
            let members = network.members.filter { only == nil || only == $0.file.department.text }
            try await waitUntilReady(members)
            output.show(
                .of([("started", .array(started))]),
                words: ["\(members.count) 个节点均已就绪 all nodes are ready"]
            )
        }
    }

    private func start(_ member: LocalNetwork.Member) throws -> pid_t {
        let log = member.folder.log
        let descriptor = open(log, O_WRONLY | O_APPEND | O_CREAT, 0o600)
        guard descriptor >= 0 else { throw CommandError.file(log, "无法写入 not writable") }
        defer { close(descriptor) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, descriptor, 1)
        posix_spawn_file_actions_adddup2(&actions, descriptor, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A session of its own (POSIX_SPAWN_SETSID, which the module does not export): the node outlives the terminal.
        posix_spawnattr_setflags(&attributes, 0x80)
        let program = CommandLine.arguments[0].contains("/") ? CommandLine.arguments[0] : "/proc/self/exe"
        let words = [program, "node", "run", "--config", member.folder.configuration]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var id = pid_t()
        let result = posix_spawn(&id, program, &actions, &attributes, &arguments, environ)
        guard result == 0 else { throw CommandError.file(program, String(cString: strerror(result))) }
        try Data("\(id)\n".utf8).write(to: URL(fileURLWithPath: member.folder.processIdentifier))
        return id
    }

    /// Waits until each node answers; a node that ended is reported with the last lines of its log.
    private func waitUntilReady(_ members: [LocalNetwork.Member]) async throws {
        for member in members {
            let deadline = Date().addingTimeInterval(30)
            while await NodeProbe(file: member.file).status() == nil {
                guard member.folder.runningProcess != nil, Date() < deadline else {
                    let log = (try? String(contentsOfFile: member.folder.log, encoding: .utf8)) ?? ""
                    let tail = log.split(separator: "\n").suffix(3).joined(separator: "\n")
                    throw CommandError(
                        code: "node-not-ready",
                        chinese: "节点 \(member.file.department) 未能启动，日志 \(member.folder.log)：\n\(tail)",
                        english: "node \(member.file.department) did not start; its log ends as above"
                    )
                }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }
}
