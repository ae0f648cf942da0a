import Credentials
import Foundation
import Yams

/// Reads YAML written by people into the strict values that the pure targets decode.
enum YAMLFile {
    /// Bytes of one file: a configuration or a template entry.
    static let byteCountMax = 1 << 20

    /// The file's one document.
    /// - Throws: `CommandError` when it cannot be read, is no YAML, or names a key twice.
    static func read(_ path: String) throws -> JSONValue {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandError.file(path, "找不到或无权读取", "not found or not readable")
        }
        guard data.count <= byteCountMax else { throw CommandError.file(path, "超过 1 MiB", "over 1 MiB") }
        do {
            guard let node = try Yams.compose(yaml: String(decoding: data, as: UTF8.self)) else {
                throw CommandError.file(path, "空文件", "empty")
            }
            return try value(node, path: path)
        } catch let error as CommandError {
            throw error
        } catch {
            let reason = Reason(error)
            throw CommandError.file(path, reason.chinese, reason.english)
        }
    }

    private static func value(_ node: Node, path: String) throws -> JSONValue {
        switch node {
        case .scalar(let scalar): return self.scalar(scalar, node: node)
        case .sequence(let sequence): return .array(try sequence.map { try value($0, path: path) })
        case .mapping(let mapping):
            var object = JSONObject()
            for (key, item) in mapping {
                guard let name = key.scalar?.string else {
                    throw CommandError.file(path, "有的键不是文字", "a key is no text")
                }
                guard object[name] == nil else {
                    throw CommandError.file(path, "键 \(name) 重复", "the key \(name) is there twice")
                }
                object[name] = try value(item, path: path)
            }
            return .object(object)
        case .alias: throw CommandError.file(path, "不接受别名", "aliases are not accepted")
        }
    }

    private static func scalar(_ scalar: Node.Scalar, node: Node) -> JSONValue {
        guard scalar.style == .plain || scalar.style == .any else { return .string(scalar.string) }
        if node.null != nil { return .null }
        if let bool = node.bool { return .bool(bool) }
        if let integer = Int64(scalar.string), String(integer) == scalar.string { return .integer(integer) }
        return .string(scalar.string)
    }
}
