import CLevelDB
import Glibc
package import Ports

/// An open LevelDB folder, closed when the last reference goes away.
///
/// Everything that is read is checked against its checksum, and every write is synced: without that LevelDB may lose a
/// write in the middle unnoticed.
// SAFETY: the pointers never change, and LevelDB's functions on an open database may be called from any thread
// (leveldb/doc/index.md, "Concurrency").
package final class LevelDBHandle: @unchecked Sendable {
    let database: OpaquePointer
    private let readOptions: OpaquePointer
    private let writeOptions: OpaquePointer
    private let options: OpaquePointer
    private let cache: OpaquePointer
    private let filter: OpaquePointer
    package let path: String

    /// Opens the folder at `path`. One that is not there or was never used is made.
    /// - Throws: `StoreError.lockedByAnother`, `incompleteFolder`, `corrupt`, `failed`.
    package init(path: String, options settings: LevelDBOptions = LevelDBOptions()) throws(StoreError) {
        let isNew = try LevelDBHandle.isUnused(path)
        self.path = path
        options = leveldb_options_create()
        cache = leveldb_cache_create_lru(settings.blockCacheBytes)
        filter = leveldb_filterpolicy_create_bloom(Int32(settings.filterBitsPerKey))
        // LevelDB must not make a new database where an old one has lost its CURRENT: it would remove the tables.
        leveldb_options_set_create_if_missing(options, isNew ? 1 : 0)
        leveldb_options_set_error_if_exists(options, isNew ? 1 : 0)
        leveldb_options_set_paranoid_checks(options, 1)
        leveldb_options_set_cache(options, cache)
        leveldb_options_set_filter_policy(options, filter)
        leveldb_options_set_write_buffer_size(options, settings.writeBufferBytes)
        leveldb_options_set_max_file_size(options, settings.tableBytesMax)
        leveldb_options_set_max_open_files(options, Int32(settings.openFilesMax))
        leveldb_options_set_compression(
            options,
            Int32(settings.isCompressed ? leveldb_snappy_compression : leveldb_no_compression)
        )
        readOptions = leveldb_readoptions_create()
        leveldb_readoptions_set_verify_checksums(readOptions, 1)
        writeOptions = leveldb_writeoptions_create()
        leveldb_writeoptions_set_sync(writeOptions, 1)
        var message: UnsafeMutablePointer<CChar>?
        let opened = leveldb_open(options, path, &message)
        guard let opened, message == nil else {
            LevelDBHandle.release(options, cache, filter, readOptions, writeOptions)
            throw LevelDBHandle.error(message, path: path)
        }
        database = opened
    }

    deinit {
        leveldb_close(database)
        LevelDBHandle.release(options, cache, filter, readOptions, writeOptions)
    }

    /// The value under `key`, or nil.
    package func value(_ key: [UInt8], snapshot: LevelDBSnapshot? = nil) throws(StoreError) -> [UInt8]? {
        var count = 0
        var message: UnsafeMutablePointer<CChar>?
        let found = key.withUnsafeBytes {
            leveldb_get(
                database,
                snapshot?.readOptions ?? readOptions,
                $0.baseAddress?.assumingMemoryBound(to: CChar.self),
                $0.count,
                &count,
                &message
            )
        }
        if message != nil { throw LevelDBHandle.error(message, path: path) }
        guard let found else { return nil }
        defer { leveldb_free(found) }
        return Array(UnsafeRawBufferPointer(start: found, count: count))
    }

    /// Writes a batch: all of it or, after a crash, perhaps nothing. Durable on return.
    package func write(_ batch: borrowing LevelDBBatch) throws(StoreError) {
        var message: UnsafeMutablePointer<CChar>?
        leveldb_write(database, writeOptions, batch.pointer, &message)
        if message != nil { throw LevelDBHandle.error(message, path: path) }
    }

    /// Calls `body` with the entries whose keys begin with `prefix`, from `start` on, in order or backwards, until it
    /// returns false.
    package func scan(
        prefix: [UInt8],
        from start: [UInt8]? = nil,
        isBackwards: Bool = false,
        snapshot: LevelDBSnapshot? = nil,
        _ body: (_ key: [UInt8], _ value: [UInt8]) throws(StoreError) -> Bool
    ) throws(StoreError) {
        guard let iterator = leveldb_create_iterator(database, snapshot?.readOptions ?? readOptions) else {
            throw .failed(reason: "no iterator on \(path)")
        }
        defer { leveldb_iter_destroy(iterator) }
        if isBackwards {
            seekToLast(iterator, prefix: prefix)
        } else {
            seek(iterator, start ?? prefix)
        }
        while leveldb_iter_valid(iterator) != 0 {
            var keyCount = 0
            var valueCount = 0
            let key = Array(UnsafeRawBufferPointer(start: leveldb_iter_key(iterator, &keyCount), count: keyCount))
            guard key.starts(with: prefix) else { break }
            let start = leveldb_iter_value(iterator, &valueCount)
            guard try body(key, Array(UnsafeRawBufferPointer(start: start, count: valueCount))) else { break }
            if isBackwards { leveldb_iter_prev(iterator) } else { leveldb_iter_next(iterator) }
        }
        var message: UnsafeMutablePointer<CChar>?
        leveldb_iter_get_error(iterator, &message)
        if message != nil { throw LevelDBHandle.error(message, path: path) }
    }

    /// Merges all tables: for measurements and for the operator, never needed.
    package func compact() { leveldb_compact_range(database, nil, 0, nil, 0) }

    private func seek(_ iterator: OpaquePointer, _ key: [UInt8]) {
        key.withUnsafeBytes {
            leveldb_iter_seek(iterator, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
        }
    }

    /// Moves to the last key that begins with `prefix`, or to one that does not when there is none.
    private func seekToLast(_ iterator: OpaquePointer, prefix: [UInt8]) {
        guard let place = prefix.lastIndex(where: { $0 != 0xff }) else { return leveldb_iter_seek_to_last(iterator) }
        seek(iterator, Array(prefix[..<place]) + [prefix[place] + 1])
        if leveldb_iter_valid(iterator) == 0 {
            leveldb_iter_seek_to_last(iterator)
        } else {
            leveldb_iter_prev(iterator)
        }
    }
}

extension LevelDBHandle {
    /// Whether nothing was ever stored in the folder.
    /// - Throws: `StoreError.incompleteFolder` for files without the one that names them.
    package static func isUnused(_ path: String) throws(StoreError) -> Bool {
        let names: [String]
        do throws(FileError) {
            guard let found = try Folder.names(at: path) else {
                _ = try Folder(creating: path)
                return true
            }
            names = found
        } catch {
            throw StoreError(error)
        }
        if names.contains("CURRENT") { return false }
        let others = names.filter { $0 != "LOCK" && !$0.hasPrefix("LOG") }
        guard others.isEmpty else {
            throw .incompleteFolder("\(path) holds \(others.count) files and no CURRENT")
        }
        return true
    }

    private static func release(
        _ options: OpaquePointer,
        _ cache: OpaquePointer,
        _ filter: OpaquePointer,
        _ readOptions: OpaquePointer,
        _ writeOptions: OpaquePointer
    ) {
        leveldb_options_destroy(options)
        leveldb_cache_destroy(cache)
        leveldb_filterpolicy_destroy(filter)
        leveldb_readoptions_destroy(readOptions)
        leveldb_writeoptions_destroy(writeOptions)
    }

    /// LevelDB tells errors apart by their text alone.
    fileprivate static func error(_ message: UnsafeMutablePointer<CChar>?, path: String) -> StoreError {
        guard let message else { return .failed(reason: "LevelDB gave no reason") }
        defer { leveldb_free(message) }
        let text = String(cString: message)
        if text.hasPrefix("IO error: lock ") { return .lockedByAnother(folder: path) }
        if text.hasPrefix("Corruption: ") { return .corrupt(reason: text) }
        // A table that the database names and that is gone, or a log that ends inside the first record.
        if text.hasPrefix("Invalid argument: ") { return .corrupt(reason: text) }
        return .failed(reason: text)
    }
}

extension StoreError {
    init(_ error: FileError) {
        self = .failed(reason: "\(error.operation) \(error.path): \(String(cString: strerror(error.code)))")
    }
}
