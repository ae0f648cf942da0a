import Foundation

/// A program of the host that judges what this project makes.
struct CommandLineTool {
    struct Result {
        let status: Int32
        let output: String
    }

    static let openssl = CommandLineTool(named: "openssl")

    private let executable: URL

    /// The program of this name on the path, or nil.
    init?(named name: String) {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        let candidates = folders.map { "\($0)/\(name)" }
        guard let path = candidates.first(where: FileManager.default.isExecutableFile(atPath:)) else { return nil }
        executable = URL(fileURLWithPath: path)
    }

    /// What the program answers, both its streams in one.
    func run(_ arguments: [String]) throws -> Result {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = executable
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(status: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
    }
}
