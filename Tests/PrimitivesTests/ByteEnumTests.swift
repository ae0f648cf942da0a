import Primitives
import Testing

/// Enums that are one byte on the wire.
struct ByteEnumTests {
    private enum Colour: UInt8, CanonicalCodable, CaseIterable {
        case red = 0
        case blue = 2
    }

    @Test(arguments: UInt8.min...UInt8.max)
    func byteWithoutACaseIsRefused(byte: UInt8) throws {
        if let colour = Colour.allCases.first(where: { $0.rawValue == byte }) {
            #expect(colour.canonicalBytes == [byte])
            #expect(try Colour(canonicalBytes: [byte]) == colour)
        } else {
            #expect(throws: DecodeError.unknownTag(type: "Colour", found: UInt64(byte))) {
                try Colour(canonicalBytes: [byte])
            }
        }
    }
}
