import Foundation
import Testing

/// How files and functions look: sizes that only shrink, and words that do not belong on main.
@Suite struct FileTests {
    static let fileLinesMax = 600
    static let functionLinesMax = 70

    @Test func filesAreShortEnoughToRead() throws {
        for path in Repository.files(below: "Sources", suffix: ".swift")
            + Repository.files(below: "Tests", suffix: ".swift")
        {
            let lines = try Repository.text(path).split(separator: "\n", omittingEmptySubsequences: false).count
            #expect(lines <= FileTests.fileLinesMax, "\(path) has \(lines) lines")
        }
    }

    @Test func functionsAreShortEnoughToRead() throws {
        for path in Repository.files(below: "Sources", suffix: ".swift") {
            var start: (line: Int, indent: Int, name: String)?
            for (index, line) in try Repository.text(path).split(separator: "\n", omittingEmptySubsequences: false)
                .enumerated()
            {
                let indent = line.prefix { $0 == " " }.count
                let code = line.dropFirst(indent)
                if let open = start, indent == open.indent, code.hasPrefix("}") {
                    let length = index - open.line + 1
                    #expect(length <= FileTests.functionLinesMax, "\(path): \(open.name) has \(length) lines")
                    start = nil
                }
                // A requirement of a protocol ends with its parameters.
                if let open = start, indent == open.indent, code.hasPrefix(")"), !code.hasSuffix("{") { start = nil }
                if start == nil, code.contains("func "), code.hasSuffix("{") || code.hasSuffix("(") {
                    start = (index, indent, String(code.prefix(60)))
                }
            }
        }
    }

    @Test func nothingUnfinishedIsOnMain() throws {
        let words = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
        for path in Repository.files(below: "Sources", suffix: ".swift")
            + Repository.files(below: "scripts", suffix: "")
        {
            let text = try Repository.text(path)
            for word in words {
                #expect(text.range(of: "\\b\(word)\\b", options: .regularExpression) == nil, "\(path) says \(word)")
            }
        }
    }

    @Test func uncheckedSendableSaysWhyItIsSafe() throws {
        for path in Repository.files(below: "Sources", suffix: ".swift") {
            let text = try Repository.text(path)
            for word in ["@unchecked Sendable", "nonisolated(unsafe)"] where text.contains(word) {
                #expect(text.contains("// SAFETY:"), "\(path) uses \(word) without a SAFETY comment")
            }
        }
    }
}
