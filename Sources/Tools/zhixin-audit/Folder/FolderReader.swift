import CLevelDB
import Glibc

/// Reads a copied LevelDB folder. LevelDB rewrites its log when it opens a folder, so it must be a copy.
// SAFETY: the pointers never change, and LevelDB's functions on an open database may be called from any thread.
final class FolderReader: @unchecked Sendable {
    private let database: OpaquePointer
    private let options: OpaquePointer
    private let readOptions: OpaquePointer

    /// - Parameter path: A copy of a node's ledger folder, or of the data folder that holds it as `ledger`.
    /// - Throws: `SourceProblem` for a folder that is missing, in use or damaged.
    init(path: String) throws(SourceProblem) {
        let inner = path + "/ledger"
        // Every LevelDB folder has this file.
        let path = access(inner + "/CURRENT", F_OK) == 0 ? inner : path
        options = leveldb_options_create()
        leveldb_options_set_create_if_missing(options, 0)
        leveldb_options_set_paranoid_checks(options, 1)
        readOptions = leveldb_readoptions_create()
        leveldb_readoptions_set_verify_checksums(readOptions, 1)
        // A whole folder is read once; what was read is not wanted again.
        leveldb_readoptions_set_fill_cache(readOptions, 0)
        var message: UnsafeMutablePointer<CChar>?
        let opened = leveldb_open(options, path, &message)
        guard let opened, message == nil else {
            leveldb_readoptions_destroy(readOptions)
            leveldb_options_destroy(options)
            throw FolderReader.problem(message)
        }
        database = opened
    }

    deinit {
        leveldb_close(database)
        leveldb_readoptions_destroy(readOptions)
        leveldb_options_destroy(options)
    }

    /// The value under `key`, or nil.
    func value(_ key: [UInt8]) throws(SourceProblem) -> [UInt8]? {
        var count = 0
        var message: UnsafeMutablePointer<CChar>?
        let found = key.withUnsafeBytes {
            leveldb_get(
                database,
                readOptions,
                $0.baseAddress?.assumingMemoryBound(to: CChar.self),
                $0.count,
                &count,
                &message
            )
        }
        if message != nil { throw FolderReader.problem(message) }
        guard let found else { return nil }
        defer { leveldb_free(found) }
        return Array(UnsafeRawBufferPointer(start: found, count: count))
    }

    /// Calls `body` with every entry in the order of the keys.
    func walk(_ body: (_ key: [UInt8], _ value: [UInt8]) throws -> Void) throws {
        guard let iterator = leveldb_create_iterator(database, readOptions) else {
            throw SourceProblem(reason: "数据目录无法遍历 (the folder cannot be walked)")
        }
        defer { leveldb_iter_destroy(iterator) }
        leveldb_iter_seek_to_first(iterator)
        while leveldb_iter_valid(iterator) != 0 {
            var keyCount = 0
            var valueCount = 0
            let key = leveldb_iter_key(iterator, &keyCount)
            let value = leveldb_iter_value(iterator, &valueCount)
            try body(
                Array(UnsafeRawBufferPointer(start: key, count: keyCount)),
                Array(UnsafeRawBufferPointer(start: value, count: valueCount))
            )
            leveldb_iter_next(iterator)
        }
        var message: UnsafeMutablePointer<CChar>?
        leveldb_iter_get_error(iterator, &message)
        if message != nil { throw FolderReader.problem(message) }
    }

    private static func problem(_ message: UnsafeMutablePointer<CChar>?) -> SourceProblem {
        defer { leveldb_free(message) }
        let text = message.map { String(cString: $0) } ?? ""
        return SourceProblem(reason: "数据目录无法读取 (the folder cannot be read): \(text)")
    }
}
