/// Why a value has no canonical JSON form here.
package enum JSONCanonicalError: Error, Equatable, Sendable {
    /// A number with a fraction, an exponent, or beyond ±(2^53 - 1), whose form RFC 8785 takes from floating point.
    case numberOutsideSubset(String)
    /// Arrays and objects nested deeper than the parser reads back.
    case tooDeep(limit: Int)
}

extension JSONValue {
    /// The value on one line without spaces, members in their order.
    package var compactBytes: [UInt8] {
        var serializer = JSONSerializer(sortsNames: false)
        serializer.write(self)
        return serializer.bytes
    }

    /// The value as one-line text.
    package var compactText: String { String(decoding: compactBytes, as: UTF8.self) }

    /// The canonical form (RFC 8785): names in the order of their UTF-16 units, shortest escapes, integers only.
    ///
    /// - Throws: `JSONCanonicalError` for what the subset leaves out.
    package func canonicalJSON() throws(JSONCanonicalError) -> [UInt8] {
        try requireCanonicalSubset(depth: 0)
        var serializer = JSONSerializer(sortsNames: true)
        serializer.write(self)
        return serializer.bytes
    }

    private func requireCanonicalSubset(depth: Int) throws(JSONCanonicalError) {
        guard depth <= JSONParser.depthMax else { throw .tooDeep(limit: JSONParser.depthMax) }
        switch self {
        case .null, .bool, .string: return
        case .integer(let value):
            guard value.magnitude < 1 << 53 else { throw .numberOutsideSubset(String(value)) }
        case .decimal(let text): throw .numberOutsideSubset(text)
        case .array(let elements):
            for element in elements { try element.requireCanonicalSubset(depth: depth + 1) }
        case .object(let object):
            for member in object.members { try member.value.requireCanonicalSubset(depth: depth + 1) }
        }
    }
}

/// Writes JSON as bytes with the escapes of RFC 8785 §3.2.2.2.
private struct JSONSerializer {
    private static let digits = Array("0123456789abcdef".utf8)
    private(set) var bytes: [UInt8] = []
    private let sortsNames: Bool

    init(sortsNames: Bool) { self.sortsNames = sortsNames }

    mutating func write(_ value: JSONValue) {
        switch value {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        case .integer(let number): bytes.append(contentsOf: String(number).utf8)
        case .decimal(let text): bytes.append(contentsOf: text.utf8)
        case .string(let text): write(text)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                write(element)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let object):
            write(object)
        }
    }

    private mutating func write(_ object: JSONObject) {
        let members =
            sortsNames
            ? object.members.sorted { $0.name.utf16.lexicographicallyPrecedes($1.name.utf16) } : object.members
        bytes.append(UInt8(ascii: "{"))
        for (index, member) in members.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            write(member.name)
            bytes.append(UInt8(ascii: ":"))
            write(member.value)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func write(_ text: String) {
        bytes.append(0x22)
        for byte in text.utf8 {
            switch byte {
            case 0x22: bytes.append(contentsOf: [0x5c, 0x22])
            case 0x5c: bytes.append(contentsOf: [0x5c, 0x5c])
            case 0x08: bytes.append(contentsOf: [0x5c, UInt8(ascii: "b")])
            case 0x09: bytes.append(contentsOf: [0x5c, UInt8(ascii: "t")])
            case 0x0a: bytes.append(contentsOf: [0x5c, UInt8(ascii: "n")])
            case 0x0c: bytes.append(contentsOf: [0x5c, UInt8(ascii: "f")])
            case 0x0d: bytes.append(contentsOf: [0x5c, UInt8(ascii: "r")])
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(Self.digits[Int(byte >> 4)])
                bytes.append(Self.digits[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        bytes.append(0x22)
    }
}
