/// Why one row of a CSV file cannot be read. The rows after it can.
package enum CSVRowError: Error, Hashable, Sendable {
    /// A quote inside a field that does not begin with one, or text after a closing quote.
    case strayQuote
    /// A quote that is still open at the end of the file, or where a field or row grows too long.
    case unterminatedQuote
    case fieldTooLong(limit: Int)
    case rowTooLong(limit: Int)
    case tooManyColumns(limit: Int)
    case notUTF8

    /// A stable code for reports and interfaces.
    package var code: String {
        switch self {
        case .strayQuote: "stray-quote"
        case .unterminatedQuote: "unterminated-quote"
        case .fieldTooLong: "field-too-long"
        case .rowTooLong: "row-too-long"
        case .tooManyColumns: "too-many-columns"
        case .notUTF8: "not-utf8"
        }
    }

    /// The reason for people.
    package var reason: LocalizedText {
        switch self {
        case .strayQuote:
            LocalizedText(
                chinese: "引号位置不对；字段内的引号应写两次，整个字段加引号",
                english: "a stray quote; inside a quoted field a quote is written twice"
            )
        case .unterminatedQuote: LocalizedText(chinese: "引号没有闭合", english: "a quote is not closed")
        case .fieldTooLong(let limit):
            LocalizedText(chinese: "字段超过\(limit)字节", english: "a field of more than \(limit) bytes")
        case .rowTooLong(let limit):
            LocalizedText(chinese: "整行超过\(limit)字节", english: "a row of more than \(limit) bytes")
        case .tooManyColumns(let limit):
            LocalizedText(chinese: "超过\(limit)列", english: "more than \(limit) columns")
        case .notUTF8: LocalizedText(chinese: "含有无法识别的字符编码", english: "bytes that are not UTF-8")
        }
    }
}

/// One row, or what stands in its place.
package enum CSVRecord: Hashable, Sendable {
    /// The fields of the row that begins on this line, from 1.
    case row([String], line: Int)
    /// A row that could not be read, with its first line as text.
    case fault(CSVRowError, line: Int, text: String)
}

