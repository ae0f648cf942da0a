import Consensus
package import LedgerModel
import Merkle
package import Primitives

/// Why a genesis file cannot begin a ledger.
package enum GenesisError: Error, Equatable, Sendable {
    /// Exactly one validator set is needed.
    case validatorSetMissing
    /// Exactly one set of parameters is needed.
    case parametersMissing
    /// Two records with one key.
    case repeatedRecord(kind: RecordKind)
    /// A record kind that only transactions create.
    case recordNotAllowed(kind: RecordKind)
    /// The first epoch must be 0.
    case epochNotZero
    /// A validator, service system, certificate type or matter names a department that is not there.
    case departmentUnknown(DepartmentID)
    /// A service system is permitted a matter that is not there.
    case matterUnknown(Code)
}

extension Executor {
    /// The block at height 0 that a genesis file stands for.
    /// - Throws: `GenesisError` for a file that cannot begin a ledger.
    package static func genesisBlock(_ genesis: Genesis, suite: Suite) throws(GenesisError) -> ExecutedBlock {
        try check(genesis)
        guard let validators = genesis.validatorSet else { throw .validatorSetMissing }
        let network = genesis.digest(suite.digestFunction)
        let records = [.network(NetworkRecord(genesis: network, name: genesis.name))] + genesis.records
        let hasher = MerkleHasher(suite.digestFunction)
        let executor = Executor(network: network, suite: suite)
        var placed = RecordChanges(sizeBefore: 0)
        var positions: [RecordKey: Position] = [:]
        for record in records { positions[record.key] = placed.create(record) }
        let register: TreeUpdate
        do {
            register = try executor.update(with: placed, reader: EmptyTiles(), hasher: hasher)
        } catch {
            preconditionFailure("a register that begins empty needs no tile: \(error.reason)")
        }
        let set = validators.set.digest(using: suite.digestFunction)
        let noVerdicts = Verdict.digest(of: [], digestFunction: suite.digestFunction)
        let header = Header(
            network: network,
            protocolVersion: Genesis.protocolVersion,
            epoch: .zero,
            height: .genesis,
            view: .zero,
            parent: .zero,
            timestamp: genesis.timestamp,
            proposer: ReplicaIndex(0),
            transactionsRoot: BlockOutline.transactionsRoot([], noVerdicts, hasher: hasher),
            registerRoot: register.root,
            registerSize: placed.sizeAfter,
            historyRoot: HistoryTree().root(hasher: hasher),
            validatorSet: set,
            childValidatorSet: set
        )
        let digest = header.digest(suite.digestFunction)
        var history = HistoryTree()
        history.append(hasher.leaf(digest), hasher: hasher)
        return ExecutedBlock(
            digest: digest,
            header: header,
            transactions: [],
            verdicts: [],
            verdictsDigest: noVerdicts,
            records: placed,
            positions: positions,
            tiles: register.tiles,
            inclusions: [:],
            history: history
        )
    }

    private static func check(_ genesis: Genesis) throws(GenesisError) {
        var keys: Set<RecordKey> = []
        for record in genesis.records {
            guard keys.insert(record.key).inserted else { throw .repeatedRecord(kind: record.key.kind) }
        }
        guard genesis.parameters != nil else { throw .parametersMissing }
        guard let validators = genesis.validatorSet else { throw .validatorSetMissing }
        guard validators.set.epoch == .zero else { throw .epochNotZero }
        func require(_ department: DepartmentID) throws(GenesisError) {
            guard keys.contains(.department(department)) else { throw .departmentUnknown(department) }
        }
        for record in genesis.records {
            switch record {
            case .department, .parameters: break
            case .validatorSet(let record):
                for department in record.departments { try require(department) }
            case .serviceSystem(let record):
                try require(record.department)
                for matter in record.matters where !keys.contains(.matter(matter)) { throw .matterUnknown(matter) }
            case .certificateType(let record):
                for department in record.issuers { try require(department) }
            case .matter(let record): try require(record.department)
            case .network, .subject, .accessHead, .certificate, .serviceCase, .proposal, .equivocation:
                throw .recordNotAllowed(kind: record.key.kind)
            }
        }
    }
}

/// The tiles of a register that holds nothing yet.
private struct EmptyTiles: TileReader {
    func tile(_ key: TileKey) -> Tile? { nil }
}
