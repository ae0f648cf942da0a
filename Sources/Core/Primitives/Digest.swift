/// The 32-byte output of a network's digest function (SHA-256 or SM3).
///
/// Stored as four big-endian words, so that comparing and hashing cost four machine operations and the order is that
/// of the bytes.
package struct Digest: Hashable, Sendable {
    /// Bytes in a digest.
    package static let byteCount = 32

    /// The digest whose bytes are all zero: the parent of the first block, never the output of a digest function.
    package static let zero = Digest(words: (0, 0, 0, 0))

    @usableFromInline let first: UInt64
    @usableFromInline let second: UInt64
    @usableFromInline let third: UInt64
    @usableFromInline let fourth: UInt64

    @inlinable
    package init(words: (UInt64, UInt64, UInt64, UInt64)) {
        (first, second, third, fourth) = words
    }

    /// The digest whose bytes are `bytes`, or nil unless there are exactly 32.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Digest.byteCount else { return nil }
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        for (index, byte) in bytes.enumerated() {
            switch index >> 3 {
            case 0: words.0 = words.0 << 8 | UInt64(byte)
            case 1: words.1 = words.1 << 8 | UInt64(byte)
            case 2: words.2 = words.2 << 8 | UInt64(byte)
            default: words.3 = words.3 << 8 | UInt64(byte)
            }
        }
        self.init(words: words)
    }

    /// The digest at the start of `buffer`, which must hold at least 32 bytes.
    @inlinable
    package init(reading buffer: UnsafeRawBufferPointer) {
        precondition(buffer.count >= Digest.byteCount, "a digest is read from at least 32 bytes")
        self.init(
            words: (
                UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
                UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
            )
        )
    }

    /// The 32 bytes.
    package var bytes: [UInt8] {
        withUnsafeBytes { Array($0) }
    }

    /// Calls `body` with the 32 bytes in order.
    @inlinable
    package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let words = (first.bigEndian, second.bigEndian, third.bigEndian, fourth.bigEndian)
        return Swift.withUnsafeBytes(of: words, body)
    }
}

extension Digest: Comparable {
    package static func < (left: Digest, right: Digest) -> Bool {
        (left.first, left.second, left.third, left.fourth) < (right.first, right.second, right.third, right.fourth)
    }
}

extension Digest: CustomStringConvertible {
    /// The digest in lower-case hexadecimal.
    package var description: String { Hexadecimal.encode(bytes) }

    /// The digest written as 64 hexadecimal digits, or nil.
    package init?(hexadecimal text: some StringProtocol) {
        guard let bytes = Hexadecimal.decode(text) else { return nil }
        self.init(bytes)
    }
}

extension Digest: CanonicalCodable {
    package func encode(to encoder: inout CanonicalEncoder) {
        withUnsafeBytes { encoder.appendRaw($0) }
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        self = try decoder.readDigest()
    }
}