/// Reads CSV (RFC 4180) in UTF-8 piece by piece: commas, quotes, line breaks inside quotes, CRLF, LF or CR at the end
/// of a row, a byte-order mark at the start. Empty lines are passed over.
///
/// A fault costs its row alone: reading goes on at the next line, also when an open quote had swallowed many.
package struct CSVReader: Sendable {
    package static let fieldByteCountMax = 8 * 1024
    package static let rowByteCountMax = 64 * 1024
    package static let columnsMax = 256

    private enum State {
        case fieldStart
        case unquoted
        case quoted
        /// After a quote in a quoted field: it was its end, or the first of two.
        case quoteInQuoted
        /// Passing over the rest of a line with this fault.
        case skipping(CSVRowError)
    }

    private var state = State.fieldStart
    private var field: [UInt8] = []
    private var fields: [[UInt8]] = []
    /// The row's bytes so far, to go back to its second line after a fault.
    private var raw: [UInt8] = []
    private var rowLine = 1
    private var line = 1
    private var ignoresLineFeed = false
    private var startBytes: [UInt8]? = []

    package init() {}

    /// Takes in the next bytes of the file and gives the rows that are complete.
    package mutating func feed(_ bytes: [UInt8]) -> [CSVRecord] {
        guard var start = startBytes else { return process(bytes) }
        start.append(contentsOf: bytes)
        guard start.count >= 3 else {
            startBytes = start
            return []
        }
        startBytes = nil
        return process(start.starts(with: [0xef, 0xbb, 0xbf]) ? Array(start[3...]) : start)
    }

    /// The rest, at the end of the file. A last row needs no line break.
    package mutating func finish() -> [CSVRecord] {
        var records: [CSVRecord] = []
        if let start = startBytes {
            startBytes = nil
            records += process(start)
        }
        while case .quoted = state {
            var rest: [UInt8] = []
            fail(.unterminatedQuote, rest: &rest, &records)
            records += process(rest)
        }
        if !raw.isEmpty || !fields.isEmpty { endRow(&records) }
        return records
    }

    private mutating func process(_ bytes: [UInt8]) -> [CSVRecord] {
        var records: [CSVRecord] = []
        var input = bytes
        var index = 0
        while index < input.count {
            let byte = input[index]
            index += 1
            if ignoresLineFeed {
                ignoresLineFeed = false
                if byte == 0x0a { continue }
            }
            guard let error = step(byte, &records) else { continue }
            var rest: [UInt8] = []
            fail(error, rest: &rest, &records)
            if !rest.isEmpty {
                input = rest + input[index...]
                index = 0
            }
        }
        return records
    }

    /// Takes in one byte; the fault that it causes, if any.
    private mutating func step(_ byte: UInt8, _ records: inout [CSVRecord]) -> CSVRowError? {
        if byte == 0x0a || byte == 0x0d {
            if case .quoted = state {
            } else {
                line += 1
                ignoresLineFeed = byte == 0x0d
                endRow(&records)
                return nil
            }
        }
        if case .skipping = state {
            if raw.count < 1024 { raw.append(byte) }
            return nil
        }
        raw.append(byte)
        guard raw.count <= Self.rowByteCountMax else { return overflow(.rowTooLong(limit: Self.rowByteCountMax)) }
        switch (state, byte) {
        case (.fieldStart, 0x22): state = .quoted
        case (.quoted, 0x22): state = .quoteInQuoted
        case (.quoteInQuoted, 0x22):
            state = .quoted
            field.append(byte)
        case (.fieldStart, 0x2c), (.unquoted, 0x2c), (.quoteInQuoted, 0x2c):
            fields.append(field)
            field.removeAll(keepingCapacity: true)
            state = .fieldStart
            if fields.count >= Self.columnsMax { return .tooManyColumns(limit: Self.columnsMax) }
        case (.unquoted, 0x22), (.quoteInQuoted, _): return .strayQuote
        default:
            if case .quoted = state {
                if byte == 0x0a { line += 1 }
            } else {
                state = .unquoted
            }
            field.append(byte)
        }
        return field.count <= Self.fieldByteCountMax
            ? nil : overflow(.fieldTooLong(limit: Self.fieldByteCountMax))
    }

    /// A field that grows over several lines has most likely lost its closing quote.
    private func overflow(_ error: CSVRowError) -> CSVRowError { line > rowLine ? .unterminatedQuote : error }

    /// Notes the fault and goes on: within the same line by passing over its rest, else with the row's second line,
    /// which `rest` then begins with.
    private mutating func fail(_ error: CSVRowError, rest: inout [UInt8], _ records: inout [CSVRecord]) {
        guard let lineEnd = raw.firstIndex(of: 0x0a) else {
            state = .skipping(error)
            return
        }
        let first = raw[..<lineEnd]
        records.append(.fault(error, line: rowLine, text: Self.text(first.last == 0x0d ? first.dropLast() : first)))
        rest = Array(raw[(lineEnd + 1)...])
        line = rowLine + 1
        startRow()
    }

    private mutating func endRow(_ records: inout [CSVRecord]) {
        defer { startRow() }
        if case .skipping(let error) = state {
            records.append(.fault(error, line: rowLine, text: Self.text(raw[...])))
            return
        }
        guard !raw.isEmpty else { return }
        fields.append(field)
        var row: [String] = []
        row.reserveCapacity(fields.count)
        for field in fields {
            guard let text = String(validating: field, as: UTF8.self) else {
                records.append(.fault(.notUTF8, line: rowLine, text: Self.text(raw[...])))
                return
            }
            row.append(text)
        }
        records.append(.row(row, line: rowLine))
    }

    private mutating func startRow() {
        state = .fieldStart
        field.removeAll(keepingCapacity: true)
        fields.removeAll(keepingCapacity: true)
        raw.removeAll(keepingCapacity: true)
        rowLine = line
    }

    /// The first part of a faulty line, for a report.
    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix(1024), as: UTF8.self)
    }
}
