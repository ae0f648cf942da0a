import Foundation
import Glibc
import LedgerModel

/// The node folders of a local network and the processes that run them.
struct LocalNetwork {
    struct Member {
        let folder: NodeFolder
        let file: NodeFile
    }

    let path: String
    let members: [Member]

    /// - Throws: `CommandError` when the folder holds no node.
    init(path: String) throws {
        self.path = path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        members = try names.sorted().compactMap { name in
            let folder = NodeFolder(path: path + "/" + name)
            guard FileManager.default.fileExists(atPath: folder.configuration) else { return nil }
            return Member(folder: folder, file: try NodeFile(path: folder.configuration))
        }
        guard !members.isEmpty else {
            throw CommandError(
                code: "network-missing",
                chinese: "\(path) 中没有节点。请先执行 zhixin network init。",
                english: "\(path) holds no node; run zhixin network init first"
            )
        }
    }

    /// Every node, or the one that `name` names.
    /// - Throws: `CommandError` when the network has no such node.
    func members(only name: String?) throws(CommandError) -> [Member] {
        guard let name else { return members }
        let found = members.filter { $0.file.department.text == name }
        guard found.isEmpty else { return found }
        let known = members.map(\.file.department.text).joined(separator: ", ")
        throw CommandError(
            code: "node-unknown",
            chinese: "\(path) 中没有节点 \(name)。现有：\(known)",
            english: "\(path) has no node \(name); there are \(known)"
        )
    }
}

extension NodeFolder {
    /// The id of the process that runs this node, if one does.
    ///
    /// A number in a file outlives its process and may be another one's by now, so the process must have been started with
    /// this folder's configuration.
    var runningProcess: pid_t? {
        guard let text = try? String(contentsOfFile: processIdentifier, encoding: .utf8),
            let id = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)), id > 0,
            let own = NodeFolder.resolved(configuration),
            NodeFolder.configuration(ofProcess: id) == own
        else { return nil }
        return id
    }

    /// The configuration that a process was told to run a node with, or nil.
    private static func configuration(ofProcess id: pid_t) -> String? {
        guard let line = FileManager.default.contents(atPath: "/proc/\(id)/cmdline") else { return nil }
        let words = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        guard words.dropFirst().prefix(2) == ["node", "run"], let option = words.firstIndex(of: "--config"),
            option + 1 < words.count
        else { return nil }
        let path = words[option + 1]
        return resolved(path.hasPrefix("/") ? path : "/proc/\(id)/cwd/\(path)")
    }

    /// The path without links and dots, or nil where nothing is.
    private static func resolved(_ path: String) -> String? {
        guard let found = realpath(path, nil) else { return nil }
        defer { free(found) }
        return String(cString: found)
    }
}
