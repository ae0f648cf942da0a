import Credentials
import Cryptography
import Foundation
import Ports
import Primitives
import Yams
import ZeroSubmission

/// An error as half a sentence in each language, to follow the colon of a `CommandError`.
struct Reason {
    let chinese: String
    let english: String

    init(_ chinese: String, _ english: String) {
        self.chinese = chinese
        self.english = english
    }

    init(_ error: any Error) {
        self =
            switch error {
            case let error as JSONShapeError: Reason(shape: error)
            case let error as KeyFileError: Reason(keyFile: error)
            case let error as JournalError: Reason(journal: error)
            case let error as StoreError: Reason(store: error)
            case let error as VaultError: Reason(vault: error)
            case let error as DepartmentSetupError: Reason(setup: error)
            case let error as YamlError: Reason(yaml: error)
            case let error as DecodeError: Reason(decode: error)
            case let error as CommandError: Reason(error.chinese, error.english)
            default: Reason("\(error)", "\(error)")
            }
    }

    private init(shape error: JSONShapeError) {
        // An object that is the whole document has no name.
        func key(_ path: String) -> (chinese: String, english: String) {
            path.isEmpty ? ("整个内容", "the whole") : ("键 \(path)", "the key \(path)")
        }
        switch error {
        case .missing(let path): self.init("缺少键 \(path)", "the key \(path) is missing")
        case .wrongKind(let path, let expected, let found):
            self.init(
                "\(key(path).chinese) 应为\(Reason.kind(expected))，实为\(Reason.kind(found))",
                "\(key(path).english) has a value of the kind \(found), not \(expected)"
            )
        case .unknownName(let path): self.init("不认识键 \(path)", "the key \(path) is not known")
        case .notAllowed(let path, let reason):
            self.init(
                "\(key(path).chinese) 的值不合要求" + (Reason.limit(reason).map { "：\($0)" } ?? ""),
                "the value of \(key(path).english) is not accepted (\(reason))"
            )
        }
    }

    private static func kind(_ name: String) -> String {
        switch name {
        case "null": "空值"
        case "boolean": "布尔值"
        case "integer": "整数"
        case "number": "小数"
        case "string": "文字"
        case "array": "列表"
        case "object": "键值表"
        default: name
        }
    }

    /// What the strict decoder's English says about a limit, or nil for other words.
    private static func limit(_ reason: String) -> String? {
        if let match = reason.wholeMatch(of: /(.+) is outside (.+)/) { return "\(match.1) 不在 \(match.2) 之内" }
        if let match = reason.wholeMatch(of: /(.+) bytes, not (.+)/) { return "\(match.1) 字节，应为 \(match.2)" }
        if let match = reason.wholeMatch(of: /(.+) elements, not (.+)/) { return "\(match.1) 项，应为 \(match.2)" }
        if let match = reason.wholeMatch(of: /not one of (.+)/) { return "只能是 \(match.1)" }
        if let match = reason.wholeMatch(of: /(\d+) hexadecimal digits/) { return "应为 \(match.1) 位十六进制数字" }
        return nil
    }

    private init(keyFile error: KeyFileError) {
        switch error {
        case .missing(let path): self.init("找不到 \(path)", "\(path) is missing")
        case .exists(let path): self.init("\(path) 已存在", "\(path) is there already")
        case .readableByOthers(let path, let mode):
            self.init(
                "\(path) 可被他人读取（权限 \(String(mode, radix: 8))）",
                "\(path) can be read by others (mode \(String(mode, radix: 8)))"
            )
        case .notAFile(let path): self.init("\(path) 不是文件", "\(path) is no file")
        case .wrongKind(let path, let expected, let found):
            self.init("\(path) 中的密钥是 \(found)，不是所需的一种", "the key in \(path) is \(found), not \(expected)")
        case .damaged(let path, let reason): self.init("\(path) 已损坏", "\(path) is damaged: \(reason)")
        case .unusable(let path, .unavailable(let algorithm)):
            self.init(
                "本机的 OpenSSL 没有 \(path) 所需的 \(algorithm)",
                "this machine's OpenSSL lacks \(algorithm), which \(path) needs"
            )
        case .unusable(let path, _):
            self.init("本机不能使用 \(path) 中的密钥", "the key in \(path) cannot be used on this machine")
        case .system(let path, let call, let number):
            let words = String(cString: strerror(number))
            self.init("\(path)：系统拒绝 \(call)（\(words)）", "\(path): the system refused \(call) (\(words))")
        }
    }

    private init(decode error: DecodeError) {
        switch error {
        case .truncated(let needed, let left):
            self.init("内容不完整", "it ends too early: \(needed) more bytes are due, \(left) are there")
        case .trailingBytes(let count): self.init("末尾多出 \(count) 字节", "\(count) bytes too many stand at its end")
        case .lengthOverLimit(let found, let limit):
            self.init("长度 \(found) 超过上限 \(limit)", "a length of \(found) is over the limit of \(limit)")
        case .notCanonicalLength, .notBoolean, .notUTF8: self.init("编码有误", "its encoding is not canonical")
        case .unknownTag(let type, let found):
            self.init("不认识 \(type) 的第 \(found) 种", "kind \(found) of \(type) is not known")
        case .invalid(let type, let reason): self.init("\(type) 不成立", "\(type) is not valid: \(reason)")
        }
    }

    private init(yaml error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init("第 \(mark.line) 行不合 YAML 语法", "line \(mark.line) is no YAML: \(problem)")
        default: self.init("不合 YAML 语法", "no YAML")
        }
    }
}
