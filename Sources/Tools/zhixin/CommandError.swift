import Credentials

/// A command could not be carried out: a stable code, and one line in each language that says what to do.
struct CommandError: Error, CustomStringConvertible {
    /// Lower-case words with hyphens; scripts may rely on it.
    let code: String
    let chinese: String
    let english: String

    var description: String { "\(chinese)\n\(english) [\(code)]" }
}

extension CommandError {
    /// - Parameter reason: the system's words, which are the same in both languages.
    static func file(_ path: String, _ reason: String) -> CommandError { file(path, reason, reason) }

    static func file(_ path: String, _ chinese: String, _ english: String) -> CommandError {
        CommandError(
            code: "file-unusable",
            chinese: "文件无法使用：\(path)（\(chinese)）",
            english: "\(path) cannot be used: \(english)"
        )
    }

    static func exists(_ path: String) -> CommandError {
        CommandError(
            code: "already-there",
            chinese: "\(path) 已存在，未作改动。请另选一个名字。",
            english: "\(path) is there already and was left as it is; choose another name"
        )
    }
}
