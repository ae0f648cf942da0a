/// How the text of an export is encoded.
package enum TextEncoding: String, Sendable, CaseIterable {
    case utf8 = "UTF-8"
    /// GB 18030, and with it its subsets GBK and GB 2312.
    case gb18030 = "GB18030"
}

/// Why a file is no text that can be imported.
package enum TextEncodingError: String, Error, Sendable, CaseIterable {
    /// A ZIP archive, as every XLSX is.
    case spreadsheet
    /// An OLE container, as every XLS is.
    case oldSpreadsheet = "old-spreadsheet"
    /// UTF-16 or UTF-32 with a byte-order mark.
    case utf16
    /// A zero byte.
    case binary

    /// What it is, and what to do about it.
    package var reason: LocalizedText {
        switch self {
        case .spreadsheet, .oldSpreadsheet:
            LocalizedText(
                chinese: "这是Excel工作簿。请在Excel中“另存为”→“CSV UTF-8（逗号分隔）”后再导入。",
                english: "This is an Excel workbook. In Excel choose “Save as”, “CSV UTF-8”, and import that file."
            )
        case .utf16:
            LocalizedText(
                chinese: "文件为UTF-16编码。请另存为UTF-8或GB 18030编码的CSV。",
                english: "The file is UTF-16. Save it as CSV in UTF-8 or GB 18030."
            )
        case .binary:
            LocalizedText(chinese: "这不是文本文件。请导出为CSV。", english: "This is no text file. Export it as CSV.")
        }
    }
}

/// Finds out how a file is encoded from its bytes: a byte-order mark, valid UTF-8, else GB 18030.
///
/// Feed it the file, or as much as it asks for: once `isDecided`, more bytes change nothing.
package struct TextEncodingDetector: Sendable {
    private var firstBytes: [UInt8] = []
    private var validator = UTF8Validator()
    private var hasZero = false
    private var hasByteOrderMark = false

    package init() {}

    /// Whether the conclusion is certain already. Plain ASCII and valid UTF-8 never are before the end.
    package var isDecided: Bool { hasByteOrderMark || hasZero || !validator.isValid }

    /// Takes in the next bytes of the file.
    package mutating func feed(_ bytes: [UInt8]) {
        if firstBytes.count < 8 { firstBytes.append(contentsOf: bytes.prefix(8 - firstBytes.count)) }
        hasByteOrderMark = firstBytes.starts(with: [0xef, 0xbb, 0xbf])
        guard !isDecided else { return }
        if bytes.contains(0) { hasZero = true }
        validator.feed(bytes)
    }

    /// What the bytes so far are; to be asked at the end of the file, or once it is decided.
    ///
    /// - Throws: `TextEncodingError`.
    package func conclusion() throws(TextEncodingError) -> TextEncoding {
        if firstBytes.starts(with: [0x50, 0x4b, 0x03, 0x04]) { throw .spreadsheet }
        if firstBytes.starts(with: [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) { throw .oldSpreadsheet }
        if firstBytes.starts(with: [0xff, 0xfe]) || firstBytes.starts(with: [0xfe, 0xff]) { throw .utf16 }
        if hasByteOrderMark { return .utf8 }
        if hasZero { throw .binary }
        return validator.isComplete ? .utf8 : .gb18030
    }
}

/// Checks UTF-8 (RFC 3629) piece by piece.
private struct UTF8Validator: Sendable {
    private(set) var isValid = true
    private var pending = 0
    private var nextRange: ClosedRange<UInt8> = 0x80...0xbf

    /// Whether all is valid and no character is cut short.
    var isComplete: Bool { isValid && pending == 0 }

    mutating func feed(_ bytes: [UInt8]) {
        for byte in bytes where isValid {
            if pending > 0 {
                isValid = nextRange.contains(byte)
                pending -= 1
                nextRange = 0x80...0xbf
                continue
            }
            switch byte {
            case 0x00...0x7f: break
            case 0xc2...0xdf: pending = 1
            case 0xe0: (pending, nextRange) = (2, 0xa0...0xbf)
            case 0xed: (pending, nextRange) = (2, 0x80...0x9f)
            case 0xe1...0xef: pending = 2
            case 0xf0: (pending, nextRange) = (3, 0x90...0xbf)
            case 0xf1...0xf3: pending = 3
            case 0xf4: (pending, nextRange) = (3, 0x80...0x8f)
            default: isValid = false
            }
        }
    }
}
