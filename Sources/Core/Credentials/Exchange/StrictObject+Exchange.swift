import Primitives

/// The kinds of member that only exchanged shapes have.
extension StrictObject {
    /// The digest `name`: 64 lower-case hexadecimal digits.
    mutating func digest(_ name: String) throws(JSONShapeError) -> Digest {
        let bytes = try hexadecimal(name, byteCount: Digest.byteCount)
        guard let digest = Digest(bytes) else { throw refusal(name, "not 32 bytes") }
        return digest
    }

    /// The digest `name`, or nil when it is absent.
    mutating func optionalDigest(_ name: String) throws(JSONShapeError) -> Digest? {
        has(name) ? try digest(name) : nil
    }

    /// Exactly `byteCount` bytes in lower-case hexadecimal.
    mutating func hexadecimal(_ name: String, byteCount: Int) throws(JSONShapeError) -> [UInt8] {
        let text = try string(name)
        guard let bytes = Hexadecimal.decode(text), bytes.count == byteCount, Hexadecimal.encode(bytes) == text else {
            throw refusal(name, "not \(2 * byteCount) lower-case hexadecimal digits")
        }
        return bytes
    }

    /// As `hexadecimal`, or nil when it is absent.
    mutating func optionalHexadecimal(_ name: String, byteCount: Int) throws(JSONShapeError) -> [UInt8]? {
        has(name) ? try hexadecimal(name, byteCount: byteCount) : nil
    }

    /// 1 to `byteCountMax` bytes in base64url.
    mutating func binary(_ name: String, byteCountMax: Int) throws(JSONShapeError) -> [UInt8] {
        let text = try string(name, byteCountMax: (byteCountMax * 4 + 2) / 3)
        guard let bytes = Base64URL.decode(text) else { throw refusal(name, "not base64url") }
        return bytes
    }

    /// As `binary`, or nil when it is absent.
    mutating func optionalBinary(_ name: String, byteCountMax: Int) throws(JSONShapeError) -> [UInt8]? {
        has(name) ? try binary(name, byteCountMax: byteCountMax) : nil
    }

    /// Exactly `byteCount` bytes in base64url.
    mutating func binary(_ name: String, byteCount: Int) throws(JSONShapeError) -> [UInt8] {
        let bytes = try binary(name, byteCountMax: byteCount)
        guard bytes.count == byteCount else { throw refusal(name, "\(bytes.count) bytes, not \(byteCount)") }
        return bytes
    }

    /// A number from 0 to the largest that its type and JSON's integers hold.
    mutating func unsigned<Number: FixedWidthInteger & UnsignedInteger>(
        _ name: String
    ) throws(JSONShapeError) -> Number {
        Number(try integer(name, in: 0...Int64(clamping: Number.max)))
    }

    /// As `unsigned`, or nil when it is absent.
    mutating func optionalUnsigned<Number: FixedWidthInteger & UnsignedInteger>(
        _ name: String
    ) throws(JSONShapeError) -> Number? {
        has(name) ? try unsigned(name) : nil
    }

    /// The boolean `name`, or nil when it is absent.
    mutating func optionalBool(_ name: String) throws(JSONShapeError) -> Bool? {
        has(name) ? try bool(name) : nil
    }

    /// The numbers of the array `name`.
    mutating func numbers(_ name: String, count: ClosedRange<Int>) throws(JSONShapeError) -> [UInt16] {
        var numbers: [UInt16] = []
        for (value, path) in try array(name, count: count) {
            guard let integer = value.integer, let number = UInt16(exactly: integer) else {
                throw .notAllowed(path: path, reason: "not a number from 0 to 65535")
            }
            numbers.append(number)
        }
        return numbers
    }

    /// The object `name` as a shape of its own.
    mutating func shape<Shape: ExchangeShape>(_ name: String) throws(JSONShapeError) -> Shape {
        try Shape(json: value(name), path: path(of: name))
    }

    /// As `shape`, or nil when it is absent.
    mutating func optionalShape<Shape: ExchangeShape>(_ name: String) throws(JSONShapeError) -> Shape? {
        has(name) ? try shape(name) : nil
    }

    /// The objects of the array `name`.
    mutating func shapes<Shape: ExchangeShape>(
        _ name: String,
        count: ClosedRange<Int>
    ) throws(JSONShapeError) -> [Shape] {
        var shapes: [Shape] = []
        for (value, path) in try array(name, count: count) { shapes.append(try Shape(json: value, path: path)) }
        return shapes
    }
}

extension StrictObject {
    /// The case of `Word` that the string `name` spells, or nil when it is absent.
    mutating func optionalWord<Word: RawRepresentable & CaseIterable>(
        _ name: String
    ) throws(JSONShapeError) -> Word? where Word.RawValue == String {
        has(name) ? try word(name) : nil
    }
}
