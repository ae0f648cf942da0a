/// Writes Binary Canonical Serialization (BCS, the public specification by Diem and Aptos): one value, one byte string.
///
/// Integers are little-endian and fixed in width; lengths and enum tags are ULEB128; structures are their fields in order.
package struct CanonicalEncoder: Sendable {
    /// What was written so far.
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// An encoder that reserves room for `capacity` bytes.
    package init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    package mutating func append(_ value: UInt8) { bytes.append(value) }
    package mutating func append(_ value: UInt16) { appendLittleEndian(value) }
    package mutating func append(_ value: UInt32) { appendLittleEndian(value) }
    package mutating func append(_ value: UInt64) { appendLittleEndian(value) }
    package mutating func append(_ value: Bool) { bytes.append(value ? 1 : 0) }

    /// A UTF-8 string with its length in bytes before it.
    package mutating func append(_ value: String) {
        appendLength(value.utf8.count)
        bytes.append(contentsOf: value.utf8)
    }

    /// Bytes of variable length, with the length before them.
    package mutating func append(_ value: [UInt8]) {
        appendLength(value.count)
        bytes.append(contentsOf: value)
    }

    /// Bytes whose length the format fixes: nothing is written before them.
    package mutating func appendRaw(_ value: [UInt8]) { bytes.append(contentsOf: value) }

    /// Bytes whose length the format fixes: nothing is written before them.
    package mutating func appendRaw(_ value: UnsafeRawBufferPointer) { bytes.append(contentsOf: value) }

    package mutating func append<Value: CanonicalCodable>(_ value: Value) { value.encode(to: &self) }

    /// An optional: 0, or 1 and the value.
    package mutating func append<Value: CanonicalCodable>(optional value: Value?) {
        append(value != nil)
        if let value { append(value) }
    }

    /// A sequence: the count, then the elements.
    package mutating func append<Element: CanonicalCodable>(list: [Element]) {
        appendLength(list.count)
        for element in list { element.encode(to: &self) }
    }

    /// An enum's tag or a sequence's length, as ULEB128.
    package mutating func appendLength(_ value: Int) {
        precondition(value >= 0 && value <= Int(UInt32.max), "BCS lengths and tags are 32-bit")
        var rest = UInt32(value)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func appendLittleEndian<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
