import Credentials
import Foundation

/// A department's export on disk, read row by row in UTF-8 or GB 18030 without ever being held whole.
final class ExportFile {
    private static let pieceByteCount = 256 * 1024

    let path: String
    let byteCount: Int
    let encoding: TextEncoding
    /// Line breaks, the heading's included: about how many rows there are.
    let lineBreakCount: Int

    private let handle: FileHandle
    private let converter: CharacterConverter?
    private var reader = CSVReader()
    private var records: ArraySlice<CSVRecord> = []
    private var isAtEnd = false

    /// Opens the file and finds out how it is encoded, for which it is read through once.
    ///
    /// - Throws: `CommandError` for a file that is missing, no text, or a workbook.
    init(path: String) throws {
        self.path = path
        guard let handle = FileHandle(forReadingAtPath: path) else { throw CommandError.file(path, "找不到 not found") }
        self.handle = handle
        var detector = TextEncodingDetector()
        var byteCount = 0
        var lineBreakCount = 0
        while let piece = try Self.read(handle, path) {
            byteCount += piece.count
            lineBreakCount += piece.count { $0 == UInt8(ascii: "\n") }
            if !detector.isDecided { detector.feed(piece) }
        }
        self.byteCount = byteCount
        self.lineBreakCount = lineBreakCount
        do throws(TextEncodingError) {
            encoding = try detector.conclusion()
        } catch {
            throw CommandError(
                code: "export-\(error.rawValue)",
                chinese: "\(path)：\(error.reason.chinese)",
                english: "\(path): \(error.reason.english)"
            )
        }
        converter = encoding == .gb18030 ? try CharacterConverter(from: "GB18030", to: "UTF-8") : nil
        try handle.seek(toOffset: 0)
    }

    deinit { try? handle.close() }

    /// The next row, or nil at the end.
    func next() throws -> CSVRecord? {
        while records.isEmpty {
            guard !isAtEnd else { return nil }
            if let piece = try Self.read(handle, path) {
                records = reader.feed(converter?.convert(piece) ?? piece)[...]
            } else {
                isAtEnd = true
                records = (converter.map { reader.feed($0.convert([], isLast: true)) } ?? []) + reader.finish()[...]
            }
        }
        return records.popFirst()
    }

    private static func read(_ handle: FileHandle, _ path: String) throws -> [UInt8]? {
        do {
            guard let data = try handle.read(upToCount: pieceByteCount), !data.isEmpty else { return nil }
            return Array(data)
        } catch {
            throw CommandError.file(path, error.localizedDescription)
        }
    }
}
