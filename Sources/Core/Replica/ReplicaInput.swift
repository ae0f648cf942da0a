package import Consensus
package import Execution
package import LedgerModel
package import Primitives

/// The two times a step is taken at. Only `monotonic` drives timers; `civil` enters proposals and the check [TIME].
package struct StepTime: Hashable, Sendable {
    package let monotonic: MonotonicTime
    package let civil: Timestamp

    package init(monotonic: MonotonicTime, civil: Timestamp) {
        self.monotonic = monotonic
        self.civil = civil
    }
}

/// Everything that can happen to a replica.
package enum ReplicaInput: Sendable {
    /// The process has started; what the journal held was given to the initialiser.
    case start
    /// A message, decoded, from the validator at the other end of its own authenticated link.
    case message(PeerMessage, from: NodeID)
    case connected(NodeID)
    case disconnected(NodeID)
    /// Transactions whose signatures were checked: from this node's own clients, or gossiped by others.
    case submitted([VerifiedTransaction], isLocal: Bool)
    /// The answer to `ReplicaEffect.execute`.
    case executed(ExecutionRequest, ExecutionResult)
    /// Every final block up to this height is in the store.
    case committed(Height)
    /// `deadline` has come.
    case tick
}

/// A block to execute; the driver may do so on another thread.
package struct ExecutionRequest: Sendable {
    /// What the request is for.
    package enum Purpose: Hashable, Sendable {
        /// This node leads the view and wants a header for these transactions.
        case build(View)
        /// The block with this digest, whose header must come out.
        case check(Digest)
    }

    package let purpose: Purpose
    package let state: LedgerState
    package let context: BlockContext
    package let transactions: [TransactionInput]
}

/// What executing gave.
package enum ExecutionResult: Sendable {
    case executed(ExecutedBlock)
    /// The store could not be read; the node must stop.
    case failed(LedgerReadError)
}

/// Everything a replica asks of the world. In one turn the driver first appends every `journal`, syncs once if one of them
/// asks for it, and only then carries out the others in order (docs/protocol.md, "Durable before sent").
package enum ReplicaEffect: Sendable {
    /// Append to the vote journal.
    case journal(ReplicaJournalRecord)
    case send(PeerMessage, to: NodeID)
    /// To every other validator and every follower.
    case broadcast(PeerMessage)
    /// Decode and check the signatures of gossiped transactions, then answer with `submitted`.
    case admit([[UInt8]], from: NodeID)
    case execute(ExecutionRequest)
    /// The block is final: store it, in the order given. Its clients may be answered now.
    case commit(ExecutedBlock, QuorumCertificate?)
    /// Read final blocks from the store and send them.
    case serveBlocks(from: Height, to: NodeID)
    /// Two contradicting votes of one validator.
    case equivocation(Evidence)
    /// A peer broke the protocol: count it, and drop its link.
    case misbehaved(NodeID, reason: String)
    /// This node does not vote until its voting key is replaced.
    case refusing(RefusalReason)
    /// The node must stop: going on would risk the ledger.
    case stop(reason: String)
}

/// What a replica writes to its journal. The raw values are the tags on disk.
package enum ReplicaJournalRecord: Hashable, Sendable, CanonicalCodable {
    /// 0. Of the voter.
    case consensus(JournalRecord)
    /// 1. A block that was executed and found valid: on disk before a vote for it is on the wire.
    case block(Block)

    /// Whether the turn that writes it must sync before anything is sent.
    package var forcesSync: Bool {
        switch self {
        case .consensus(let record): record.forcesSync
        case .block: true
        }
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        switch self {
        case .consensus(let record):
            encoder.append(UInt8(0))
            encoder.append(record)
        case .block(let block):
            encoder.append(UInt8(1))
            encoder.append(block)
        }
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        switch try decoder.readUInt8() {
        case 0: self = .consensus(try decoder.read())
        case 1: self = .block(try decoder.read())
        case let other: throw .unknownTag(type: "ReplicaJournalRecord", found: UInt64(other))
        }
    }
}
