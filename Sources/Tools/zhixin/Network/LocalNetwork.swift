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
}

extension NodeFolder {
    /// The id of the process that runs this node, if one does.
    var runningProcess: pid_t? {
        guard let text = try? String(contentsOfFile: processIdentifier, encoding: .utf8),
            let id = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)), kill(id, 0) == 0,
            let command = try? String(contentsOfFile: "/proc/\(id)/cmdline", encoding: .utf8),
            command.contains("zhixin")
        else { return nil }
        return id
    }
}
