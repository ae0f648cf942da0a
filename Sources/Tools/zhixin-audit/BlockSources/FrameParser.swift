import Primitives

/// Cuts a stream of bytes into frames: a length of 32 bits, little-endian, then so many bytes.
struct FrameParser {
    /// Bytes of one frame.
    static let frameBytesMax = Limits.frameBytesMax

    private var buffer: [UInt8] = []
    private var offset = 0

    /// Bytes that belong to no frame yet.
    var pendingCount: Int { buffer.count - offset }

    mutating func append(_ bytes: some Collection<UInt8>) {
        if offset > 1 << 16, offset * 2 > buffer.count {
            buffer.removeFirst(offset)
            offset = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next frame, or nil until more bytes came. An empty frame is one, too.
    /// - Throws: `FrameError` for a length that no frame has.
    mutating func next() throws(FrameError) -> [UInt8]? {
        guard pendingCount >= 4 else { return nil }
        let count = (0..<4).reduce(0) { $0 | Int(buffer[offset + $1]) << (8 * $1) }
        guard count <= FrameParser.frameBytesMax else {
            throw FrameError(byteCount: count, limit: FrameParser.frameBytesMax)
        }
        guard pendingCount >= 4 + count else { return nil }
        defer { offset += 4 + count }
        return Array(buffer[(offset + 4)..<(offset + 4 + count)])
    }

    /// The frame around `content`.
    static func frame(_ content: [UInt8]) -> [UInt8] {
        var encoder = CanonicalEncoder(capacity: content.count + 4)
        encoder.append(UInt32(content.count))
        encoder.appendRaw(content)
        return encoder.bytes
    }
}

/// A frame longer than any block.
struct FrameError: Error, Hashable, Sendable {
    let byteCount: Int
    let limit: Int
}
