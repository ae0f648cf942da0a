/// Parses JSON of unknown origin strictly (RFC 8259, and I-JSON's rule against repeated names, RFC 7493 §2.3).
///
/// Refused: a byte-order mark, repeated names, nesting beyond 32, invalid UTF-8, lone surrogates, anything after the
/// value. Nothing is ever replaced or guessed.
package struct JSONParser {
    /// Arrays and objects that may stand inside each other.
    package static let depthMax = 32
    /// Characters of one number.
    package static let numberCharactersMax = 64

    private let bytes: UnsafeBufferPointer<UInt8>
    private var offset = 0

    private init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The value that `bytes`, all of them, spell.
    ///
    /// - Throws: `JSONParseError`, with the offset of the first byte that is at fault.
    package static func parse(_ bytes: [UInt8], byteCountMax: Int) throws(JSONParseError) -> JSONValue {
        guard bytes.count <= byteCountMax else { throw .tooLarge(found: bytes.count, limit: byteCountMax) }
        let result = bytes.withUnsafeBufferPointer { buffer -> Result<JSONValue, JSONParseError> in
            var parser = JSONParser(buffer)
            do throws(JSONParseError) {
                return .success(try parser.parseDocument())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private mutating func parseDocument() throws(JSONParseError) -> JSONValue {
        skipSpace()
        let value = try parseValue(depth: 0)
        skipSpace()
        guard offset == bytes.count else { throw .trailingBytes(offset: offset) }
        return value
    }

    private mutating func parseValue(depth: Int) throws(JSONParseError) -> JSONValue {
        switch try peek() {
        case UInt8(ascii: "{"): return .object(try parseObject(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try parseArray(depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "t"): return try parseWord("true", as: .bool(true))
        case UInt8(ascii: "f"): return try parseWord("false", as: .bool(false))
        case UInt8(ascii: "n"): return try parseWord("null", as: .null)
        case UInt8(ascii: "-"), 0x30...0x39: return try parseNumber()
        case let other: throw .unexpectedByte(found: other, offset: offset)
        }
    }

    private mutating func parseObject(depth: Int) throws(JSONParseError) -> JSONObject {
        guard depth <= Self.depthMax else { throw .tooDeep(limit: Self.depthMax, offset: offset) }
        offset += 1
        var members: [JSONObject.Member] = []
        // Comparing with each earlier name is quicker than hashing only while there are few.
        var names: Set<String> = []
        skipSpace()
        if try peek() == UInt8(ascii: "}") {
            offset += 1
            return JSONObject()
        }
        while true {
            skipSpace()
            let start = offset
            try expect(UInt8(ascii: "\""), consume: false)
            let name = try parseString()
            if members.count == 12 { names = Set(members.map(\.name)) }
            if members.count < 12 || !names.insert(name).inserted {
                guard !members.contains(where: { $0.name.isExactly(name) }) else {
                    throw .duplicateName(offset: start)
                }
            }
            skipSpace()
            try expect(UInt8(ascii: ":"))
            skipSpace()
            members.append(JSONObject.Member(name, try parseValue(depth: depth)))
            skipSpace()
            if try peek() == UInt8(ascii: "}") { break }
            try expect(UInt8(ascii: ","))
        }
        offset += 1
        return JSONObject(distinct: members)
    }

    private mutating func parseArray(depth: Int) throws(JSONParseError) -> [JSONValue] {
        guard depth <= Self.depthMax else { throw .tooDeep(limit: Self.depthMax, offset: offset) }
        offset += 1
        var elements: [JSONValue] = []
        skipSpace()
        if try peek() == UInt8(ascii: "]") {
            offset += 1
            return elements
        }
        while true {
            skipSpace()
            elements.append(try parseValue(depth: depth))
            skipSpace()
            if try peek() == UInt8(ascii: "]") { break }
            try expect(UInt8(ascii: ","))
        }
        offset += 1
        return elements
    }

    private mutating func parseString() throws(JSONParseError) -> String {
        offset += 1
        let start = offset
        var isPlain = true
        while true {
            let byte = try peek()
            if byte == UInt8(ascii: "\"") { break }
            if byte < 0x20 { throw .controlCharacter(found: byte, offset: offset) }
            if byte == UInt8(ascii: "\\") {
                isPlain = false
                offset += 1
                _ = try peek()
            }
            offset += 1
        }
        let end = offset
        offset += 1
        guard isPlain else { return try unescape(from: start, to: end) }
        return try text(bytes[start..<end], at: start)
    }

    private func text(_ slice: Slice<UnsafeBufferPointer<UInt8>>, at start: Int) throws(JSONParseError) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else { throw .notUTF8(offset: start) }
        return text
    }

    private func unescape(from start: Int, to end: Int) throws(JSONParseError) -> String {
        var plain: [UInt8] = []
        plain.reserveCapacity(end - start)
        var index = start
        while index < end {
            guard bytes[index] == UInt8(ascii: "\\") else {
                plain.append(bytes[index])
                index += 1
                continue
            }
            let escape = index
            index += 2
            switch bytes[escape + 1] {
            case UInt8(ascii: "\""): plain.append(0x22)
            case UInt8(ascii: "\\"): plain.append(0x5c)
            case UInt8(ascii: "/"): plain.append(0x2f)
            case UInt8(ascii: "b"): plain.append(0x08)
            case UInt8(ascii: "f"): plain.append(0x0c)
            case UInt8(ascii: "n"): plain.append(0x0a)
            case UInt8(ascii: "r"): plain.append(0x0d)
            case UInt8(ascii: "t"): plain.append(0x09)
            case UInt8(ascii: "u"):
                let scalar = try unescapeScalar(at: &index, to: end, escape: escape)
                plain.append(contentsOf: String(Character(scalar)).utf8)
            default: throw .badEscape(offset: escape)
            }
        }
        guard let text = String(validating: plain, as: UTF8.self) else { throw .notUTF8(offset: start) }
        return text
    }

    /// The scalar of one `\uXXXX`, or of two that form a surrogate pair; `index` stands after the first `\u`.
    private func unescapeScalar(
        at index: inout Int,
        to end: Int,
        escape: Int
    ) throws(JSONParseError) -> Unicode.Scalar {
        let first = try hexadecimalUnit(at: &index, to: end, escape: escape)
        guard (0xd800...0xdfff).contains(first) else {
            guard let scalar = Unicode.Scalar(first) else { throw .loneSurrogate(offset: escape) }
            return scalar
        }
        guard first < 0xdc00, index + 1 < end, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u")
        else { throw .loneSurrogate(offset: escape) }
        index += 2
        let second = try hexadecimalUnit(at: &index, to: end, escape: escape)
        guard (0xdc00...0xdfff).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
        else { throw .loneSurrogate(offset: escape) }
        return scalar
    }

    private func hexadecimalUnit(at index: inout Int, to end: Int, escape: Int) throws(JSONParseError) -> UInt32 {
        guard index + 4 <= end else { throw .badEscape(offset: escape) }
        var unit: UInt32 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch bytes[index] {
            case let byte where (0x30...0x39).contains(byte): digit = byte - 0x30
            case let byte where (0x41...0x46).contains(byte): digit = byte - 0x41 + 10
            case let byte where (0x61...0x66).contains(byte): digit = byte - 0x61 + 10
            default: throw .badEscape(offset: escape)
            }
            unit = unit << 4 | UInt32(digit)
            index += 1
        }
        return unit
    }

    private mutating func parseNumber() throws(JSONParseError) -> JSONValue {
        let start = offset
        if bytes[offset] == UInt8(ascii: "-") { offset += 1 }
        let integerDigits = skipDigits()
        guard integerDigits > 0 else { throw .badNumber(offset: start) }
        guard integerDigits == 1 || bytes[offset - integerDigits] != UInt8(ascii: "0") else {
            throw .badNumber(offset: start)
        }
        var isInteger = true
        if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
            isInteger = false
            offset += 1
            guard skipDigits() > 0 else { throw .badNumber(offset: start) }
        }
        if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            offset += 1
            if offset < bytes.count, bytes[offset] == UInt8(ascii: "+") || bytes[offset] == UInt8(ascii: "-") {
                offset += 1
            }
            guard skipDigits() > 0 else { throw .badNumber(offset: start) }
        }
        guard offset - start <= Self.numberCharactersMax else { throw .badNumber(offset: start) }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        // Minus zero is no integer: writing it back as 0 would change the text.
        if isInteger, text != "-0", let value = Int64(text) { return .integer(value) }
        return .decimal(text)
    }

    private mutating func skipDigits() -> Int {
        let start = offset
        while offset < bytes.count, (0x30...0x39).contains(bytes[offset]) { offset += 1 }
        return offset - start
    }

    private mutating func parseWord(_ word: StaticString, as value: JSONValue) throws(JSONParseError) -> JSONValue {
        for index in 0..<word.utf8CodeUnitCount {
            try expect(word.utf8Start[index])
        }
        return value
    }

    private mutating func skipSpace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0a, 0x0d: offset += 1
            default: return
            }
        }
    }

    private func peek() throws(JSONParseError) -> UInt8 {
        guard offset < bytes.count else { throw .unexpectedEnd(offset: offset) }
        return bytes[offset]
    }

    private mutating func expect(_ byte: UInt8, consume: Bool = true) throws(JSONParseError) {
        let found = try peek()
        guard found == byte else { throw .unexpectedByte(found: found, offset: offset) }
        if consume { offset += 1 }
    }
}

extension JSONValue {
    /// The value that `bytes`, all of them, spell; `byteCountMax` bytes at most.
    ///
    /// - Throws: `JSONParseError`.
    package init(parsing bytes: [UInt8], byteCountMax: Int) throws(JSONParseError) {
        self = try JSONParser.parse(bytes, byteCountMax: byteCountMax)
    }
}
