package import NIOCore

/// What stands in front of every frame: a 32-bit little-endian word.
package enum FrameHeader {
    package static let byteCount = 4
    /// This bit marks a message of the links themselves; the other 31 are the length of the body.
    package static let controlFlag: UInt32 = 0x8000_0000
}

/// A frame as it arrived.
package enum Frame: Hashable, Sendable {
    case data([UInt8])
    /// A message of the links themselves, at most `LinkControl.bytesMax` bytes.
    case control([UInt8])
}

/// Why bytes are no frame. The sender is to blame.
package enum FrameError: Error, Hashable, Sendable {
    case empty
    case oversized(announced: UInt32)
}

/// Cuts a stream of bytes into frames.
///
/// It holds what arrived and no more: a header that announces eight mebibytes makes it allocate nothing.
package struct FrameDecoder: Sendable {
    private var buffer = ByteBuffer()

    package init() {}

    /// Bytes that arrived and are not part of a frame given out yet.
    package var pendingByteCount: Int { buffer.readableBytes }

    /// The capacity of what is held, for tests of the promise above.
    package var capacity: Int { buffer.capacity }

    package mutating func append(_ bytes: ByteBuffer) {
        guard buffer.readableBytes > 0 else {
            buffer = bytes
            return
        }
        // Once per as many bytes as are moved, so that moving costs no more than reading did.
        if buffer.readerIndex > buffer.readableBytes { buffer.discardReadBytes() }
        buffer.writeImmutableBuffer(bytes)
    }

    /// The next frame, or nil until more bytes arrive.
    /// - Throws: `FrameError`; the stream cannot be read further.
    package mutating func next(dataBytesMax: Int) throws(FrameError) -> Frame? {
        guard let word = buffer.getInteger(at: buffer.readerIndex, endianness: .little, as: UInt32.self) else {
            return nil
        }
        let isControl = word & FrameHeader.controlFlag != 0
        let announced = word & ~FrameHeader.controlFlag
        guard announced > 0 else { throw .empty }
        guard Int(announced) <= (isControl ? LinkControl.bytesMax : dataBytesMax) else {
            throw .oversized(announced: announced)
        }
        let start = buffer.readerIndex + FrameHeader.byteCount
        guard let body = buffer.getBytes(at: start, length: Int(announced)) else { return nil }
        buffer.moveReaderIndex(forwardBy: FrameHeader.byteCount + body.count)
        if buffer.readableBytes == 0 { buffer = ByteBuffer() }
        return isControl ? .control(body) : .data(body)
    }
}

extension ByteBuffer {
    /// Appends the frame with this body.
    package mutating func writeFrame(_ body: [UInt8], isControl: Bool = false) {
        writeInteger(UInt32(body.count) | (isControl ? FrameHeader.controlFlag : 0), endianness: .little)
        writeBytes(body)
    }
}
