import Primitives
import Testing

/// What must be refused, and that what stands just inside each limit is not.
struct CanonicalDecoderTests {
    @Test func valuesComeBackInOrder() throws {
        var encoder = CanonicalEncoder()
        encoder.append(UInt8(1))
        encoder.append(UInt16(2))
        encoder.append(UInt32(3))
        encoder.append(UInt64(4))
        encoder.append(true)
        encoder.append("名")
        encoder.append([5, 6] as [UInt8])
        encoder.append(optional: Height(7))
        encoder.append(optional: Height?.none)
        encoder.append(list: [View(8), View(9)])
        encoder.appendRaw([10, 11, 12])
        var decoder = CanonicalDecoder(([99] + encoder.bytes)[1...])
        #expect(decoder.position == 0)
        #expect(decoder.remainingCount == encoder.bytes.count)
        #expect(try decoder.readUInt8() == 1)
        #expect(try decoder.readUInt16() == 2)
        #expect(try decoder.readUInt32() == 3)
        #expect(try decoder.readUInt64() == 4)
        #expect(decoder.position == 15)
        #expect(try decoder.readBool())
        #expect(try decoder.readString(countMax: 3) == "名")
        #expect(try decoder.readBytes(countMax: 2) == [5, 6])
        #expect(try decoder.readOptional(Height.self) == Height(7))
        #expect(try decoder.readOptional(Height.self) == nil)
        #expect(try decoder.readList(View.self, countMax: 2) == [View(8), View(9)])
        #expect(try decoder.readRaw(count: 3) == [10, 11, 12])
        #expect(decoder.remainingCount == 0)
        try decoder.finish()
    }

    @Test(arguments: 0..<8)
    func truncatedIntegersAreRefused(count: Int) {
        let bytes = [UInt8](repeating: 1, count: count)
        #expect(throws: DecodeError.truncated(needed: 8, left: count)) { try UInt64(canonicalBytes: bytes) }
        if count < 4 {
            #expect(throws: DecodeError.truncated(needed: 4, left: count)) { try UInt32(canonicalBytes: bytes) }
        }
        if count < 2 {
            #expect(throws: DecodeError.truncated(needed: 2, left: count)) { try UInt16(canonicalBytes: bytes) }
        }
        if count < 1 {
            #expect(throws: DecodeError.truncated(needed: 1, left: count)) { try UInt8(canonicalBytes: bytes) }
        }
    }

    @Test func trailingBytesAreRefused() {
        #expect(throws: DecodeError.trailingBytes(count: 1)) { try UInt8(canonicalBytes: [1, 2]) }
        #expect(throws: DecodeError.trailingBytes(count: 3)) { try UInt16(canonicalBytes: [1, 2, 3, 4, 5]) }
    }

    @Test(arguments: UInt8.min...UInt8.max)
    func booleansAreZeroOrOne(byte: UInt8) throws {
        var decoder = CanonicalDecoder([byte])
        if byte < 2 {
            #expect(try decoder.readBool() == (byte == 1))
        } else {
            #expect(throws: DecodeError.notBoolean(found: byte)) { try decoder.readBool() }
        }
    }

    @Test func optionTagIsZeroOrOne() {
        var decoder = CanonicalDecoder([2, 0, 0])
        #expect(throws: DecodeError.notBoolean(found: 2)) { try decoder.readOptional(UInt16.self) }
        decoder = CanonicalDecoder([1, 0])
        #expect(throws: DecodeError.truncated(needed: 2, left: 1)) { try decoder.readOptional(UInt16.self) }
    }

    @Test(
        arguments: [
            [0x80, 0], [0x81, 0], [0x80, 0x80, 0], [0xff, 0x80, 0x80, 0], [0x80, 0x80, 0x80, 0x80, 0],
            [0x80, 0x80, 0x80, 0x80, 0x10], [0xff, 0xff, 0xff, 0xff, 0x1f], [0xff, 0xff, 0xff, 0xff, 0x7f],
            [0x80, 0x80, 0x80, 0x80, 0x80], [0x80, 0x80, 0x80, 0x80, 0x80, 1], [0xff, 0xff, 0xff, 0xff, 0xff, 0],
        ] as [[UInt8]]
    )
    func lengthInAnotherFormIsRefused(bytes: [UInt8]) {
        var decoder = CanonicalDecoder(bytes)
        #expect(throws: DecodeError.notCanonicalLength) { try decoder.readLength(max: .max) }
    }

    @Test(arguments: [[], [0x80], [0xff, 0xff], [0x80, 0x80, 0x80, 0x80]] as [[UInt8]])
    func unfinishedLengthIsRefused(bytes: [UInt8]) {
        var decoder = CanonicalDecoder(bytes)
        #expect(throws: DecodeError.truncated(needed: 1, left: 0)) { try decoder.readLength(max: .max) }
    }

