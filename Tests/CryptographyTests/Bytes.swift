import Primitives
import Testing

/// The bytes of a text in hexadecimal, which must be there.
func bytes(_ text: String?) throws -> [UInt8] {
    try #require(text.flatMap { Hexadecimal.decode($0) })
}

/// `bytes` with the bit of number `bit` the other way.
func flipping(_ bit: Int, of bytes: [UInt8]) -> [UInt8] {
    var changed = bytes
    changed[bit / 8] ^= 1 << UInt8(bit % 8)
    return changed
}
