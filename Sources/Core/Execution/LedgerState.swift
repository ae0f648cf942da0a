package import LedgerModel
package import Merkle
package import Primitives

/// The ledger after some block: the committed state and the layers of the blocks above it, oldest first.
package struct LedgerState: Sendable {
    package let base: any LedgerReader
    package let layers: [ExecutedBlock]
    /// The newest block's header.
    package let header: Header
    package let headerDigest: Digest
    /// The history tree over all headers up to and including `header`.
    package let history: HistoryTree

    /// The committed state itself.
    package init(base: any LedgerReader, header: Header, headerDigest: Digest, history: HistoryTree) {
        self.base = base
        self.layers = []
        self.header = header
        self.headerDigest = headerDigest
        self.history = history
    }

    /// The state after the newest of `layers`, each the child of the one before it.
    package init(base: any LedgerReader, layers: [ExecutedBlock]) {
        guard let newest = layers.last else { preconditionFailure("a state over layers has at least one layer") }
        self.base = base
        self.layers = layers
        self.header = newest.header
        self.headerDigest = newest.digest
        self.history = newest.history
    }

    /// The state after `block`, which must be a child of this state's block.
    package func adding(_ block: ExecutedBlock) -> LedgerState {
        precondition(block.header.parent == headerDigest, "a layer stands on its parent")
        return LedgerState(base: base, layers: layers + [block])
    }
}

extension LedgerState: LedgerReader {
    package func position(of key: RecordKey) throws(LedgerReadError) -> Position? {
        for layer in layers.reversed() {
            if let position = layer.positions[key] { return position }
        }
        return try base.position(of: key)
    }

    package func record(at position: Position) throws(LedgerReadError) -> Record? {
        for layer in layers.reversed() {
            if let record = layer.records[position] { return record }
        }
        return try base.record(at: position)
    }

    package func inclusionExpiry(of key: InclusionKey) throws(LedgerReadError) -> Timestamp? {
        for layer in layers.reversed() {
            if let expiry = layer.inclusions[key] { return expiry }
        }
        return try base.inclusionExpiry(of: key)
    }

    package func tile(_ key: TileKey) -> Tile? {
        for layer in layers.reversed() {
            if let tile = layer.tiles[key] { return tile }
        }
        return base.tile(key)
    }
}

extension LedgerReader {
    /// Whether `key` was included and a block at `timestamp` must not include it again.
    package func wasIncluded(_ key: InclusionKey, at timestamp: Timestamp) throws(LedgerReadError) -> Bool {
        guard let expiry = try inclusionExpiry(of: key) else { return false }
        return expiry >= timestamp
    }

    /// The record with `key`, or nil.
    package func record(_ key: RecordKey) throws(LedgerReadError) -> Record? {
        guard let position = try position(of: key) else { return nil }
        guard let record = try record(at: position) else {
            throw LedgerReadError(reason: "the index names position \(position), which holds no record")
        }
        guard record.key == key else {
            throw LedgerReadError(reason: "the index names position \(position) for another record than it holds")
        }
        return record
    }

    /// The key that an author's transactions are signed with now, or nil when the ledger does not know the author.
    package func authorKey(_ author: Author) throws(LedgerReadError) -> PublicKey? {
        switch author {
        case .department(let id):
            guard case .department(let record) = try record(.department(id)) else { return nil }
            return record.transactionKey
        case .subject(let id):
            guard case .subject(let record) = try record(.subject(id)) else { return nil }
            return record.key
        }
    }

    /// The parameters in force.
    package func parameters() throws(LedgerReadError) -> ParametersRecord {
        guard case .parameters(let record) = try record(.parameters) else {
            throw LedgerReadError(reason: "the register holds no parameters")
        }
        return record
    }

    /// The validator set in force.
    package func validatorSet() throws(LedgerReadError) -> ValidatorSetRecord {
        guard case .validatorSet(let record) = try record(.validatorSet) else {
            throw LedgerReadError(reason: "the register holds no validator set")
        }
        return record
    }
}
