package import Consensus
package import Execution
package import LedgerModel
import Merkle
package import Primitives

/// What a replica is, apart from what it has seen.
package struct ReplicaConfiguration: Sendable {
    package let network: Digest
    package let suite: Suite
    /// This node. It votes while the ledger has a validator for its department and it holds that validator's key.
    package let ownNode: NodeID
    package let poolLimits: PoolLimits

    package init(network: Digest, suite: Suite, ownNode: NodeID, poolLimits: PoolLimits = PoolLimits()) {
        self.network = network
        self.suite = suite
        self.ownNode = ownNode
        self.poolLimits = poolLimits
    }
}

/// What a process begins with, beside the ledger in its store.
package struct ReplicaRestoration: Sendable {
    /// The voter's records in the journal.
    package let records: [JournalRecord]
    /// Blocks above the store's that the journal holds; they count as durable.
    package let blocks: [Block]
    /// The certificate of the store's newest block, if it has one.
    package let lastFinalisation: QuorumCertificate?
    /// Why this node must not vote, as far as the driver knows.
    package let refusal: RefusalReason?
    /// Whether peers must be heard before the first vote: always, but in tests.
    package let requiresHearing: Bool

    package init(
        records: [JournalRecord] = [],
        blocks: [Block] = [],
        lastFinalisation: QuorumCertificate? = nil,
        refusal: RefusalReason? = nil,
        requiresHearing: Bool = true
    ) {
        self.records = records
        self.blocks = blocks
        self.lastFinalisation = lastFinalisation
        self.refusal = refusal
        self.requiresHearing = requiresHearing
    }
}

