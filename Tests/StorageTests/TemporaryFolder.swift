import Foundation

/// A folder of its own for one test, removed with the value.
final class TemporaryFolder: Sendable {
    let path: String

    init() {
        path = NSTemporaryDirectory() + "zhixin-storage-" + UUID().uuidString
    }

    deinit {
        // A test may have removed it already.
        try? FileManager.default.removeItem(atPath: path)
    }

    func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    func remove(_ file: String) throws { try FileManager.default.removeItem(atPath: file) }

    /// Copies `folder` as a crash at this moment would leave it to the next start of the machine.
    func copy(_ folder: String, to newFolder: String) throws {
        try FileManager.default.copyItem(atPath: folder, toPath: newFolder)
    }

    func read(_ file: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: file))) }

    func write(_ bytes: [UInt8], to file: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: file))
    }
}
