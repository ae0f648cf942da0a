import Credentials
import Foundation
import Glibc
import LedgerModel
import Primitives
import ZhixinClient

/// Reads an export, checks every row here, sends the good ones in batches and writes the others down.
///
/// A batch's name follows from its content and the clerk's key, so running the same import again repeats the same batches and
/// issues nothing twice.
final class CertificateImport {
    /// Rows of one batch, and batches on their way at once.
    static let batchRowsMax = 2_000
    static let batchesInFlightMax = 2

    private let file: ExportFile
    private let type: CertificateTypeDefinition
    private let refused: RefusedRows
    private let progress: ImportProgress
    private let reader: CertificateRowReader
    private let digestFunction: any DigestFunction
    /// What the first row of each number says, and on which line. Batches travel side by side, so that of two rows with one
    /// number in different batches any could win: the file is refused such a second row here.
    private var firstRows: [String: (content: Digest, line: Int)] = [:]
    /// The file's columns that the type knows; no other leaves this machine.
    private let columns: [(index: Int, header: String)]
    private(set) var summary = ImportSummary()

    /// Reads the heading.
    ///
    /// - Throws: `CommandError` when columns are missing or stand twice.
    init(
        file: ExportFile,
        type: CertificateTypeDefinition,
        refusedPath: String?,
        digestFunction: any DigestFunction,
        progress: ImportProgress
    ) throws {
        self.file = file
        self.type = type
        self.digestFunction = digestFunction
        self.progress = progress
        guard case .row(let headers, _)? = try file.next() else {
            throw CommandError.file(file.path, "没有表头 no heading")
        }
        do throws(CertificateHeaderError) {
            reader = try CertificateRowReader(type: type, headers: headers)
        } catch {
            let separator = Self.separator(in: headers)
            throw CommandError(
                code: "columns",
                chinese: "\(file.path)：\(error.reason.chinese)" + (separator.map { "；\($0.chinese)" } ?? ""),
                english: "\(file.path): \(error.reason.english)" + (separator.map { "; \($0.english)" } ?? "")
            )
        }
        let known = Set(type.fields.flatMap { [$0.header] + $0.aliases })
        columns = headers.enumerated().compactMap { index, header in
            let name = header.trimmingCharacters(in: CharacterSet(charactersIn: " \t\u{3000}"))
            return known.contains(name) ? (index, name) : nil
        }
        refused = RefusedRows(path: refusedPath, headers: headers)
    }

    /// What separates the columns of a file whose heading is one column, if that is no comma.
    private static func separator(in headers: [String]) -> LocalizedText? {
        guard headers.count == 1, let heading = headers.first else { return nil }
        let known = [(";", "分号", "semicolons"), ("；", "全角分号", "full-width semicolons"), ("\t", "制表符", "tabs")]
        return known.first { heading.contains($0.0) }.map {
            LocalizedText(
                chinese: "此文件似以\($0.1)分隔，请改用逗号分隔",
                english: "its columns seem to be separated by \($0.2), not commas; save it with commas"
            )
        }
    }

    /// Headings that belong to no field.
    var ignoredHeaders: [String] { reader.ignoredHeaders.filter { !$0.isEmpty } }

    // MARK: Checking

    /// Checks every row and sends nothing.
    func check() throws {
        while let record = try file.next() {
            if try sorted(record) != nil { summary.good += 1 }
            progress.show(summary)
        }
        try refused.close()
    }

    /// The row's cells if it is good; nil when it was refused, and why was written down, or says what an earlier row says.
    private func sorted(_ record: CSVRecord) throws -> [String]? {
        summary.rows += 1
        switch record {
        case .fault(let error, let line, let text):
            summary.rejected += 1
            try refused.write(error, line: line, text: text)
            return nil
        case .row(let cells, let line):
            switch reader.read(cells, line: line) {
            case .success(let row): return try isFirst(row, cells: cells) ? cells : nil
            case .failure(let problems):
                summary.rejected += 1
                try refused.write(problems, cells: cells)
                return nil
            }
        }
    }

    /// Whether no earlier row of the file has the row's number. One that says the same is skipped, another one refused.
    private func isFirst(_ row: CertificateRow, cells: [String]) throws -> Bool {
        let content = row.contentDigest(type: type, digestFunction: digestFunction)
        guard let first = firstRows[row.number] else {
            firstRows[row.number] = (content, row.line)
            return true
        }
        guard first.content != content else {
            summary.skipped += 1
            return false
        }
        let problem = CertificateRowProblem(
            code: "number-repeated",
            column: type.field(type.numberField)?.header,
            reason: LocalizedText(
                chinese: "与第 \(first.line) 行编号相同而内容不同",
                english: "it is the number of line \(first.line), with different content"
            )
        )
        summary.rejected += 1
        try refused.write(CertificateRowProblems(line: row.line, problems: [problem]), cells: cells)
        return false
    }

