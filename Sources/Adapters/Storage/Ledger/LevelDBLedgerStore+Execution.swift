package import Execution
package import LedgerModel
package import Merkle
import Ports
package import Primitives

/// What execution reads: the newest committed state.
extension LevelDBLedgerStore: LedgerReader {
    package func position(of key: RecordKey) throws(LedgerReadError) -> Position? {
        try institutions.position(of: key) { () throws(LedgerReadError) in try storedPosition(of: key) }
    }

    package func record(at position: Position) throws(LedgerReadError) -> Record? {
        try institutions.record(at: position) { () throws(LedgerReadError) in try storedRecord(at: position) }
    }

    private func storedPosition(of key: RecordKey) throws(LedgerReadError) -> Position? {
        do throws(StoreError) {
            return try handle.value(LedgerKey.index(key)).map(LedgerCoder.position)
        } catch {
            throw LedgerReadError(error)
        }
    }

    private func storedRecord(at position: Position) throws(LedgerReadError) -> Record? {
        do throws(StoreError) {
            guard let bytes = try handle.value(LedgerKey.record(position)) else { return nil }
            return try LedgerCoder.decode(bytes)
        } catch {
            throw LedgerReadError(error)
        }
    }

    package func tile(_ key: TileKey) -> Tile? {
        let tiles = current.registerTiles
        return StoredTiles(tree: .register, shelf: tiles.shelf, handle: handle, snapshot: nil).tile(key)
    }

    package func inclusionExpiry(of key: InclusionKey) -> Timestamp? { rememberedExpiry(of: key) }
}

extension LedgerReadError {
    fileprivate init(_ error: StoreError) { self.init(reason: "\(error)") }
}
