import Foundation

/// The checkout that these tests look at.
enum Repository {
    static let root: URL = {
        var url = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url
    }()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
    }

    /// Paths, relative to the root, of the files below `folder` that end with `suffix`.
    static func files(below folder: String, suffix: String) -> [String] {
        let base = root.appendingPathComponent(folder)
        guard let walk = FileManager.default.enumerator(atPath: base.path) else { return [] }
        var found: [String] = []
        for case let path as String in walk where path.hasSuffix(suffix) && !path.contains(".build/") {
            found.append(folder + "/" + path)
        }
        return found.sorted()
    }
}
