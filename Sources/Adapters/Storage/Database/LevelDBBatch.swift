import CLevelDB

/// Changes that are written together. Later ones override earlier ones.
package struct LevelDBBatch: ~Copyable {
    let pointer: OpaquePointer

    package init() { pointer = leveldb_writebatch_create() }

    deinit { leveldb_writebatch_destroy(pointer) }

    package mutating func put(_ key: [UInt8], _ value: [UInt8]) {
        key.withUnsafeBytes { key in
            value.withUnsafeBytes { value in
                leveldb_writebatch_put(
                    pointer,
                    key.baseAddress?.assumingMemoryBound(to: CChar.self),
                    key.count,
                    value.baseAddress?.assumingMemoryBound(to: CChar.self),
                    value.count
                )
            }
        }
    }

    package mutating func remove(_ key: [UInt8]) {
        key.withUnsafeBytes {
            leveldb_writebatch_delete(pointer, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
        }
    }
}
