import Glibc

/// A folder of files that this process alone writes.
struct Folder: Sendable {
    let path: String

    /// The folder at `path`, made with its missing ancestors if it is not there. Others cannot read it.
    init(creating path: String) throws(FileError) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += made.isEmpty || made.hasSuffix("/") ? part : "/" + part
            guard mkdir(made, 0o700) == 0 || errno == EEXIST else {
                throw FileError(operation: "make folder", path: made, code: errno)
            }
        }
        self.path = path
    }

    /// The names in the folder at `path`, sorted, or nil when there is no such folder.
    static func names(at path: String) throws(FileError) -> [String]? {
        guard let stream = opendir(path) else {
            if errno == ENOENT { return nil }
            throw FileError(operation: "open folder", path: path, code: errno)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    func names() throws(FileError) -> [String] { try Folder.names(at: path) ?? [] }

    func file(_ name: String) -> String { path + "/" + name }

    func remove(_ name: String) throws(FileError) {
        guard unlink(file(name)) == 0 else {
            throw FileError(operation: "remove", path: file(name), code: errno)
        }
    }

    func rename(_ name: String, to newName: String) throws(FileError) {
        guard Glibc.rename(file(name), file(newName)) == 0 else {
            throw FileError(operation: "rename", path: file(name), code: errno)
        }
    }

    /// Makes creations, renamings and removals durable.
    func synchronise() throws(FileError) {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(operation: "open folder", path: path, code: errno) }
        defer { _ = close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileError(operation: "sync folder", path: path, code: errno) }
    }

    /// Bytes of all files directly in the folder.
    static func byteCount(at path: String) throws(FileError) -> UInt64 {
        var sum: UInt64 = 0
        for name in try names(at: path) ?? [] {
            var status = stat()
            // A file that was just compacted away counts nothing.
            if stat(path + "/" + name, &status) == 0 { sum += UInt64(status.st_size) }
        }
        return sum
    }
}
