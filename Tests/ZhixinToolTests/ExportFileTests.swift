import Credentials
import Foundation
import Testing

@testable import zhixin

@Suite struct ExportFileTests {
    private static let text = "编号,姓名\r\nA1,王小明\r\nA2,\"李,四\"\r\n"
    private static let rows: [CSVRecord] = [
        .row(["编号", "姓名"], line: 1), .row(["A1", "王小明"], line: 2), .row(["A2", "李,四"], line: 3),
    ]

    private static func gb18030(_ text: String) throws -> [UInt8] {
        try CharacterConverter(from: "UTF-8", to: "GB18030").convert(Array(text.utf8), isLast: true)
    }

    private func records(_ path: String) throws -> (TextEncoding, [CSVRecord]) {
        let file = try ExportFile(path: path)
        var records: [CSVRecord] = []
        while let record = try file.next() { records.append(record) }
        return (file.encoding, records)
    }

    @Test func bothEncodingsGiveTheSameRows() throws {
        let scratch = try ScratchFolder()
        let plain = try scratch.write(Array(Self.text.utf8), "a.csv")
        let marked = try scratch.write([0xef, 0xbb, 0xbf] + Array(Self.text.utf8), "b.csv")
        let chinese = try scratch.write(try Self.gb18030(Self.text), "c.csv")
        #expect(try records(plain) == (.utf8, Self.rows))
        #expect(try records(marked) == (.utf8, Self.rows))
        #expect(try records(chinese) == (.gb18030, Self.rows))
    }

    @Test(arguments: [1, 2, 3, 5, 64]) func charactersMayBeCutAnywhere(_ size: Int) throws {
        let text = String(repeating: "王小明，𠮷野家。abc\r\n", count: 40)
        let bytes = try Self.gb18030(text)
        let converter = try CharacterConverter(from: "GB18030", to: "UTF-8")
        var converted: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            converted += converter.convert(Array(bytes[start..<min(start + size, bytes.count)]))
        }
        converted += converter.convert([], isLast: true)
        #expect(String(decoding: converted, as: UTF8.self) == text)
    }

    @Test func bytesThatStandForNothingCostTheirRowAlone() throws {
        let scratch = try ScratchFolder()
        let good = try Self.gb18030("A1,王\r\n")
        let path = try scratch.write(good + [0x41, 0x2c, 0xff, 0x0d, 0x0a] + good + [0xb0], "a.csv")
        let (encoding, found) = try records(path)
        #expect(encoding == .gb18030 && found.count == 4)
        #expect(found[0] == .row(["A1", "王"], line: 1) && found[2] == .row(["A1", "王"], line: 3))
        guard case .fault(.notUTF8, 2, _) = found[1], case .fault(.notUTF8, 4, _) = found[3] else {
            Issue.record("\(found)")
            return
        }
    }

    @Test(
        arguments: [
            ([0x50, 0x4b, 0x03, 0x04, 0, 0], "export-spreadsheet"),
            ([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], "export-old-spreadsheet"),
            ([0xff, 0xfe, 0x41, 0x00], "export-utf16"), ([0x41, 0x00, 0x42], "export-binary"),
        ] as [([UInt8], String)]
    )
    func workbooksAndOtherFilesAreRefusedWithAdvice(_ bytes: [UInt8], _ code: String) throws {
        let scratch = try ScratchFolder()
        let path = try scratch.write(bytes, "a.xlsx")
        let error = #expect(throws: CommandError.self) { try ExportFile(path: path) }
        #expect(error?.code == code)
    }

    @Test func missingFileIsNamed() {
        let error = #expect(throws: CommandError.self) { try ExportFile(path: "/nowhere/a.csv") }
        #expect(error?.code == "file-unusable")
    }
}
