import Foundation
import Testing

/// The table in docs/architecture.md against every `import` under Sources.
@Suite struct LayerTests {
    struct Row {
        let layer: String
        let target: String
        let folder: String
        let imports: Set<String>?
    }

    static let alwaysFree: Set<String> = ["Swift"]
    static let freeAbovePure: Set<String> = ["Glibc", "Darwin", "Musl", "Synchronization", "Dispatch"]
    static let freeFromAdapters: Set<String> = ["Foundation", "FoundationEssentials", "Logging", "DequeModule"]

    static func rows() throws -> [Row] {
        try Repository.text("docs/architecture.md").split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 5, cells[1].hasPrefix("`") else { return nil }
            let names =
                cells[4] == "all"
                ? nil
                : Set(
                    cells[4].split(separator: ",").map { name in
                        name.trimmingCharacters(in: .whitespaces)
                    }
                )
            return Row(
                layer: cells[0],
                target: cells[1].trimmingCharacters(in: ["`"]),
                folder: cells[2].trimmingCharacters(in: ["`"]),
                imports: names
            )
        }
    }

    static func importedModules(_ path: String) throws -> [String] {
        try Repository.text(path).split(separator: "\n").compactMap { line in
            var words = line.split(separator: " ").map(String.init)
            while let first = words.first, ["package", "public", "internal", "private", "@testable"].contains(first) {
                words.removeFirst()
            }
            guard words.first == "import", words.count >= 2 else { return nil }
            let kinds: Set<String> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
            let module = kinds.contains(words[1]) ? words[2] : words[1]
            return String(module.split(separator: ".")[0])
        }
    }

    @Test func everyTargetHasARow() throws {
        let folders = Set(try LayerTests.rows().map(\.folder))
        for path in Repository.files(below: "Sources", suffix: ".swift") {
            #expect(folders.contains { path.hasPrefix($0 + "/") }, "\(path) lies in no folder of the table")
        }
        for folder in folders {
            #expect(!Repository.files(below: folder, suffix: ".swift").isEmpty, "\(folder) holds nothing")
        }
    }

    @Test func targetsImportOnlyWhatTheirRowNames() throws {
        for row in try LayerTests.rows() {
            guard var allowed = row.imports else { continue }
            allowed.formUnion(LayerTests.alwaysFree)
            if row.layer != "pure" { allowed.formUnion(LayerTests.freeAbovePure) }
            if !["pure", "seam", "node"].contains(row.layer) { allowed.formUnion(LayerTests.freeFromAdapters) }
            for path in Repository.files(below: row.folder, suffix: ".swift") {
                for module in try LayerTests.importedModules(path) {
                    let isAllowed = allowed.contains(module)
                    #expect(
                        isAllowed,
                        "\(path) imports \(module), which the row of \(row.target) does not name"
                    )
                }
            }
        }
    }

    @Test func pureTargetsAwaitNothing() throws {
        let forbidden = [" async ", " await ", "Task {", "actor ", "Mutex(", "SystemRandomNumberGenerator", "Date()"]
        for row in try LayerTests.rows() where row.layer == "pure" {
            for path in Repository.files(below: row.folder, suffix: ".swift") {
                for line in try Repository.text(path).split(separator: "\n") {
                    let code = line.trimmingCharacters(in: .whitespaces)
                    guard !code.hasPrefix("//") else { continue }
                    for word in forbidden where code.contains(word) {
                        Issue.record("\(path) uses \(word): \(code)")
                    }
                }
            }
        }
    }
}
