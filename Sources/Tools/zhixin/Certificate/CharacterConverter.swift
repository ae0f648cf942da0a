import Glibc

/// Converts text piece by piece between two encodings by the system's iconv.
///
/// A byte that stands for nothing becomes 0xFF, which is no UTF-8: whoever reads the text refuses that row alone.
final class CharacterConverter {
    private let handle: iconv_t
    /// The start of a character whose rest is in the next piece.
    private var pending: [UInt8] = []

    /// - Throws: `CommandError` where the system knows no such encoding.
    init(from source: String, to target: String) throws {
        let opened = iconv_open(target, source)
        guard opened != iconv_t(bitPattern: -1), let opened else {
            throw CommandError(
                code: "encoding-unavailable",
                chinese: "本机不支持 \(source) 编码，请转换为 UTF-8",
                english: "this machine does not know \(source); convert the file to UTF-8"
            )
        }
        handle = opened
    }

    deinit { iconv_close(handle) }

    /// The converted form of the next bytes.
    ///
    /// - Parameter isLast: whether nothing follows; half a character is then none.
    func convert(_ bytes: [UInt8], isLast: Bool = false) -> [UInt8] {
        var input = pending + bytes
        pending = []
        var output: [UInt8] = []
        output.reserveCapacity(input.count * 2 + 16)
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        var start = 0
        while start < input.count {
            let (used, written, fault) = step(&input, start, &buffer)
            output.append(contentsOf: buffer[..<written])
            start += used
            guard used == 0 || fault == EILSEQ || fault == EINVAL else { continue }
            if fault == EINVAL, !isLast {
                pending = Array(input[start...])
                break
            }
            if fault == EILSEQ || fault == EINVAL {
                output.append(0xff)
                start += 1
            }
        }
        return output
    }

    /// One call: how many bytes it took and gave, and why it stopped; 0 when it took all.
    private func step(_ input: inout [UInt8], _ start: Int, _ buffer: inout [UInt8]) -> (Int, Int, Int32) {
        let size = input.count - start
        let capacity = buffer.count
        return input.withUnsafeMutableBytes { source in
            buffer.withUnsafeMutableBytes { target in
                var from = source.baseAddress?.advanced(by: start).assumingMemoryBound(to: CChar.self)
                var into = target.baseAddress?.assumingMemoryBound(to: CChar.self)
                var left = size
                var room = capacity
                let result = iconv(handle, &from, &left, &into, &room)
                return (size - left, capacity - room, result == -1 ? errno : 0)
            }
        }
    }
}
