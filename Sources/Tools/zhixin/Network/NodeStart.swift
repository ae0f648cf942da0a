import Foundation
import Glibc

/// One start of a node as a process of its own, and what the node wrote since.
struct NodeStart {
    let process: pid_t
    private let log: String
    /// The log holds earlier starts before this place.
    private let logStart: UInt64

    /// Starts the node; that it can serve is not known then.
    /// - Throws: `CommandError`.
    init(_ folder: NodeFolder) throws {
        log = folder.log
        let descriptor = open(log, O_WRONLY | O_APPEND | O_CREAT, 0o600)
        guard descriptor >= 0 else { throw CommandError.file(log, "无法写入", "not writable") }
        defer { close(descriptor) }
        logStart = UInt64(max(0, lseek(descriptor, 0, SEEK_END)))
        process = try NodeStart.spawn(folder.configuration, output: descriptor)
        try Data("\(process)\n".utf8).write(to: URL(fileURLWithPath: folder.processIdentifier))
    }

    private static func spawn(_ configuration: String, output: Int32) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A session of its own (POSIX_SPAWN_SETSID, which the module does not export): the node outlives the terminal.
        posix_spawnattr_setflags(&attributes, 0x80)
        let program = CommandLine.arguments[0].contains("/") ? CommandLine.arguments[0] : "/proc/self/exe"
        let words = [program, "node", "run", "--config", configuration]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var id = pid_t()
        let result = posix_spawn(&id, program, &actions, &attributes, &arguments, environ)
        guard result == 0 else { throw CommandError.file(program, String(cString: strerror(result))) }
        return id
    }

    /// Why the node ended, in its own words and with its own code if it had any.
    func failure() -> CommandError {
        let handle = FileHandle(forReadingAtPath: log)
        // `try?`: a log that cannot be read only makes the report shorter.
        try? handle?.seek(toOffset: logStart)
        let written = (try? handle?.readToEnd()).flatMap(\.self) ?? Data()
        return NodeStart.failure(written: String(decoding: written, as: UTF8.self), log: log)
    }

    /// - Parameter written: what a node that ended had written since its start.
    static func failure(written: String, log: String) -> CommandError {
        let lines = written.split(separator: "\n")
        if let last = lines.last, let match = last.wholeMatch(of: /(.+) \[([a-z0-9-]+)\]/) {
            return CommandError(
                code: String(match.2),
                chinese: lines.dropLast().last.map(String.init) ?? "见日志 \(log)。",
                english: String(match.1)
            )
        }
        let tail = lines.suffix(3).joined(separator: "\n")
        return CommandError(
            code: "node-not-ready",
            chinese: "进程已退出，见日志 \(log)。",
            english: "the process ended; " + (tail.isEmpty ? "it wrote nothing" : "the log \(log) ends with:\n\(tail)")
        )
    }
}
