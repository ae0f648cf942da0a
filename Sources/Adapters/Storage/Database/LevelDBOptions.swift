/// How a LevelDB folder is opened.
package struct LevelDBOptions: Hashable, Sendable {
    /// Uncompressed blocks kept in memory.
    package var blockCacheBytes = 32 * 1024 * 1024
    /// What is written before a table is made of it; twice as much may be in memory. Half as much costs a tenth of the speed
    /// of issuing in merges, twice as much wins little.
    package var writeBufferBytes = 32 * 1024 * 1024
    /// Largest table file.
    package var tableBytesMax = 8 * 1024 * 1024
    /// Table files open at a time; each holds its index and filter in memory.
    package var openFilesMax = 512
    /// Bits for each key in a table's filter: 10 let 1 % of vain reads through.
    package var filterBitsPerKey = 10
    /// Snappy. Digests do not compress; what is around them does.
    package var isCompressed = true

    package init() {}
}
