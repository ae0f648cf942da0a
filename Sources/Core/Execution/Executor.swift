import Consensus
package import LedgerModel
import Merkle
package import Primitives

/// What a leader decides about a block before execution fills in the rest of its header.
package struct BlockContext: Hashable, Sendable {
    package let view: View
    package let timestamp: Timestamp
    package let proposer: ReplicaIndex

    package init(view: View, timestamp: Timestamp, proposer: ReplicaIndex) {
        self.view = view
        self.timestamp = timestamp
        self.proposer = proposer
    }

    /// What the proposer of `header` decided.
    package init(of header: Header) {
        self.init(view: header.view, timestamp: header.timestamp, proposer: header.proposer)
    }
}

/// Executes blocks: a pure function from a state and transactions to a header, verdicts and changes.
///
/// The leader, the voters, the auditor and the simulator run this same function; a received header is right exactly if
/// executing its transactions yields it.
package struct Executor: Sendable {
    package let network: Digest
    package let suite: Suite

    package init(network: Digest, suite: Suite) {
        self.network = network
        self.suite = suite
    }

    /// Executes `transactions` in order as the child of `state`'s block.
    /// - Throws: `LedgerReadError` when the state cannot be read; nothing is known of the block then.
    package func execute(
        _ transactions: [TransactionInput],
        context: BlockContext,
        on state: LedgerState
    ) throws(LedgerReadError) -> ExecutedBlock {
        let judge = Judge(
            network: network,
            suite: suite,
            transactionLifetimeMilliseconds: try state.parameters().transactionLifetimeMilliseconds
        )
        var scope = BlockScope(parent: state, timestamp: context.timestamp)
        var verdicts: [Verdict] = []
        verdicts.reserveCapacity(transactions.count)
        for transaction in transactions { verdicts.append(try judge.judge(transaction, in: &scope)) }
        return try seal(scope, transactions: transactions.map(\.sealed), verdicts: verdicts, context: context)
    }

    private func seal(
        _ scope: BlockScope,
        transactions: [SealedTransaction],
        verdicts: [Verdict],
        context: BlockContext
    ) throws(LedgerReadError) -> ExecutedBlock {
        let hasher = MerkleHasher(suite.digestFunction)
        let state = scope.parent
        let register = try update(
            with: scope.records,
            reader: state,
            hasher: hasher
        )
        let header = Header(
            network: network,
            protocolVersion: state.header.protocolVersion,
            epoch: scope.epoch,
            height: scope.height,
            view: context.view,
            parent: state.headerDigest,
            timestamp: context.timestamp,
            proposer: context.proposer,
            transactionsRoot: BlockOutline.transactionsRoot(
                transactions.map(\.digest),
                Verdict.digest(of: verdicts, digestFunction: suite.digestFunction),
                hasher: hasher
            ),
            registerRoot: register.root,
            registerSize: scope.records.sizeAfter,
            historyRoot: state.history.root(hasher: hasher),
            validatorSet: state.header.childValidatorSet,
            childValidatorSet: try scope.changedValidatorSet()?.set.digest(using: suite.digestFunction)
                ?? state.header.childValidatorSet
        )
        return makeBlock(header, transactions, verdicts, scope, register.tiles, state.history, hasher)
    }

    private func makeBlock(
        _ header: Header,
        _ transactions: [SealedTransaction],
        _ verdicts: [Verdict],
        _ scope: BlockScope,
        _ tiles: [TileKey: Tile],
        _ historyBefore: HistoryTree,
        _ hasher: MerkleHasher
    ) -> ExecutedBlock {
        let digest = header.digest(suite.digestFunction)
        var history = historyBefore
        history.append(hasher.leaf(digest), hasher: hasher)
        return ExecutedBlock(
            digest: digest,
            header: header,
            transactions: transactions,
            verdicts: verdicts,
            verdictsDigest: Verdict.digest(of: verdicts, digestFunction: suite.digestFunction),
            records: scope.records,
            positions: scope.positions,
            tiles: tiles,
            inclusions: scope.inclusions,
            history: history
        )
    }

    /// Hashes what changed into the register tree.
    func update(
        with records: RecordChanges,
        reader: some TileReader,
        hasher: MerkleHasher
    ) throws(LedgerReadError) -> TreeUpdate {
        var changed: [Position: Digest] = [:]
        var created: [Digest] = []
        created.reserveCapacity(Int(records.sizeAfter - records.sizeBefore))
        for (position, record) in records {
            let leaf = hasher.leaf(record.canonicalBytes)
            if position.rawValue < records.sizeBefore {
                changed[position] = leaf
            } else {
                created.append(leaf)
            }
        }
        do {
            return try TiledTree(hasher).update(
                size: records.sizeBefore,
                newLeaves: created,
                changed: changed,
                reader: reader
            )
        } catch {
            throw LedgerReadError(reason: "the register tree is incomplete: \(error)")
        }
    }
}
