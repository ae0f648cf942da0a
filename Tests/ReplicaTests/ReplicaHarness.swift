import Consensus
import Execution
import LedgerModel
import Primitives
import Replica
import TestKit
import Testing

/// One replica among validators whose every message the test writes itself.
struct ReplicaHarness {
    let fixture: LedgerFixture
    let ledger: InMemoryLedger
    let own: ReplicaIndex
    private(set) var core: ReplicaCore
    private(set) var effects: [ReplicaEffect] = []
    private(set) var now = StepTime(
        monotonic: MonotonicTime(nanoseconds: 1_000_000_000),
        civil: LedgerFixture.start.adding(milliseconds: 60_000)
    )

    /// A replica that starts from genesis, with links to all others.
    ///
    /// It leads view 4 and the fourth view of every round after that.
    init(
        journalled blocks: [Block] = [],
        records: [JournalRecord] = [],
        fixture: LedgerFixture = LedgerFixture()
    ) throws {
        let own = fixture.validators.leader(of: View(4))
        self.fixture = fixture
        self.own = own
        ledger = fixture.makeLedger()
        core = try ReplicaCore(
            configuration: ReplicaConfiguration(
                network: fixture.network,
                suite: fixture.suite,
                ownNode: ReplicaHarness.node(own)
            ),
            committed: ledger.state,
            restoration: ReplicaRestoration(records: records, blocks: blocks, requiresHearing: false),
            signers: [fixture.validatorSigner(Int(own.rawValue))]
        )
        give(.start)
        for peer in others { give(.connected(peer)) }
    }

    func node(_ index: ReplicaIndex) -> NodeID { ReplicaHarness.node(index) }

    /// A proposal, with its block or alone.
    func proposal(of outline: BlockOutline?, _ ballot: Ballot, by leader: NodeID) throws -> PeerMessage {
        let proposal = try #require(Proposal(vote: vote(ballot, by: leader)))
        return outline.map { .proposal(.proposal(proposal), $0) } ?? .consensus(.proposal(proposal))
    }

    /// The node of a validator of genesis.
    static func node(_ index: ReplicaIndex) -> NodeID { NodeID(index.rawValue + 1) }

    var others: [NodeID] { fixture.validators.indices.filter { $0 != own }.map(ReplicaHarness.node) }

    /// Gives an input, carries out what it asks of execution, and notes every effect. Nothing is committed to the store.
    mutating func give(_ input: ReplicaInput) {
        var waiting = core.step(input, at: now)[...]
        while let effect = waiting.popFirst() {
            effects.append(effect)
            guard case .execute(let request) = effect else { continue }
            waiting += core.step(.executed(request, result(of: request)), at: now)
        }
    }

    var ownNode: NodeID { ReplicaHarness.node(own) }

    mutating func forgetEffects() { effects = [] }

    /// Lets time pass, with a tick at every deadline.
    mutating func wait(milliseconds: UInt64) {
        let end = now.monotonic.adding(milliseconds: milliseconds)
        while let deadline = core.deadline, deadline <= end {
            advance(to: max(deadline, now.monotonic.adding(nanoseconds: 1)))
            give(.tick)
        }
        advance(to: end)
    }

    private mutating func advance(to time: MonotonicTime) {
        let passed = time.since(now.monotonic) / 1_000_000
        now = StepTime(monotonic: time, civil: now.civil.adding(milliseconds: passed))
    }

    private func result(of request: ExecutionRequest) -> ExecutionResult {
        do {
            return .executed(
                try fixture.executor.execute(request.transactions, context: request.context, on: request.state)
            )
        } catch {
            return .failed(error)
        }
    }

    // MARK: What others say

    func leader(of view: UInt64) -> NodeID { ReplicaHarness.node(fixture.validators.leader(of: View(view))) }

    func digest(_ outline: BlockOutline) -> Digest { outline.header.digest(fixture.suite.digestFunction) }

    func notarise(_ payload: Digest, view: UInt64, parentView: UInt64) -> Ballot {
        .notarise(epoch: .zero, view: View(view), parentView: View(parentView), payload: payload)
    }

    func vote(_ ballot: Ballot, by node: NodeID) -> Vote {
        let signer = ReplicaIndex(node.rawValue - 1)
        let signature = fixture.validatorSigner(Int(signer.rawValue))
            .sign(ballot.signedBytes(networkDigest: fixture.network))
        return Vote(ballot: ballot, signer: signer, signature: signature)
    }

    func certificate(_ ballot: Ballot) -> QuorumCertificate {
        CertifiedChain(fixture: fixture).certificate(for: ballot, signers: others.map { Int($0.rawValue) - 1 })
    }

    /// A block as the leader of `view` makes it.
    func block(
        _ transactions: [SealedTransaction] = [],
        view: UInt64,
        on state: LedgerState,
        leader: NodeID? = nil
    ) throws -> ExecutedBlock {
        let context = BlockContext(
            view: View(view),
            timestamp: state.header.timestamp.adding(milliseconds: 1000),
            proposer: leader.map { ReplicaIndex($0.rawValue - 1) } ?? fixture.validators.leader(of: View(view))
        )
        return try fixture.executor.execute(transactions.map { .unverified($0) }, context: context, on: state)
    }

    /// A quorum's certificate, from a peer.
    mutating func prove(_ ballot: Ballot) {
        give(.message(.consensus(.certificate(certificate(ballot))), from: others[0]))
    }

    /// The leader's proposal of `payload`, alone.
    mutating func propose(_ payload: Digest, view: UInt64, parentView: UInt64) {
        let vote = vote(notarise(payload, view: view, parentView: parentView), by: leader(of: view))
        guard let proposal = Proposal(vote: vote) else { return }
        give(.message(.consensus(.proposal(proposal)), from: leader(of: view)))
    }

    /// The leader's proposal of a block, with the block.
    mutating func propose(_ outline: BlockOutline, view: UInt64, parentView: UInt64) {
        let vote = vote(notarise(digest(outline), view: view, parentView: parentView), by: leader(of: view))
        guard let proposal = Proposal(vote: vote) else { return }
        give(.message(.proposal(.proposal(proposal), outline), from: leader(of: view)))
    }

    // MARK: What the replica said

    /// Its votes, in order.
    var votes: [Ballot] {
        effects.compactMap { effect in
            switch effect {
            case .broadcast(.consensus(.vote(let vote))): vote.ballot
            case .broadcast(.consensus(.proposal(let proposal))), .broadcast(.proposal(.proposal(let proposal), _)):
                proposal.vote.ballot
            default: nil
            }
        }
    }

    var sent: [(message: PeerMessage, peer: NodeID)] {
        effects.compactMap { if case .send(let message, let peer) = $0 { (message, peer) } else { nil } }
    }

    var blamed: [NodeID] {
        effects.compactMap { if case .misbehaved(let peer, _) = $0 { peer } else { nil } }
    }
}
