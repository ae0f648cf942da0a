#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Bytes that are read from beginning to end.
protocol ByteStream: Sendable {
    /// How many there are.
    var byteCount: UInt64 { get }

    /// Some of the next bytes, none at the end.
    mutating func read() throws(SourceProblem) -> [UInt8]
}

/// Bytes in memory.
struct MemoryStream: ByteStream {
    private var bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        byteCount = UInt64(bytes.count)
    }

    let byteCount: UInt64

    mutating func read() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }
}

/// A file, read a mebibyte at a time.
struct FileStream: ByteStream {
    private static let readBytes = 1 << 20

    private let file: FileDescriptorOwner
    let byteCount: UInt64

    /// Opens the file at `path` for reading.
    init(path: String) throws(SourceProblem) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileStream.problem("无法打开 (cannot open)", path) }
        file = FileDescriptorOwner(descriptor)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileStream.problem("无法读取 (cannot read)", path) }
        byteCount = UInt64(clamping: status.st_size)
    }

    mutating func read() throws(SourceProblem) -> [UInt8] {
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: FileStream.readBytes) { buffer, initializedCount in
            repeat {
                count = file.read(into: UnsafeMutableRawBufferPointer(buffer))
            } while count < 0 && errno == EINTR
            initializedCount = max(0, count)
        }
        guard count >= 0 else { throw FileStream.problem("读取失败 (reading failed)", "") }
        return bytes
    }

    /// All bytes of a file that is small.
    static func contents(of path: String, byteCountMax: UInt64) throws(SourceProblem) -> [UInt8] {
        var stream = try FileStream(path: path)
        guard stream.byteCount <= byteCountMax else {
            throw SourceProblem(reason: "\(path): 文件过大 (larger than \(byteCountMax) bytes)")
        }
        var bytes: [UInt8] = []
        while true {
            let more = try stream.read()
            if more.isEmpty { return bytes }
            bytes += more
        }
    }

    private static func problem(_ what: String, _ path: String) -> SourceProblem {
        SourceProblem(reason: "\(what) \(path): \(String(cString: strerror(errno)))")
    }
}

/// Closes a descriptor with its last owner.
private final class FileDescriptorOwner: Sendable {
    private let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    #if canImport(Darwin)
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        Darwin.read(descriptor, buffer.baseAddress, buffer.count)
    }
    #elseif canImport(Musl)
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        Musl.read(descriptor, buffer.baseAddress, buffer.count)
    }
    #else
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        Glibc.read(descriptor, buffer.baseAddress, buffer.count)
    }
    #endif
}
