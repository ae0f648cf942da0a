import Glibc

/// Files that come into being whole or not at all, and never in the place of another.
enum ExclusiveFile {
    /// The most bytes that `read` takes; a key or a certificate has far fewer.
    static let byteCountMax = 64 * 1024

    /// Writes `bytes` to a new file at `path` with exactly the permission bits `mode`.
    ///
    /// The bytes are on disk before the name is, and the name is on disk when this returns: temporary file beside it,
    /// fsync, link, fsync of the folder. `link` refuses where `rename` would replace.
    /// - Throws: `exists`, `missing` when there is no such folder, `system`.
    static func create(_ bytes: [UInt8], at path: String, mode: mode_t) throws(KeyFileError) {
        let folder = folder(of: path)
        let temporary = "\(folder)/.new-\(getpid())-\(UInt64.random(in: .min ... .max))"
        let descriptor = Glibc.open(temporary, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("open", path) }
        // The temporary name goes away on every path out; after `link` the file itself stays.
        defer { unlink(temporary) }
        do {
            defer { close(descriptor) }
            try writeAll(bytes, to: descriptor, path: path)
            guard fchmod(descriptor, mode) == 0 else { throw failure("fchmod", path) }
            guard fsync(descriptor) == 0 else { throw failure("fsync", path) }
        }
        guard link(temporary, path) == 0 else {
            if errno == EEXIST { throw .exists(path: path) }
            throw failure("link", path)
        }
        try synchronizeFolder(folder, path: path)
    }

    /// The bytes of the file at `path`, whose permission bits must be among `modeMax`. Links are followed; the rights
    /// are those of the file that was opened.
    ///
    /// - Throws: `missing`, `notAFile`, `readableByOthers`, `damaged` for more than `byteCountMax` bytes, `system`.
    static func read(_ path: String, modeMax: mode_t) throws(KeyFileError) -> [UInt8] {
        // Without O_NONBLOCK, opening a pipe would wait for its writer.
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure("open", path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("fstat", path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
        let mode = status.st_mode & 0o7777
        guard mode & ~modeMax & 0o077 == 0 else { throw .readableByOthers(path: path, mode: UInt16(mode)) }

        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("read", path) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
            guard bytes.count <= byteCountMax else {
                throw .damaged(path: path, reason: "more than \(byteCountMax) bytes")
            }
        }
    }

    /// Takes back a file that `create` has just made, when what belongs to it could not be made.
    static func remove(_ path: String) {
        unlink(path)
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: CInt, path: String) throws(KeyFileError) {
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("write", path) }
            start += count
        }
    }

    private static func synchronizeFolder(_ folder: String, path: String) throws(KeyFileError) {
        let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open folder", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("fsync folder", path) }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The error of the call that has just failed.
    private static func failure(_ call: String, _ path: String) -> KeyFileError {
        let errorNumber = errno
        return errorNumber == ENOENT
            ? .missing(path: path)
            : .system(path: path, call: call, errorNumber: errorNumber)
    }
}