    @Test(arguments: [0, 1, 127, 128, 300, 70_000])
    func lengthLimitHoldsOnBothSides(limit: Int) throws {
        for value in [limit, limit + 1] {
            var encoder = CanonicalEncoder()
            encoder.appendLength(value)
            var decoder = CanonicalDecoder(encoder.bytes)
            if value == limit {
                #expect(try decoder.readLength(max: limit) == value)
            } else {
                #expect(throws: DecodeError.lengthOverLimit(found: UInt64(value), limit: limit)) {
                    try decoder.readLength(max: limit)
                }
            }
        }
    }

    @Test func byteAndStringLimitsHoldOnBothSides() throws {
        let bytes: [UInt8] = [3, 0x61, 0x62, 0x63]
        var decoder = CanonicalDecoder(bytes)
        #expect(try decoder.readBytes(countMax: 3) == [0x61, 0x62, 0x63])
        decoder = CanonicalDecoder(bytes)
        #expect(try decoder.readString(countMax: 3) == "abc")
        decoder = CanonicalDecoder(bytes)
        #expect(throws: DecodeError.lengthOverLimit(found: 3, limit: 2)) { try decoder.readBytes(countMax: 2) }
        decoder = CanonicalDecoder(bytes)
        #expect(throws: DecodeError.lengthOverLimit(found: 3, limit: 2)) { try decoder.readString(countMax: 2) }
    }

    @Test func announcingMoreThanIsThereIsRefusedBeforeAllocation() {
        let announced: [UInt8] = [0xff, 0xff, 0xff, 0xff, 0x0f]
        let error = DecodeError.truncated(needed: Int(UInt32.max), left: 0)
        var decoder = CanonicalDecoder(announced)
        #expect(throws: error) { try decoder.readList(UInt8.self, countMax: .max) }
        decoder = CanonicalDecoder(announced)
        #expect(throws: error) { try decoder.readBytes(countMax: .max) }
        decoder = CanonicalDecoder(announced)
        #expect(throws: error) { try decoder.readString(countMax: .max) }
    }

    @Test func listsAreBoundedByTheirLimitAndTheirBytes() throws {
        var decoder = CanonicalDecoder([2, 1, 0, 2, 0])
        #expect(try decoder.readList(UInt16.self, countMax: 2) == [1, 2])
        decoder = CanonicalDecoder([3, 1, 0, 2, 0, 3, 0])
        #expect(throws: DecodeError.lengthOverLimit(found: 3, limit: 2)) {
            try decoder.readList(UInt16.self, countMax: 2)
        }
        decoder = CanonicalDecoder([2, 1, 0])
        #expect(throws: DecodeError.truncated(needed: 2, left: 0)) { try decoder.readList(UInt16.self, countMax: 2) }
        decoder = CanonicalDecoder([2, 1])
        #expect(throws: DecodeError.truncated(needed: 2, left: 1)) { try decoder.readList(UInt16.self, countMax: 2) }
    }

    @Test(
        arguments: [
            [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe5, 0x90], [0x80],
            [0xf8, 0x88, 0x80],
        ] as [[UInt8]]
    )
    func stringThatIsNotUTF8IsRefused(raw: [UInt8]) {
        var decoder = CanonicalDecoder([UInt8(raw.count)] + raw)
        #expect(throws: DecodeError.notUTF8) { try decoder.readString(countMax: 10) }
    }

    @Test func rawReadsEndAtTheLastByte() throws {
        var decoder = CanonicalDecoder([1, 2, 3])
        #expect(throws: DecodeError.truncated(needed: 4, left: 3)) { try decoder.readRaw(count: 4) }
        #expect(throws: DecodeError.truncated(needed: 32, left: 3)) { try decoder.readDigest() }
        #expect(try decoder.readRaw(count: 3) == [1, 2, 3])
        #expect(try decoder.readRaw(count: 0) == [])
        #expect(throws: DecodeError.truncated(needed: 1, left: 0)) { try decoder.readUInt8() }
    }

    /// Strings that look alike and differ in bytes must stay different: nothing is normalised.
    @Test func stringsAreNotNormalised() throws {
        for raw in [[0xc3, 0xa9], [0x65, 0xcc, 0x81]] as [[UInt8]] {
            let bytes = [UInt8(raw.count)] + raw
            var decoder = CanonicalDecoder(bytes)
            var encoder = CanonicalEncoder()
            encoder.append(try decoder.readString(countMax: 10))
            #expect(encoder.bytes == bytes)
        }
    }
}
