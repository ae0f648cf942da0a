/// Why a JSON value does not have the shape that a format asks for. `path` names the place, such as `evidence[0].id`.
package enum JSONShapeError: Error, Equatable, Sendable {
    /// A member that must be there is not.
    case missing(path: String)
    /// A value of kind `found` where `expected` is due.
    case wrongKind(path: String, expected: String, found: String)
    /// A member that the format does not know.
    case unknownName(path: String)
    /// A text, number or list outside the format's limits or words.
    case notAllowed(path: String, reason: String)
}

/// Reads the members of one JSON object and, at the end, refuses the ones that nobody asked for.
///
/// A member that is `null` counts as present with the wrong kind: our formats leave out what they do not say.
package struct StrictObject {
    /// Where the object stands in its document; empty for the document itself.
    package let path: String
    private let object: JSONObject
    private var asked: Set<String> = []

    /// - Throws: `JSONShapeError.wrongKind` unless `value` is an object.
    package init(_ value: JSONValue, path: String = "") throws(JSONShapeError) {
        guard case .object(let object) = value else {
            throw .wrongKind(path: path, expected: "object", found: value.kindName)
        }
        self.object = object
        self.path = path
    }

    /// The path of the member `name`.
    package func path(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    /// Whether the object has the member `name`.
    package func has(_ name: String) -> Bool { object[name] != nil }

    /// The member `name`, whatever it is, or nil.
    package mutating func optionalValue(_ name: String) -> JSONValue? {
        asked.insert(name)
        return object[name]
    }

    /// The member `name`, whatever it is.
    package mutating func value(_ name: String) throws(JSONShapeError) -> JSONValue {
        guard let value = optionalValue(name) else { throw .missing(path: path(of: name)) }
        return value
    }

    /// The string `name` of 1 to `byteCountMax` UTF-8 bytes.
    package mutating func string(_ name: String, byteCountMax: Int = 256) throws(JSONShapeError) -> String {
        try checked(value(name), name, byteCountMax)
    }

    /// The string `name`, or nil when it is absent.
    package mutating func optionalString(
        _ name: String,
        byteCountMax: Int = 256
    ) throws(JSONShapeError) -> String? {
        guard let value = optionalValue(name) else { return nil }
        return try checked(value, name, byteCountMax)
    }

    /// The integer `name` within `range`.
    package mutating func integer(
        _ name: String,
        in range: ClosedRange<Int64>
    ) throws(JSONShapeError) -> Int64 {
        let value = try value(name)
        guard let number = value.integer else {
            throw .wrongKind(path: path(of: name), expected: "integer", found: value.kindName)
        }
        guard range.contains(number) else {
            throw .notAllowed(
                path: path(of: name),
                reason: "\(number) is outside \(range.lowerBound)...\(range.upperBound)"
            )
        }
        return number
    }

    /// The boolean `name`, or `absent` when the member is absent; nil means that it must be there.
    package mutating func bool(_ name: String, absent: Bool? = nil) throws(JSONShapeError) -> Bool {
        guard let value = optionalValue(name) else {
            guard let absent else { throw .missing(path: path(of: name)) }
            return absent
        }
        guard let flag = value.bool else {
            throw .wrongKind(path: path(of: name), expected: "boolean", found: value.kindName)
        }
        return flag
    }

    /// The object `name`.
    package mutating func object(_ name: String) throws(JSONShapeError) -> StrictObject {
        try StrictObject(value(name), path: path(of: name))
    }

    /// The array `name` of `countRange` elements, each with its path. An absent array is empty if that is allowed.
    package mutating func array(
        _ name: String,
        count countRange: ClosedRange<Int>
    ) throws(JSONShapeError) -> [(value: JSONValue, path: String)] {
        let elements: [JSONValue]
        switch optionalValue(name) {
        case nil:
            guard countRange.lowerBound == 0 else { throw .missing(path: path(of: name)) }
            elements = []
        case .array(let found)?: elements = found
        case let other?: throw .wrongKind(path: path(of: name), expected: "array", found: other.kindName)
        }
        guard countRange.contains(elements.count) else {
            let reason = "\(elements.count) elements, not \(countRange.lowerBound)...\(countRange.upperBound)"
            throw .notAllowed(path: path(of: name), reason: reason)
        }
        return elements.enumerated().map { ($0.element, "\(path(of: name))[\($0.offset)]") }
    }

    /// The strings of the array `name`, each of 1 to `byteCountMax` bytes.
    package mutating func strings(
        _ name: String,
        count countRange: ClosedRange<Int>,
        byteCountMax: Int = 256
    ) throws(JSONShapeError) -> [String] {
        var strings: [String] = []
        for (value, path) in try array(name, count: countRange) {
            strings.append(try Self.checkedString(value, path: path, byteCountMax: byteCountMax))
        }
        return strings
    }

    /// The case of `Word` that the string `name` spells.
    package mutating func word<Word: RawRepresentable & CaseIterable>(
        _ name: String,
        as _: Word.Type = Word.self
    ) throws(JSONShapeError) -> Word where Word.RawValue == String {
        let text = try string(name)
        guard let word = Word(rawValue: text) else {
            let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw .notAllowed(path: path(of: name), reason: "not one of \(known)")
        }
        return word
    }

    /// Refuses the members that were not asked for.
    package func finish() throws(JSONShapeError) {
        for name in object.names where !asked.contains(name) { throw .unknownName(path: path(of: name)) }
    }

    /// An error about the member `name`.
    package func refusal(_ name: String, _ reason: String) -> JSONShapeError {
        .notAllowed(path: path(of: name), reason: reason)
    }

    private func checked(_ value: JSONValue, _ name: String, _ byteCountMax: Int) throws(JSONShapeError) -> String {
        try Self.checkedString(value, path: path(of: name), byteCountMax: byteCountMax)
    }

    private static func checkedString(
        _ value: JSONValue,
        path: String,
        byteCountMax: Int
    ) throws(JSONShapeError) -> String {
        guard let text = value.string else {
            throw .wrongKind(path: path, expected: "string", found: value.kindName)
        }
        guard (1...byteCountMax).contains(text.utf8.count) else {
            throw .notAllowed(path: path, reason: "\(text.utf8.count) bytes, not 1...\(byteCountMax)")
        }
        return text
    }
}
