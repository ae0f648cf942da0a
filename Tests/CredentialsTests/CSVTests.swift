import Credentials
import Primitives
import TestKit
import Testing

struct CSVTests {
    private static func read(_ bytes: [UInt8], pieces: Int = .max) -> [CSVRecord] {
        var reader = CSVReader()
        var records: [CSVRecord] = []
        var start = 0
        while start < bytes.count {
            let end = start + min(pieces, bytes.count - start)
            records += reader.feed(Array(bytes[start..<end]))
            start = end
        }
        return records + reader.finish()
    }

    @Test(
        arguments: [
            ("a,b\r\nc,d\r\n", [.row(["a", "b"], line: 1), .row(["c", "d"], line: 2)]),
            ("a,b\nc,d", [.row(["a", "b"], line: 1), .row(["c", "d"], line: 2)]),
            ("a\rb\r\r\nc", [.row(["a"], line: 1), .row(["b"], line: 2), .row(["c"], line: 4)]),
            ("\u{feff}姓名,,\n", [.row(["姓名", "", ""], line: 1)]), ("", []), ("\n\r\n\n", []),
            ("\n\na", [.row(["a"], line: 3)]), (",", [.row(["", ""], line: 1)]), ("\"\"\n", [.row([""], line: 1)]),
            ("\"a\"\"b\",\"c,d\"\n", [.row(["a\"b", "c,d"], line: 1)]),
            ("\"a\r\nb\",c\nd", [.row(["a\r\nb", "c"], line: 1), .row(["d"], line: 3)]),
            (" a , b", [.row([" a ", " b"], line: 1)]), ("ab", [.row(["ab"], line: 1)]),
            ("\"a\"", [.row(["a"], line: 1)]),
        ] as [(String, [CSVRecord])]
    )
    func rowsAreReadWithTheirLines(_ text: String, _ expected: [CSVRecord]) {
        for pieces in [1, 2, 3, .max] { #expect(Self.read(bytes(text), pieces: pieces) == expected) }
    }

    @Test(
        arguments: [
            ("a\"b,c\nd\n", [.fault(.strayQuote, line: 1, text: "a\"b,c"), .row(["d"], line: 2)]),
            ("\"a\"b\r\nd", [.fault(.strayQuote, line: 1, text: "\"a\"b"), .row(["d"], line: 2)]),
            (
                "a\n\"b\nc,d\ne",
                [
                    .row(["a"], line: 1), .fault(.unterminatedQuote, line: 2, text: "\"b"), .row(["c", "d"], line: 3),
                    .row(["e"], line: 4),
                ]
            ),
            (
                "\"b\r\nc\"d,e\nf",
                [
                    .fault(.strayQuote, line: 1, text: "\"b"), .fault(.strayQuote, line: 2, text: "c\"d,e"),
                    .row(["f"], line: 3),
                ]
            ),
            ("a\n\"b", [.row(["a"], line: 1), .fault(.unterminatedQuote, line: 2, text: "\"b")]),
        ] as [(String, [CSVRecord])]
    )
    func aFaultCostsItsRowAlone(_ text: String, _ expected: [CSVRecord]) {
        for pieces in [1, 2, 5, .max] { #expect(Self.read(bytes(text), pieces: pieces) == expected) }
    }

    @Test func limitsHoldOnBothSides() {
        let field = String(repeating: "x", count: CSVReader.fieldByteCountMax)
        #expect(Self.read(bytes(field + "\na")) == [.row([field], line: 1), .row(["a"], line: 2)])
        let long = Self.read(bytes(field + "x\na"))
        #expect(long.last == .row(["a"], line: 2))
        guard case .fault(.fieldTooLong(limit: 8_192), line: 1, _)? = long.first, long.count == 2 else {
            Issue.record("\(long.count) records")
            return
        }
        let columns = String(repeating: ",", count: CSVReader.columnsMax - 1)
        guard case .row(let fields, line: 1)? = Self.read(bytes(columns)).first else {
            Issue.record("no row")
            return
        }
        #expect(fields.count == CSVReader.columnsMax)
        guard case .fault(.tooManyColumns(limit: 256), line: 1, _)? = Self.read(bytes(columns + ",")).first else {
            Issue.record("no fault")
            return
        }
        let row = Array(repeating: field.dropLast(), count: 8).joined(separator: ",")
        let exact = row + String(repeating: "y", count: 1)
        #expect(exact.utf8.count == CSVReader.rowByteCountMax)
        guard case .row? = Self.read(bytes(exact + "\n")).first,
            case .fault(.rowTooLong(limit: 65_536), line: 1, _)? = Self.read(bytes(row + ",z\n")).first
        else {
            Issue.record("the row's limit is elsewhere")
            return
        }
    }

    @Test func aLostQuoteAtTheStartOfALongFileCostsOneLine() {
        var text = "\"lost\n"
        for index in 0..<3_000 { text += "row \(index),value\n" }
        let records = Self.read(bytes(text))
        #expect(records.count == 3_001)
        #expect(records[0] == .fault(.unterminatedQuote, line: 1, text: "\"lost"))
        #expect(records[3_000] == .row(["row 2999", "value"], line: 3_001))
    }

    @Test func rowsThatAreNotUTF8AreRefusedAlone() {
        let records = Self.read([0x61, 0xff, 0x0a, 0x62])
        #expect(records == [.fault(.notUTF8, line: 1, text: "a\u{fffd}"), .row(["b"], line: 2)])
    }

    @Test func whatIsWrittenIsReadBack() {
        var random = SeededRandom(seed: 13)
        let alphabet = Array("ab,\"\r\n 姓é")
        for _ in 0..<500 {
            let rows = (0..<3).map { _ in
                (0..<Int.random(in: 1...4, using: &random)).map { _ in
                    String(
                        (0..<Int.random(in: 0...5, using: &random)).map { _ in
                            alphabet.randomElement(using: &random) ?? "a"
                        }
                    )
                }
            }
            let written = rows.flatMap(CSVWriter.row)
            let pieces = Int.random(in: 1...7, using: &random)
            let read = Self.read(written, pieces: pieces).map { record in
                if case .row(let fields, _) = record { fields } else { [String]() }
            }
            #expect(read == rows)
            let changed = mutated(written, by: &random)
            #expect(Self.read(changed, pieces: pieces) == Self.read(changed))
        }
    }

    @Test func refusedRowsCanBeCorrectedAndReadAgain() throws {
        let writer = RefusedRowWriter(headers: ["户号", "姓名"])
        let problem = CertificateRowProblem(
            code: "missing",
            column: "姓名",
            reason: CertificateValueError.missing.reason
        )
        let problems = CertificateRowProblems(line: 7, problems: [problem, problem])
        let file =
            writer.heading + writer.row(problems, cells: ["A,1", ""])
            + writer.row(.strayQuote, line: 9, text: "a\"b")
        #expect(
            Self.read(file) == [
                .row(["行号", "错误", "户号", "姓名"], line: 1),
                .row(["7", "“姓名”：必填项为空；“姓名”：必填项为空", "A,1", ""], line: 2),
                .row(["9", CSVRowError.strayQuote.reason.chinese, "a\"b", ""], line: 3),
            ]
        )
    }
}

struct TextEncodingTests {
    /// 姓名,测试 in GB 18030.
    private static let gb18030: [UInt8] = [0xd0, 0xd5, 0xc3, 0xfb, 0x2c, 0xb2, 0xe2, 0xca, 0xd4]

