package import Consensus
package import Execution
package import LedgerModel
import Merkle
package import Primitives

/// What a replica is, apart from what it has seen.
package struct ReplicaConfiguration: Sendable {
    package let network: Digest
    package let suite: Suite
    package let validators: ValidatorSet
    /// This node's place among the validators; nil for a follower.
    package let ownIndex: ReplicaIndex?
    package let parameters: ParametersRecord
    package let poolLimits: PoolLimits

    package init(
        network: Digest,
        suite: Suite,
        validators: ValidatorSet,
        ownIndex: ReplicaIndex?,
        parameters: ParametersRecord,
        poolLimits: PoolLimits = PoolLimits()
    ) {
        self.network = network
        self.suite = suite
        self.validators = validators
        self.ownIndex = ownIndex
        self.parameters = parameters
        self.poolLimits = poolLimits
    }
}

/// A whole node as a value: voter, pool, blocks in progress and catch-up. Input in, effects out, nothing else.
///
/// The entry point is `step`. It keeps true: a final block is never changed or skipped; nothing that was not checked is
/// asked to be stored; whatever is held for others is bounded (`PoolLimits`, `BlockTree.countMax`,
/// `Limits.blockBytesMax` for each block, one sync request).
package struct ReplicaCore: Sendable {
    let configuration: ReplicaConfiguration
    let hashing: any DigestFunction
    let hasher: MerkleHasher
    var voter: Voter
    var pool: TransactionPool
    var tree = BlockTree()
    var chain: FinalChain
    var sync = ChainSync()
    var connected: Set<ReplicaIndex> = []
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
    ///   - blocks: blocks above it that the journal holds; they count as durable.
    ///   - restoration: what the voter journalled.
    ///   - signer: the voting key; nil for a follower.
    package init(
        configuration: ReplicaConfiguration,
        committed: LedgerState,
        blocks: [Block],
        restoration: VoterRestoration,
        signer: (any MessageSigner)?
    ) {
        self.configuration = configuration
        hashing = configuration.suite.digestFunction
        hasher = MerkleHasher(configuration.suite.digestFunction)
        pool = TransactionPool(limits: configuration.poolLimits)
        chain = FinalChain(committed: committed)
        certifiedTip = committed.headerDigest
        certifiedTipView = committed.header.view
        voter = Voter(
            networkDigest: configuration.network,
            validators: configuration.validators,
            ownIndex: configuration.ownIndex,
            parameters: configuration.parameters.consensus,
            signer: signer,
            verifier: configuration.suite.verifier,
            restored: restoration
        )
        for block in blocks where block.header.height > chain.height { restore(block) }
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

    /// The view that the voter is in.
    package var view: View { voter.currentView }

    /// Peers with a link.
    package var connectedPeers: Set<ReplicaIndex> { connected }

    /// What a journal must begin with when the old one is cut: the voter's part, and every block that is not in the store.
    package var journalSnapshot: [ReplicaJournalRecord] {
        // Executed or not: this node may have voted for every one of them.
        let branches = tree.digests(where: \.isJournalled).compactMap { tree[$0]?.block }
        return (chain.uncommitted.map(\.block) + branches).map { .block($0) }
            + voter.journalSnapshot.map { .consensus($0) }
    }

    /// Peers with a link, in an order that every process has alike.
    var connectedInOrder: [ReplicaIndex] { connected.sorted() }

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
            voterInputs.append(.connected(peer))
        case .disconnected(let peer):
            connected.remove(peer)
            sync.disconnected(peer, at: now.monotonic)
            voterInputs.append(.disconnected(peer))
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
        let lifetime = configuration.parameters.transactionLifetimeMilliseconds
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
        let sealed = block.transactions.compactMap { bytes in
            try? SealedTransaction(bytes: bytes, digestFunction: hashing)
        }
        // The journal's checksum held, so a body that does not decode cannot be ours: the block is fetched again.
        guard sealed.count == block.transactions.count else { return }
        var entry = BlockEntry(outline: block.outline(of: sealed))
        for transaction in sealed { entry.put(.unverified(transaction)) }
        entry.isJournalled = true
        entry.isNamed = true
        tree[block.header.digest(hashing)] = entry
    }
}
