import CLevelDB

/// A LevelDB folder as it was at one moment. It keeps the folder open.
// SAFETY: the pointers never change, and reading at a snapshot may happen on any thread.
package final class LevelDBSnapshot: @unchecked Sendable {
    let readOptions: OpaquePointer
    private let snapshot: OpaquePointer
    private let handle: LevelDBHandle

    package init(_ handle: LevelDBHandle) {
        self.handle = handle
        snapshot = leveldb_create_snapshot(handle.database)
        readOptions = leveldb_readoptions_create()
        leveldb_readoptions_set_verify_checksums(readOptions, 1)
        leveldb_readoptions_set_snapshot(readOptions, snapshot)
    }

    deinit {
        leveldb_readoptions_destroy(readOptions)
        leveldb_release_snapshot(handle.database, snapshot)
    }
}