    private static func conclude(_ bytes: [UInt8], pieces: Int) throws(TextEncodingError) -> TextEncoding {
        var detector = TextEncodingDetector()
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            detector.feed(Array(bytes[start..<min(start + pieces, bytes.count)]))
        }
        return try detector.conclusion()
    }

    @Test func encodingsAreTold() throws {
        for pieces in [1, 2, 1_000] {
            #expect(try Self.conclude(bytes("plain"), pieces: pieces) == .utf8)
            #expect(try Self.conclude(bytes("姓名,测试😀"), pieces: pieces) == .utf8)
            #expect(try Self.conclude(bytes("\u{feff}姓名"), pieces: pieces) == .utf8)
            #expect(try Self.conclude(Self.gb18030, pieces: pieces) == .gb18030)
            #expect(try Self.conclude(bytes("ASCII first,") + Self.gb18030, pieces: pieces) == .gb18030)
            // A character that the end cuts short is no UTF-8.
            #expect(try Self.conclude(Array(bytes("姓").dropLast()), pieces: pieces) == .gb18030)
        }
    }

    @Test func otherFilesAreNamed() {
        let cases: [([UInt8], TextEncodingError)] = [
            ([0x50, 0x4b, 0x03, 0x04, 0x14, 0], .spreadsheet),
            ([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], .oldSpreadsheet), ([0xff, 0xfe, 0x61, 0], .utf16),
            ([0xfe, 0xff, 0, 0x61], .utf16), ([0x61, 0, 0x62], .binary),
        ]
        for (file, expected) in cases {
            for pieces in [1, 3, 100] {
                #expect(throws: expected) { try Self.conclude(file, pieces: pieces) }
            }
            #expect(expected.reason.chinese != expected.reason.english)
        }
    }
}