    // MARK: Issuing

    private struct Batch: Sendable {
        let request: CertificateBatchRequest
        /// The cells of each row by its line, for the rows that the node refuses.
        let cells: [Int: [String]]
    }

    /// Checks and issues everything.
    ///
    /// - Parameter secret: what batches are named with besides their content.
    func issue(
        _ client: NodeClient,
        signer: RequestSigner,
        secret: [UInt8]
    ) async throws {
        try await withThrowingTaskGroup(of: (CertificateBatchReport, Batch).self) { group in
            var inFlight = 0
            while let batch = try nextBatch(secret: secret) {
                if inFlight == Self.batchesInFlightMax, let (report, sent) = try await group.next() {
                    try take(report, of: sent)
                    inFlight -= 1
                }
                group.addTask { (try await client.issue(batch.request, signer: signer), batch) }
                inFlight += 1
            }
            for try await (report, sent) in group { try take(report, of: sent) }
        }
        try refused.close()
    }

    private func nextBatch(secret: [UInt8]) throws -> Batch? {
        var rows: [CertificateBatchRow] = []
        var cellsByLine: [Int: [String]] = [:]
        while rows.count < Self.batchRowsMax, let record = try file.next() {
            guard let cells = try sorted(record), case .row(_, let line) = record else { continue }
            rows.append(
                CertificateBatchRow(
                    line: line,
                    values: columns.map { CertificateBatchRow.Cell(header: $0.header, text: cells[$0.index]) }
                )
            )
            cellsByLine[line] = cells
        }
        guard !rows.isEmpty else { return nil }
        var request = CertificateBatchRequest(batch: [], type: type.code, rows: rows)
        let content = digestFunction.digest(request.jsonBytes)
        let name = digestFunction.digest(secret + Array("zhixin/1/batch-name".utf8) + content.bytes)
        request.batch = Array(name.bytes.prefix(16))
        return Batch(request: request, cells: cellsByLine)
    }

    private func take(_ report: CertificateBatchReport, of batch: Batch) throws {
        summary.issued += report.issued
        summary.superseded += report.superseded
        summary.reissued += report.reissued
        summary.changedHolder += report.changedHolder
        summary.skipped += report.skipped
        summary.rejected += report.rejected.count
        if report.issued > 0 { summary.batches.append(Hexadecimal.encode(report.batch)) }
        summary.height = report.height.map(\.rawValue) ?? summary.height
        for row in report.rejected { try refused.write(row, cells: batch.cells[row.line] ?? []) }
        progress.show(summary)
    }
}

/// The rows that were refused, in a CSV file that can be corrected and imported again.
///
/// Until the import is over they stand in a file beside it, `<name>.new`: the same import can begin again after an
/// interruption. Without a refused row there is no file.
final class RefusedRows {
    private let path: String?
    private let writer: RefusedRowWriter
    private var handle: FileHandle?

    private var temporary: String? { path.map { $0 + ".new" } }

    init(path: String?, headers: [String]) {
        self.path = path
        writer = RefusedRowWriter(headers: headers)
    }

    func write(_ problems: CertificateRowProblems, cells: [String]) throws {
        try append(writer.row(problems, cells: cells))
    }

    func write(_ error: CSVRowError, line: Int, text: String) throws {
        try append(writer.row(error, line: line, text: text))
    }

    /// A row that the node refused.
    func write(_ row: RejectedRow, cells: [String]) throws {
        let sentence = row.problems.map(\.chinese).joined(separator: "；")
        try append(CSVWriter.row([String(row.line), sentence] + cells))
    }

    /// Ends the file and gives it its name.
    func close() throws {
        guard let path, let temporary else { return }
        guard let handle else {
            // Of an earlier import that was interrupted.
            unlink(temporary)
            return
        }
        try handle.close()
        guard rename(temporary, path) == 0 else { throw CommandError.file(path, String(cString: strerror(errno))) }
    }

    private func append(_ bytes: [UInt8]) throws {
        guard let path, let temporary else { return }
        if handle == nil {
            unlink(temporary)
            guard
                FileManager.default.createFile(
                    atPath: temporary,
                    contents: Data(writer.heading),
                    attributes: [.posixPermissions: 0o600]
                ),
                let opened = FileHandle(forWritingAtPath: temporary)
            else { throw CommandError.file(path, "无法写入 cannot be written") }
            try opened.seekToEnd()
            handle = opened
        }
        try handle?.write(contentsOf: Data(bytes))
    }
}
