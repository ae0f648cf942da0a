import NIOCore
import Primitives

/// Writes JSON straight into a buffer: for the one route that is asked for tens of thousands of times a second.
///
/// Names and words are the program's own and need no escape.
struct JSONBytes {
    private static let digits = Array("0123456789abcdef".utf8)
    private(set) var buffer: ByteBuffer

    init(capacity: Int) { buffer = ByteBufferAllocator().buffer(capacity: capacity) }

    mutating func write(_ text: StaticString) { buffer.writeStaticString(text) }

    mutating func write(bytes: [UInt8]) { buffer.writeBytes(bytes) }

    /// The digest's 64 hexadecimal digits.
    mutating func write(_ digest: Digest) {
        digest.withUnsafeBytes { bytes in
            _ = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 2 * Digest.byteCount) { target in
                for (index, byte) in bytes.enumerated() {
                    target[2 * index] = Self.digits[Int(byte >> 4)]
                    target[2 * index + 1] = Self.digits[Int(byte & 15)]
                }
                return 2 * Digest.byteCount
            }
        }
    }

    /// The number; what is over JSON's largest integer is written as that one.
    mutating func write(_ number: UInt64) {
        var rest = min(number, UInt64(Int64.max))
        var count = 1
        var power: UInt64 = 10
        while count < 19, rest >= power {
            count += 1
            power &*= 10
        }
        _ = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { target in
            for index in (0..<count).reversed() {
                target[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            return count
        }
    }
}
