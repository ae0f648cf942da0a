import Primitives
import Testing

/// What is written, byte by byte, as the BCS specification has it.
struct CanonicalEncoderTests {
    @Test func integersAreLittleEndianAndFixedInWidth() {
        #expect(UInt8(1).canonicalBytes == [1])
        #expect(UInt16(0x1234).canonicalBytes == [0x34, 0x12])
        #expect(UInt32(0x1234_5678).canonicalBytes == [0x78, 0x56, 0x34, 0x12])
        #expect(UInt64(0x1234_5678_90ab_cdef).canonicalBytes == [0xef, 0xcd, 0xab, 0x90, 0x78, 0x56, 0x34, 0x12])
        #expect(UInt64.max.canonicalBytes == [UInt8](repeating: 0xff, count: 8))
    }

    @Test(
        arguments: [
            (0, [0]), (1, [1]), (127, [0x7f]), (128, [0x80, 1]), (16_383, [0xff, 0x7f]), (16_384, [0x80, 0x80, 1]),
            (2_097_151, [0xff, 0xff, 0x7f]), (2_097_152, [0x80, 0x80, 0x80, 1]),
            (268_435_455, [0xff, 0xff, 0xff, 0x7f]), (268_435_456, [0x80, 0x80, 0x80, 0x80, 1]),
            (9487, [0x8f, 0x4a]), (4_294_967_295, [0xff, 0xff, 0xff, 0xff, 0x0f]),
        ] as [(Int, [UInt8])]
    )
    func lengthsAreWrittenAsULEB128(value: Int, bytes: [UInt8]) throws {
        var encoder = CanonicalEncoder()
        encoder.appendLength(value)
        #expect(encoder.bytes == bytes)
        var decoder = CanonicalDecoder(bytes)
        #expect(try decoder.readLength(max: value) == value)
        try decoder.finish()
    }

    @Test func stringsAndBytesHaveTheirLengthBefore() {
        var encoder = CanonicalEncoder(capacity: 64)
        encoder.append("çå∞≠¢õß∂ƒ∫")
        #expect(
            encoder.bytes == [
                24, 0xc3, 0xa7, 0xc3, 0xa5, 0xe2, 0x88, 0x9e, 0xe2, 0x89, 0xa0, 0xc2, 0xa2, 0xc3, 0xb5, 0xc3, 0x9f,
                0xe2, 0x88, 0x82, 0xc6, 0x92, 0xe2, 0x88, 0xab,
            ]
        )
        encoder = CanonicalEncoder()
        encoder.append([7, 8] as [UInt8])
        encoder.append("")
        encoder.append([] as [UInt8])
        #expect(encoder.bytes == [2, 7, 8, 0, 0])
    }

    @Test func rawBytesHaveNothingBefore() {
        var encoder = CanonicalEncoder()
        encoder.appendRaw([1, 2])
        ([3, 4] as [UInt8]).withUnsafeBytes { encoder.appendRaw($0) }
        #expect(encoder.bytes == [1, 2, 3, 4])
    }

    @Test func optionalsAndListsAndBooleans() {
        var encoder = CanonicalEncoder()
        encoder.append(true)
        encoder.append(false)
        encoder.append(optional: UInt16(5))
        encoder.append(optional: UInt16?.none)
        encoder.append(list: [UInt16(1), 2, 3])
        encoder.append(list: [UInt16]())
        #expect(encoder.bytes == [1, 0, 1, 5, 0, 0, 3, 1, 0, 2, 0, 3, 0, 0])
    }

    @Test func domainFramesBeginWithTheTag() {
        let tag = Array(Domain.header.rawValue.utf8)
        #expect(tag == Array("zhixin/1/header".utf8))
        #expect(Domain.header.frame(UInt16(1)) == [15] + tag + [1, 0])
        #expect(Domain.header.frame(raw: [9]) == [15] + tag + [9])
    }

    @Test func noTwoDomainsFrameAlike() {
        let frames = Domain.allCases.map { $0.frame(raw: []) }
        #expect(Set(frames).count == Domain.allCases.count)
        for frame in frames {
            // No tag begins another's frame, so that no content can turn one domain into another.
            #expect(frames.count { $0.starts(with: frame) } == 1)
        }
    }
}
