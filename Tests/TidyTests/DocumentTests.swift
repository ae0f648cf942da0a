import Foundation
import Testing

/// Documents name only what is there.
@Suite struct DocumentTests {
    static var documents: [String] { Repository.files(below: "docs", suffix: ".md") + ["README.md"] }

    @Test func linksBetweenDocumentsLeadSomewhere() throws {
        let pattern = try NSRegularExpression(pattern: "\\]\\(([^)#:]+)(#[^)]*)?\\)")
        for path in DocumentTests.documents {
            let text = try Repository.text(path)
            let folder = (path as NSString).deletingLastPathComponent
            for match in pattern.matches(in: text, range: NSRange(text.startIndex..., in: text)) {
                guard let range = Range(match.range(at: 1), in: text) else { continue }
                let target = (folder as NSString).appendingPathComponent(String(text[range]))
                #expect(Repository.exists((target as NSString).standardizingPath), "\(path) links to \(text[range])")
            }
        }
    }

    @Test func sourcesThatArchitectureNamesAreThere() throws {
        let pattern = try NSRegularExpression(pattern: "`((?:Sources|Tests|Genesis|scripts)/[A-Za-z0-9_+./-]+)`")
        for path in DocumentTests.documents {
            let text = try Repository.text(path)
            for match in pattern.matches(in: text, range: NSRange(text.startIndex..., in: text)) {
                guard let range = Range(match.range(at: 1), in: text) else { continue }
                #expect(Repository.exists(String(text[range])), "\(path) names \(text[range]), which is not there")
            }
        }
    }

    @Test func everyPageHasOneTitle() throws {
        for path in DocumentTests.documents {
            var isCode = false
            var titles = 0
            for line in try Repository.text(path).split(separator: "\n") {
                if line.hasPrefix("```") { isCode.toggle() }
                if !isCode, line.hasPrefix("# ") { titles += 1 }
            }
            #expect(titles == 1, "\(path) has \(titles) titles")
        }
    }

    @Test func everyClauseHasATestThatCitesIt() throws {
        let pattern = try NSRegularExpression(pattern: "\\*\\*\\[([A-Z-]+)\\]\\*\\*")
        let text = try Repository.text("docs/protocol.md")
        var tests = ""
        for path in Repository.files(below: "Tests", suffix: ".swift") where !path.hasPrefix("Tests/TidyTests") {
            tests += try Repository.text(path)
        }
        let clauses = pattern.matches(in: text, range: NSRange(text.startIndex..., in: text)).compactMap { match in
            Range(match.range(at: 1), in: text).map { String(text[$0]) }
        }
        #expect(clauses.count > 20)
        for clause in clauses {
            let isCited = tests.contains("[\(clause)]")
            #expect(isCited, "no test cites [\(clause)]")
        }
    }
}
