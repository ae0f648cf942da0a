import Glibc

/// A failed call on a file.
struct FileError: Error, Equatable {
    let operation: String
    let path: String
    /// The system's `errno`.
    let code: Int32
}

/// A file that is open, closed when the last reference goes away. Every write is at an offset and whole.
final class OpenFile: Sendable {
    let path: String
    private let descriptor: Int32
    private let isLocked: Bool

    /// - Throws: `FileError`, also when another process holds the lock (`EWOULDBLOCK`).
    init(path: String, flags: Int32, isLocked: Bool = false) throws(FileError) {
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError(operation: "open", path: path, code: errno) }
        if isLocked, flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            _ = close(descriptor)
            throw FileError(operation: "lock", path: path, code: code)
        }
        self.path = path
        self.descriptor = descriptor
        self.isLocked = isLocked
    }

    deinit {
        // A child process that has not come to its `exec` yet holds the descriptor too, and would keep the lock.
        if isLocked { _ = flock(descriptor, LOCK_UN) }
        _ = close(descriptor)
    }

    func size() throws(FileError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("stat") }
        return Int(status.st_size)
    }

    /// All bytes of the file.
    func readAll() throws(FileError) -> [UInt8] {
        let count = try size()
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let result = bytes.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress! + done, count - done, off_t(done))
            }
            if result < 0 {
                if errno == EINTR { continue }
                throw failure("read")
            }
            guard result > 0 else { throw FileError(operation: "read", path: path, code: EIO) }
            done += result
        }
        return bytes
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let result = bytes.withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress! + done, bytes.count - done, off_t(offset + done))
            }
            if result < 0 {
                if errno == EINTR { continue }
                throw failure("write")
            }
            done += result
        }
    }

    /// Reserves `count` bytes and overwrites them with zeros, so that later writes change no metadata and a sync is one
    /// write to the disk.
    func fillWithZeros(count: Int) throws(FileError) {
        let code = posix_fallocate(descriptor, 0, off_t(count))
        guard code == 0 else { throw FileError(operation: "allocate", path: path, code: code) }
        try writeZeros(from: 0, to: count)
    }

    func writeZeros(from start: Int, to end: Int) throws(FileError) {
        let zeros = [UInt8](repeating: 0, count: min(1 << 20, max(0, end - start)))
        var offset = start
        while offset < end {
            let count = min(zeros.count, end - offset)
            try write(count == zeros.count ? zeros : Array(zeros.prefix(count)), at: offset)
            offset += count
        }
    }

    /// Waits until the content is on the disk, and whatever metadata is needed to find it.
    func synchronise() throws(FileError) {
        guard fdatasync(descriptor) == 0 else { throw failure("sync") }
    }

    /// Lets the system forget its copy of a content that is on the disk.
    ///
    /// What was written or read in bulk is kept in pieces of up to 2 MiB, and a later change of one byte makes the whole
    /// piece go to the disk with the next sync. Pages that are read one by one stay small. It is advice: nothing fails.
    func forgetCached() { posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED) }

    private func failure(_ operation: String) -> FileError { FileError(operation: operation, path: path, code: errno) }
}
