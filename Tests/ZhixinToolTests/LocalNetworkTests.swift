import Foundation
import Testing

@testable import zhixin

@Suite struct LocalNetworkTests {
    private let scratch: ScratchFolder
    private let folder: NodeFolder

    init() throws {
        scratch = try ScratchFolder()
        for name in ["police", "market"] {
            try FileManager.default.createDirectory(atPath: scratch.file(name), withIntermediateDirectories: true)
            _ = try scratch.write([], "\(name)/node.yaml")
        }
        // Stands for the program: it waits until its input ends.
        _ = try scratch.write(Array("read line\n".utf8), "node")
        folder = NodeFolder(path: scratch.file("police"))
    }

    /// A number in the file of a node that has ended may be anyone's by now: only this node's own process is stopped.
    @Test(arguments: [
        ("node run --config FOLDER/police/node.yaml", true),
        ("node run --config police/node.yaml", true),
        ("node run --log-level info --config FOLDER/market/../police/node.yaml", true),
        ("node run --config FOLDER/market/node.yaml", false),
        ("node run --config market/node.yaml", false),
        ("node run --config", false),
        ("node init --config FOLDER/police/node.yaml", false),
        ("node zhixin FOLDER/police/node.yaml", false),
    ])
    func onlyTheNodesOwnProcessIsFound(command: String, isFound: Bool) throws {
        let process = Process()
        let input = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = command.replacing("FOLDER", with: scratch.path).split(separator: " ").map(String.init)
        process.currentDirectoryURL = URL(fileURLWithPath: scratch.path)
        process.standardInput = input
        try process.run()
        defer {
            input.fileHandleForWriting.closeFile()
            process.waitUntilExit()
        }
        _ = try scratch.write(Array("\(process.processIdentifier)\n".utf8), "police/node.pid")
        #expect(folder.runningProcess == (isFound ? process.processIdentifier : nil))
    }

    @Test(arguments: ["", "0", "-1", "x", "2147483647"]) func otherNumbersAreNoProcess(text: String) throws {
        _ = try scratch.write(Array(text.utf8), "police/node.pid")
        #expect(folder.runningProcess == nil)
    }
}
