import Credentials

/// What became of an import.
struct ImportSummary {
    /// Rows that were read.
    var rows = 0
    /// Rows that were found right; of a check alone.
    var good = 0
    var issued = 0
    var superseded = 0
    /// Issued rows that say again what was revoked or undone before.
    var reissued = 0
    /// Lines whose number was another holder's until now.
    var changedHolder: [Int] = []
    var skipped = 0
    var rejected = 0
    var batches: [String] = []
    var height: UInt64?

    /// Rows of which it is known what became of them.
    var settled: Int { good + issued + skipped + rejected }

    var json: JSONValue {
        .of([
            ("rows", .integer(Int64(rows))), ("issued", .integer(Int64(issued))),
            ("superseded", .integer(Int64(superseded))), ("reissued", .integer(Int64(reissued))),
            ("changedHolder", .array(changedHolder.sorted().map { .integer(Int64($0)) })),
            ("skipped", .integer(Int64(skipped))), ("rejected", .integer(Int64(rejected))),
            ("batches", .array(batches.map { .string($0) })),
            ("height", height.map { .number($0) } ?? .null),
        ])
    }

    var checkedJSON: JSONValue {
        .of([
            ("rows", .integer(Int64(rows))), ("good", .integer(Int64(good))), ("skipped", .integer(Int64(skipped))),
            ("rejected", .integer(Int64(rejected))),
        ])
    }

    // MARK: Words

    private static let linesShownMax = 10

    var checkedWords: [String] {
        empty + [
            "检查完毕：\(rows) 行，可签发 \(good)，重复而跳过 \(skipped)，退回 \(rejected)。未签发任何证照。",
            "checked \(rows) rows: \(good) good, \(skipped) repeated, \(rejected) refused; nothing was issued",
        ]
    }

    /// - Parameter clerk: the clerk's options as they were typed.
    func issuedWords(clerk: String) -> [String] {
        var words =
            empty + [
                "完成：\(rows) 行，签发 \(issued)（其中替换 \(superseded)），已有而跳过 \(skipped)，退回 \(rejected)",
                "\(rows) rows: issued \(issued) (\(superseded) superseding), skipped \(skipped), refused \(rejected)",
            ]
        if reissued > 0 {
            words.append("重新签发 \(reissued)（此前已注销） \(reissued) reissued after a revocation")
        }
        if !changedHolder.isEmpty {
            let shown = changedHolder.sorted().prefix(Self.linesShownMax).map(String.init).joined(separator: ", ")
            let lines = shown + (changedHolder.count > Self.linesShownMax ? ", …" : "")
            words.append(
                "注意：\(changedHolder.count) 个编号换了持证人，原证照已被替换 note: "
                    + "\(changedHolder.count) numbers went to another holder（行 lines \(lines)）"
            )
        }
        if let height { words.append("最后一批在第 \(height) 块 last batch in block \(height)") }
        return words + undoWords(clerk: clerk)
    }

    /// What was issued, by batches, and how to take it back.
    func undoWords(clerk: String) -> [String] {
        guard let last = batches.last else { return [] }
        var words = batches.map { "批次 batch \($0)" }
        words.append(
            batches.count == 1
                ? "如需撤销 to take it back: zhixin certificate undo --batch \(last) \(clerk)"
                : "如需撤销，逐批执行 to take it back, for each batch: zhixin certificate undo --batch BATCH \(clerk)"
        )
        return words
    }

    private var empty: [String] { rows == 0 ? ["文件只有表头，没有数据行 the file has a heading and no rows"] : [] }
}
