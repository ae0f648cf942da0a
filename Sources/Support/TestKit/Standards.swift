import Foundation

/// The folder of public test vectors, which stands beside the checkout and is never copied into it.
///
/// Its place is the environment's `ZHIXIN_STANDARDS`, else `../shared/standards` beside the checkout. A test that needs
/// a file of it says `@Test(.enabled(if: Standards.contains("cn/sm3.json"), "cn/sm3.json is absent"))`.
package enum Standards {
    /// Why a file of vectors could not be used.
    package enum StandardsError: Error, Equatable {
        /// No file stands at `path` in the folder.
        case absent(path: String)
    }

    /// The folder, whether it exists or not. Links are followed, for a package that links to these sources.
    private static let folder: URL = {
        if let named = ProcessInfo.processInfo.environment["ZHIXIN_STANDARDS"], !named.isEmpty {
            return URL(fileURLWithPath: named, isDirectory: true)
        }
        // <checkout>/Sources/Support/TestKit/Standards.swift
        var checkout = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<4 { checkout.deleteLastPathComponent() }
        return checkout.deletingLastPathComponent().appendingPathComponent(
            "shared/standards",
            isDirectory: true
        )
    }()

    /// Whether the file at `path` in the folder is there.
    package static func contains(_ path: String) -> Bool {
        FileManager.default.isReadableFile(atPath: folder.appendingPathComponent(path).path)
    }

    /// The bytes of the file at `path` in the folder, or nil when it is absent.
    package static func data(_ path: String) -> [UInt8]? {
        FileManager.default.contents(atPath: folder.appendingPathComponent(path).path).map {
            [UInt8]($0)
        }
    }

    /// The JSON file at `path` in the folder.
    ///
    /// - Throws: `StandardsError.absent`, or what `JSONDecoder` finds wrong.
    package static func load<Value: Decodable>(
        _ path: String,
        as type: Value.Type = Value.self
    )
        throws -> Value
    {
        guard let bytes = data(path) else { throw StandardsError.absent(path: path) }
        return try JSONDecoder().decode(type, from: Data(bytes))
    }
}
