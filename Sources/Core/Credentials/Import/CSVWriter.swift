/// Writes CSV (RFC 4180) in UTF-8 with CRLF.
package enum CSVWriter {
    /// Tells Excel that the file is UTF-8.
    package static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]

    /// One row with its line break.
    package static func row(_ fields: [String]) -> [UInt8] {
        var bytes: [UInt8] = []
        append(fields, to: &bytes)
        return bytes
    }

    /// Appends one row with its line break.
    package static func append(_ fields: [String], to bytes: inout [UInt8]) {
        for (index, field) in fields.enumerated() {
            if index > 0 { bytes.append(0x2c) }
            let needsQuotes =
                field.utf8.contains { $0 == 0x22 || $0 == 0x2c || $0 == 0x0a || $0 == 0x0d }
                || field.utf8.first == 0x20 || field.utf8.last == 0x20 || fields.count == 1 && field.isEmpty
            guard needsQuotes else {
                bytes.append(contentsOf: field.utf8)
                continue
            }
            bytes.append(0x22)
            for byte in field.utf8 {
                if byte == 0x22 { bytes.append(0x22) }
                bytes.append(byte)
            }
            bytes.append(0x22)
        }
        bytes.append(contentsOf: [0x0d, 0x0a])
    }
}

/// Collects the rows that an import refused as a CSV file that a clerk can correct and import again: the original
/// columns, and before them the line and what is wrong.
package struct RefusedRowWriter: Sendable {
    private static let lineHeader = "行号"
    private static let problemHeader = "错误"
    private let columnCount: Int
    /// The heading row, with a byte-order mark for Excel.
    package let heading: [UInt8]

    package init(headers: [String]) {
        columnCount = headers.count
        heading = CSVWriter.byteOrderMark + CSVWriter.row([Self.lineHeader, Self.problemHeader] + headers)
    }

    /// A row whose cells could be read and whose content is at fault.
    package func row(_ problems: CertificateRowProblems, cells: [String]) -> [UInt8] {
        let sentence = problems.problems.map(\.chineseSentence).joined(separator: "；")
        return CSVWriter.row([String(problems.line), sentence] + cells)
    }

    /// A row that could not be read; its text stands in the first column.
    package func row(_ error: CSVRowError, line: Int, text: String) -> [UInt8] {
        let padding = [String](repeating: "", count: max(0, columnCount - 1))
        return CSVWriter.row([String(line), error.reason.chinese, text] + padding)
    }
}
