import ArgumentParser
import Credentials
import Foundation

/// How a command speaks: to people, or to programs.
struct Output: ParsableArguments {
    @Flag(name: .long, help: "以 JSON 输出。Print one JSON object instead of words.")
    var json = false

    /// Prints the result as JSON, or the lines for people.
    func show(_ result: JSONValue, words: @autoclosure () -> [String]) {
        if json {
            print(result.compactText)
        } else {
            for line in words() { print(line) }
        }
    }

    /// A line about progress; silent for programs, on standard error for people.
    func tell(_ line: String) {
        guard !json else { return }
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }

    /// Runs a command's work and turns every failure into a coded answer and exit code 1.
    func run(_ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let exit as ExitCode {
            throw exit
        } catch let error as CommandError {
            fail(code: error.code, chinese: error.chinese, english: error.english)
            throw ExitCode(1)
        } catch {
            let reason = Reason(error)
            fail(
                code: "failed",
                chinese: "未能完成：\(reason.chinese)",
                english: "it could not be done: \(reason.english)"
            )
            throw ExitCode(1)
        }
    }

    private func fail(code: String, chinese: String, english: String) {
        if json {
            let members: [(String, JSONValue)] = [
                ("error", .string(code)), ("chinese", .string(chinese)), ("english", .string(english)),
            ]
            print(JSONValue.of(members).compactText)
        } else {
            FileHandle.standardError.write(Data("\(chinese)\n\(english) [\(code)]\n".utf8))
        }
    }
}

extension JSONValue {
    /// An object with these members, whose names are distinct.
    static func of(_ members: [(String, JSONValue)]) -> JSONValue {
        var object = JSONObject()
        for (name, value) in members { object[name] = value }
        return .object(object)
    }

    static func number(_ value: UInt64) -> JSONValue { .integer(Int64(clamping: value)) }
}
