package import LedgerModel
package import Merkle
package import Primitives

/// The final state as execution reads it: LevelDB in a node, dictionaries in the simulator.
///
/// Reads are synchronous and must see every block committed so far, whole. They may run while a later block is being
/// committed: whatever that block changes is then still in a layer above the reader.
package protocol LedgerReader: TileReader, Sendable {
    /// Where the record with `key` lies, or nil.
    /// - Throws: `LedgerReadError` when the store cannot tell; the node stops.
    func position(of key: RecordKey) throws(LedgerReadError) -> Position?

    /// The record at `position`, or nil beyond the register's end.
    /// - Throws: `LedgerReadError` when the store cannot tell; the node stops.
    func record(at position: Position) throws(LedgerReadError) -> Record?

    /// The expiry under which a block included `key` last. One that has passed at the newest block may be forgotten: whether it
    /// still counts is decided by comparing it with a block's time, never by how far a store has come with forgetting.
    func inclusionExpiry(of key: InclusionKey) throws(LedgerReadError) -> Timestamp?
}

/// The store failed or holds something that cannot be: no verdict can be given.
package struct LedgerReadError: Error, Equatable, Sendable {
    /// One line for the operator; no personal data.
    package let reason: String
    package init(reason: String) { self.reason = reason }
}

/// What a transaction is remembered by until its expiry passes.
package struct InclusionKey: Hashable, Sendable {
    package let author: Author
    package let id: TransactionID

    package init(author: Author, id: TransactionID) {
        self.author = author
        self.id = id
    }
}
