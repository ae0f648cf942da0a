/// Reads Binary Canonical Serialization from bytes of unknown origin and refuses every form but the canonical one.
///
/// Every length is checked against what is left and against the caller's limit before anything is allocated.
package struct CanonicalDecoder: Sendable {
    private let bytes: [UInt8]
    private var offset: Int
    private let end: Int

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        self.offset = 0
        self.end = bytes.count
    }

    package init(_ slice: ArraySlice<UInt8>) {
        self.init(Array(slice))
    }

    /// Bytes that were not yet read.
    package var remainingCount: Int { end - offset }

    /// Where the next byte will be read from.
    package var position: Int { offset }

    /// Refuses bytes after the value.
    package func finish() throws(DecodeError) {
        guard offset == end else { throw .trailingBytes(count: end - offset) }
    }

    package mutating func readUInt8() throws(DecodeError) -> UInt8 {
        try require(1)
        defer { offset += 1 }
        return bytes[offset]
    }

    package mutating func readUInt16() throws(DecodeError) -> UInt16 { try readLittleEndian() }
    package mutating func readUInt32() throws(DecodeError) -> UInt32 { try readLittleEndian() }
    package mutating func readUInt64() throws(DecodeError) -> UInt64 { try readLittleEndian() }

    package mutating func readBool() throws(DecodeError) -> Bool {
        switch try readUInt8() {
        case 0: return false
        case 1: return true
        case let other: throw .notBoolean(found: other)
        }
    }

    package mutating func readDigest() throws(DecodeError) -> Digest {
        try require(Digest.byteCount)
        defer { offset += Digest.byteCount }
        return bytes.withUnsafeBytes { Digest(reading: UnsafeRawBufferPointer(rebasing: $0[offset...])) }
    }

    /// Bytes whose length the format fixes.
    package mutating func readRaw(count: Int) throws(DecodeError) -> [UInt8] {
        try require(count)
        defer { offset += count }
        return Array(bytes[offset..<(offset + count)])
    }

    /// Bytes with their length before them, `countMax` at most.
    package mutating func readBytes(countMax: Int) throws(DecodeError) -> [UInt8] {
        try readRaw(count: readLength(max: countMax))
    }

    /// A UTF-8 string of `countMax` bytes at most.
    package mutating func readString(countMax: Int) throws(DecodeError) -> String {
        let raw = try readBytes(countMax: countMax)
        guard let text = String(validating: raw, as: UTF8.self) else { throw .notUTF8 }
        return text
    }

    package mutating func read<Value: CanonicalCodable>(_: Value.Type = Value.self) throws(DecodeError) -> Value {
        try Value(from: &self)
    }

    package mutating func readOptional<Value: CanonicalCodable>(
        _: Value.Type = Value.self
    ) throws(DecodeError) -> Value? {
        try readBool() ? Value(from: &self) : nil
    }

    /// A list of `countMax` elements at most. Every element takes a byte or more, so a short input cannot announce a
    /// long list.
    package mutating func readList<Element: CanonicalCodable>(
        _: Element.Type = Element.self,
        countMax: Int
    ) throws(DecodeError) -> [Element] {
        let count = try readLength(max: countMax)
        guard count <= remainingCount else { throw .truncated(needed: count, left: remainingCount) }
        var list: [Element] = []
        list.reserveCapacity(count)
        for _ in 0..<count { list.append(try Element(from: &self)) }
        return list
    }

    /// A ULEB128 length or tag: at most five bytes, no leading zero groups, at most `max`.
    package mutating func readLength(max: Int) throws(DecodeError) -> Int {
        var value: UInt64 = 0
        for group in 0..<5 {
            let byte = try readUInt8()
            value |= UInt64(byte & 0x7f) << UInt64(7 * group)
            if byte & 0x80 == 0 {
                guard group == 0 || byte != 0 else { throw .notCanonicalLength }
                guard value <= UInt64(UInt32.max) else { throw .notCanonicalLength }
                guard value <= UInt64(max) else { throw .lengthOverLimit(found: value, limit: max) }
                return Int(value)
            }
        }
        throw .notCanonicalLength
    }

    private func require(_ count: Int) throws(DecodeError) {
        guard count <= end - offset else { throw .truncated(needed: count, left: end - offset) }
    }

    private mutating func readLittleEndian<Value: FixedWidthInteger>() throws(DecodeError) -> Value {
        let width = MemoryLayout<Value>.size
        try require(width)
        defer { offset += width }
        return bytes.withUnsafeBytes { Value(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Value.self)) }
    }
}
