import Consensus
import Execution
import LedgerModel
import Merkle
import Primitives
import Replica

/// What a traitor makes of what its replica wants to send.
///
/// A traitor runs the honest replica, so that it knows what is going on, and lies on the wire. It can sign with its own
/// key only.
protocol ByzantineBehaviour: Sendable {
    /// The messages that `peer` gets in place of `message`.
    mutating func messages(replacing message: PeerMessage, to peer: ReplicaIndex, by traitor: Traitor) -> [PeerMessage]

    /// Messages to send to everyone now and then.
    mutating func unasked(by traitor: Traitor, _ random: inout SeededRandom) -> [PeerMessage]
}

extension ByzantineBehaviour {
    mutating func messages(
        replacing message: PeerMessage,
        to peer: ReplicaIndex,
        by traitor: Traitor
    ) -> [PeerMessage] { [message] }

    mutating func unasked(by traitor: Traitor, _ random: inout SeededRandom) -> [PeerMessage] { [] }
}

/// Who a traitor is and what it can do.
struct Traitor: Sendable {
    let index: ReplicaIndex
    let signer: FakeSigner
    let network: Digest
    let validators: ValidatorSet
    let digestFunction: any DigestFunction
    /// The view that its replica is in.
    let view: View
    /// The newest header it holds for final.
    let finalHeader: Header
    /// The ledger in its store, which may be behind.
    let stored: LedgerState
    let executor: Executor

    func vote(_ ballot: Ballot) -> Vote {
        Vote(ballot: ballot, signer: index, signature: signer.sign(ballot.signedBytes(networkDigest: network)))
    }

    /// An empty block on the newest block in the store, as good as an honest one.
    func emptyBlock(view: View, timestamp: Timestamp) -> BlockOutline? {
        let context = BlockContext(view: view, timestamp: timestamp, proposer: index)
        do {
            return try executor.execute([], context: context, on: stored).outline
        } catch {
            return nil
        }
    }

    /// A digest that nothing has.
    func digest(_ number: UInt64) -> Digest { digestFunction.digest(number.canonicalBytes) }

    /// A header like `header` with other values in the places given.
    func header(
        _ header: Header,
        timestamp: Timestamp? = nil,
        registerRoot: Digest? = nil,
        height: Height? = nil,
        parent: Digest? = nil,
        view: View? = nil
    ) -> Header {
        Header(
            network: header.network,
            protocolVersion: header.protocolVersion,
            epoch: header.epoch,
            height: height ?? header.height,
            view: view ?? header.view,
            parent: parent ?? header.parent,
            timestamp: timestamp ?? header.timestamp,
            proposer: index,
            transactionsRoot: header.transactionsRoot,
            registerRoot: registerRoot ?? header.registerRoot,
            registerSize: header.registerSize,
            historyRoot: header.historyRoot,
            validatorSet: header.validatorSet,
            childValidatorSet: header.childValidatorSet
        )
    }

    /// The proposal of `outline` with another header.
    func proposal(like proposal: Proposal, _ outline: BlockOutline, header: Header) -> PeerMessage {
        let other = BlockOutline(
            header: header,
            transactions: outline.transactions,
            verdictsDigest: outline.verdictsDigest
        )
        return self.proposal(of: other, view: proposal.view, parentView: proposal.parentView)
    }

    /// The proposal of a block as the child of a view's, whether it is that or not.
    func proposal(of outline: BlockOutline, view: View, parentView: View) -> PeerMessage {
        let payload = outline.header.digest(digestFunction)
        let ballot = Ballot.notarise(epoch: validators.epoch, view: view, parentView: parentView, payload: payload)
        guard let proposal = Proposal(vote: vote(ballot)) else { preconditionFailure("the vote is a notarise") }
        return .proposal(.proposal(proposal), outline)
    }
}

/// The behaviours, each in its own file.
package enum ByzantineKind: String, Sendable, CaseIterable {
    case equivocatingLeader = "equivocating leader"
    case doubleVoter = "double voter"
    case silent
    case halfSilent = "silent to some"
    case nullifier
    case flooder
    case syncLiar = "sync liar"
    case wrongStateRoot = "wrong state root"
    case bodyWithholder = "body withholder"
    case certificateForger = "certificate forger"
    case forker
    case otherEpoch = "other epoch"
    case badSigner = "bad signer"
    case replayer
    case staleProposer = "stale proposer"
    case ancestorForger = "ancestor forger"

    func makeBehaviour(seed: UInt64) -> any ByzantineBehaviour {
        switch self {
        case .equivocatingLeader: EquivocatingLeader()
        case .doubleVoter: DoubleVoter()
        case .silent: SilentReplica(hearers: [])
        case .halfSilent: SilentReplica(hearers: [seed % 3 == 0 ? 0 : 1, 2])
        case .nullifier: Nullifier()
        case .flooder: Flooder()
        case .syncLiar: SyncLiar(firstLie: Int(seed % 6))
        case .wrongStateRoot: WrongStateRoot()
        case .bodyWithholder: BodyWithholder()
        case .certificateForger: CertificateForger()
        case .replayer: Replayer()
        case .forker: Forker()
        case .otherEpoch: OtherEpoch()
        case .badSigner: BadSigner()
        case .staleProposer: StaleProposer()
        case .ancestorForger: AncestorForger()
        }
    }
}