/// A whole node as a value: voter, pool, blocks in progress and catch-up. Input in, effects out, nothing else.
///
/// The entry point is `step`. It keeps true: a final block is never changed or skipped; nothing that was not checked is
/// asked to be stored; whatever is held for others is bounded (`PoolLimits`, `BlockTree.countMax`,
/// `Limits.blockBytesMax` for each block, one sync request).
package struct ReplicaCore: Sendable {
    package let configuration: ReplicaConfiguration
    let hashing: any DigestFunction
    let hasher: MerkleHasher
    /// The voting keys that this node holds: the present one, and the next one while it waits for its set.
    let signers: [any MessageSigner]
    /// Who votes in this epoch, for which departments.
    package internal(set) var validators: ValidatorSetRecord
    package internal(set) var parameters: ParametersRecord
    var voter: Voter
    /// What the journal held of epochs that have not begun here since the start: votes that must not be contradicted.
    var laterRecords: [JournalRecord]
    var pool: TransactionPool
    var tree = BlockTree()
    var chain: FinalChain
    var sync = ChainSync()
    var connected: Set<NodeID> = []
    /// When a node that does not vote in this epoch was last answered.
    var outsidersAnsweredAt: [NodeID: MonotonicTime] = [:]
    /// A later epoch that peers speak of.
    var epochAhead: Epoch?
    /// Answers without new blocks since then.
    var fruitlessAnswers = 0
    /// What the voter waits for: checks of blocks that are not executed yet.
    var checks: [Digest: [CheckRequest]] = [:]
    /// When outlines that `checks` waits for are asked for again.
    var outlinesAskAgainAt: MonotonicTime?
    /// Whose turn it is to be asked for an outline.
    var outlineTurn = 0
    /// The newest block that the voter knows to be final, until it is in `chain`.
    var votedTarget: FinalTarget?
    /// When the final chain last grew, or began to have to.
    var finalProgressAt = MonotonicTime(nanoseconds: 0)
    /// The newest block that a peer's answer proved to be final, until it is in `chain`.
    var provenTarget: FinalTarget?
    /// The certificate of the last final block, if it has one.
    var lastFinalisation: QuorumCertificate?
    /// Certificates of final blocks that are not yet in `chain`, all verified.
    var finalisations: [Digest: QuorumCertificate] = [:]
    /// The newest certified block.
    var certifiedTip: Digest
    var certifiedTipView: View
    /// Transactions of the non-final blocks up to `certifiedTip` and of the present view's, unless `isInFlightStale`.
    var inFlight: Set<Digest> = []
    /// How many of them wait in the pool.
    var carriedCount = 0
    var isInFlightStale = false
    var isWorkDirty = true
    var hadWork = false
    var gossipAgainAt: MonotonicTime?
    var blockTimeOfLastExpiry = Timestamp(0)
    var effects: [ReplicaEffect] = []
    var voterInputs: [VoterInput] = []

    /// - Parameters:
    ///   - committed: the state in the store.
    ///   - signers: voting keys; none for a follower.
    /// - Throws: `LedgerReadError` when the store does not say who votes.
    package init(
        configuration: ReplicaConfiguration,
        committed: LedgerState,
        restoration: ReplicaRestoration,
        signers: [any MessageSigner]
    ) throws(LedgerReadError) {
        self.configuration = configuration
        self.signers = signers
        hashing = configuration.suite.digestFunction
        hasher = MerkleHasher(configuration.suite.digestFunction)
        pool = TransactionPool(limits: configuration.poolLimits)
        chain = FinalChain(committed: committed)
        validators = try committed.validatorSet()
        parameters = try committed.parameters()
        let epoch = validators.set.epoch
        laterRecords = restoration.records.filter { $0.epoch.map { $0 > epoch } ?? false }
        let header = committed.header
        certifiedTip = committed.headerDigest
        certifiedTipView = header.endsEpoch ? .zero : header.view
        voter = ReplicaCore.makeVoter(
            configuration,
            validators: validators,
            parameters: parameters,
            signers: signers,
            restored: VoterRestoration(
                records: restoration.records,
                lastFinalised: FinalisedPoint(
                    epoch: validators.set.epoch,
                    view: certifiedTipView,
                    payload: committed.headerDigest
                ),
                lastFinalisation: header.endsEpoch ? nil : restoration.lastFinalisation,
                refusal: restoration.refusal,
                requiresHearing: restoration.requiresHearing
            ),
            previousFinalisation: header.endsEpoch ? restoration.lastFinalisation : nil
        )
        // The newest first, should there be more than there is room for.
        for block in restoration.blocks.reversed() where block.header.height > chain.height { restore(block) }
    }

    /// When the driver must send `tick`, if nothing else happens before.
    package var deadline: MonotonicTime? {
        var times = tree.entries.values.compactMap(\.askAgainAt)
        if let deadline = voter.deadline { times.append(deadline) }
        if sync.state == .idle, let deadline = finalStallAt { times.append(deadline) }
        // Without a link there is nobody to ask; the next link is an input of its own.
        if let deadline = sync.deadline, !connected.isEmpty { times.append(deadline) }
        if let deadline = gossipAgainAt { times.append(deadline) }
        if let deadline = outlinesAskAgainAt { times.append(deadline) }
        return times.min()
    }

    /// The height of the last final block.
    package var finalHeight: Height { chain.height }

    /// The header of the last final block.
    package var finalHeader: Header { chain.header }

    /// This node's place in this epoch's set, while it votes.
    package var ownIndex: ReplicaIndex? { voter.ownIndex }

    /// Whether this node casts votes at present.
    package var isVoting: Bool { voter.isVoting }

    /// The view that the voter is in.
    package var view: View { voter.currentView }

    /// The nodes that vote in this epoch, in the order of their numbers in it.
    package var validatorNodes: [NodeID] { validators.departments.map { NodeID($0) } }

    /// Peers with a link.
    package var connectedPeers: Set<NodeID> { connected }

    /// What a journal must begin with when the old one is cut: the voter's part, and every block that is not in the store.
    package var journalSnapshot: [ReplicaJournalRecord] {
        // Executed or not: this node may have voted for every one of them.
        let branches = tree.digests(where: \.isJournalled).compactMap { tree[$0]?.block }
        return (chain.uncommitted.map(\.block) + branches).map { .block($0) }
            + (voter.journalSnapshot + laterRecords).map { .consensus($0) }
    }

    /// Peers with a link, in an order that every process has alike.
    var connectedInOrder: [NodeID] { connected.sorted() }

    /// Waiting transactions.
    package var poolCount: Int { pool.count }

    /// How full the pool is.
    package var poolUse: PoolUse { pool.use }

    /// Takes one input and says what is to be done, in order.
    package mutating func step(_ input: ReplicaInput, at now: StepTime) -> [ReplicaEffect] {
        switch input {
        case .start: voterInputs.append(.tick)
        case .tick: tick(at: now)
        case .message(let message, let peer): receive(message, from: peer, at: now)
        case .connected(let peer):
            connected.insert(peer)
            greet(peer)
        case .disconnected(let peer):
            connected.remove(peer)
            sync.disconnected(peer, at: now.monotonic)
            if let index = index(of: peer) { voterInputs.append(.disconnected(index)) }
        case .submitted(let transactions, let isLocal): submit(transactions, isLocal: isLocal, at: now)
        case .executed(let request, let result): executed(request, result, at: now)
        case .committed(let height):
            chain.committed(through: height)
            resume(at: now)
        }
        settle(at: now)
        defer { effects = [] }
        return effects
    }

    /// Runs the voter until neither it nor the blocks have anything more to do at this time.
    private mutating func settle(at now: StepTime) {
        repeat {
            announceWork()
            let inputs = voterInputs
            voterInputs = []
            for input in inputs {
                for effect in voter.step(input, at: now.monotonic) { apply(effect, at: now) }
            }
            beginNextEpoch(at: now)
        } while !voterInputs.isEmpty || isWorkDirty
        sync.setNeeded(needsFinalBlocks(at: now), at: now.monotonic)
        if let peer = sync.nextPeer(among: connectedInOrder, at: now.monotonic) {
            effects.append(.send(.blocksRequest(from: chain.height.next), to: peer))
        }
    }

    private mutating func tick(at now: StepTime) {
        voterInputs.append(.tick)
        let isDue = { (time: MonotonicTime?) in time.map { $0 <= now.monotonic } ?? false }
        for digest in tree.digests(where: { isDue($0.askAgainAt) }) { askForParts(of: digest, at: now) }
        if isDue(outlinesAskAgainAt) { askForOutlines(at: now) }
        if let time = gossipAgainAt, time <= now.monotonic {
            let waiting = pool.oldest(countMax: 64, bytesMax: ReplicaCore.gossipBytesMax).map(\.sealed.bytes)
            if !waiting.isEmpty { effects.append(.broadcast(.transactions(waiting))) }
            gossipAgainAt = waiting.isEmpty ? nil : now.monotonic.adding(milliseconds: 1000)
        }
    }

    private mutating func announceWork() {
        guard isWorkDirty else { return }
        isWorkDirty = false
        refreshInFlight()
        // Before the newest final block is here, what waits may be final already: it is no reason to give up views.
        let isCurrent = votedTarget == nil && provenTarget == nil
        let hasWork = isCurrent && pool.count > carriedCount
        guard hasWork != hadWork else { return }
        hadWork = hasWork
        // Before everything else, since whatever comes next may let the voter propose.
        voterInputs.insert(.work(hasTransactions: hasWork), at: 0)
    }

    /// Bytes of transactions in one gossip message, a single larger one apart: well within a frame.
    package static let gossipBytesMax = 1 << 20

    private mutating func submit(_ transactions: [VerifiedTransaction], isLocal: Bool, at now: StepTime) {
        let state = chain.state(adding: [])
        let lifetime = parameters.transactionLifetimeMilliseconds
        // A clock that is behind the chain does not keep transactions out.
        let time = max(now.civil, chain.header.timestamp.adding(milliseconds: 1))
        var fresh: [[UInt8]] = []
        var byteCount = 0
        for transaction in transactions {
            let body = transaction.sealed.transaction.body
            do throws(LedgerReadError) {
                // Gossip and clients repeat themselves: what is final must not become work again.
                if try state.wasIncluded(InclusionKey(author: body.author, id: body.id), at: time) { continue }
            } catch {
                return effects.append(.stop(reason: "the store cannot be read: \(error.reason)"))
            }
            let digest = transaction.sealed.digest
            let admission = pool.admit(transaction, at: time, lifetimeMilliseconds: lifetime)
            guard admission == .admitted else { continue }
            if inFlight.contains(digest) { carriedCount += 1 }
            guard isLocal else { continue }
            if byteCount + transaction.sealed.bytes.count > ReplicaCore.gossipBytesMax, !fresh.isEmpty {
                effects.append(.broadcast(.transactions(fresh)))
                (fresh, byteCount) = ([], 0)
            }
            fresh.append(transaction.sealed.bytes)
            byteCount += transaction.sealed.bytes.count
        }
        isWorkDirty = true
        if pool.count > 0, gossipAgainAt == nil { gossipAgainAt = now.monotonic.adding(milliseconds: 1000) }
        if !fresh.isEmpty { effects.append(.broadcast(.transactions(fresh))) }
    }

    private mutating func restore(_ block: Block) {
        // `try?`: the journal's checksum held, so a body that does not decode cannot be ours, and the block is fetched again.
        let sealed = block.transactions.compactMap { bytes in
            try? SealedTransaction(bytes: bytes, digestFunction: hashing)
        }
        guard sealed.count == block.transactions.count, !tree.isFull else { return }
        var entry = BlockEntry(outline: block.outline(of: sealed))
        for transaction in sealed { entry.put(.unverified(transaction)) }
        entry.isJournalled = true
        tree[block.header.digest(hashing)] = entry
    }
}
