package import Primitives

/// What a voter wants done, in this order. The driver does all `journal` effects of a turn, one sync if any of them
/// forces it, then the rest.
package enum VoterEffect: Hashable, Sendable {
    /// Append to the vote journal.
    case journal(JournalRecord)
    /// Send to every other validator.
    case broadcast(ConsensusMessage)
    /// Send to one validator.
    case send(ConsensusMessage, to: ReplicaIndex)
    /// Make a block; answered by `.built`.
    case build(BuildRequest)
    /// Judge a block; answered by `.checked`. A `.certify` for a view supersedes its `.vote`.
    case check(CheckRequest)
    /// A view began.
    case entered(view: View, leader: ReplicaIndex)
    /// The payload and all its ancestors are final. After a start it comes again for a finalisation found in the
    /// journal above the committed one.
    case finalised(QuorumCertificate)
    /// The view's notarised block is durable, executed and valid here.
    case certified(view: View, payload: Digest)
    /// The epoch's last block is final and executed: this voter only answers from now on.
    case epochEnded(payload: Digest)
    /// A validator signed two contradicting votes; both signatures were checked.
    case equivocation(Evidence)
    /// A peer broke the protocol in a way that only it is to blame for: drop the link, log, count.
    case misbehaved(ReplicaIndex, Misbehaviour)
    /// A peer speaks of a later epoch: catch up by its finalised blocks.
    case behind(epoch: Epoch, peer: ReplicaIndex)
    /// This node will cast no vote any more; it goes on as a follower.
    case refusing(RefusalReason)
    /// The node must stop: what it would go on with is wrong.
    case stopped(StopReason)
}

/// Asks for a block on a certified parent.
package struct BuildRequest: Hashable, Sendable {
    package let view: View
    package let parentView: View
    package let parentPayload: Digest
    /// False once eight non-final blocks stand in a row: the block must be empty ([PROPOSE]).
    package let mayCarryTransactions: Bool
}

/// Asks whether a block is valid. Its parent was certified here, unless `parentPayload` is nil.
package struct CheckRequest: Hashable, Sendable {
    package let view: View
    package let parentView: View
    package let payload: Digest
    /// Nil for a block that is final while its ancestors are not known here: fetch them by parent digests.
    package let parentPayload: Digest?
    package let purpose: CheckPurpose
}

/// What a peer did.
package enum Misbehaviour: Hashable, Sendable {
    /// A vote came over a link that is not its signer's.
    case foreignVote
    /// A proposal came from a validator that does not lead its view.
    case notLeader
    /// A message whose views are out of order or over their limit.
    case malformed
    /// A vote whose signature is not its signer's.
    case badSignature
    /// A certificate that proves nothing.
    case badCertificate
}

/// Why a node must stop.
package enum StopReason: Hashable, Sendable {
    /// A final block does not execute to what its header says ([FINALISED]).
    case finalBlockInvalid(view: View, payload: Digest)
    /// A block that was certified before the restart is not valid now: storage or execution is damaged.
    case certifiedBlockInvalid(view: View, payload: Digest)
    /// A view is both nullified and final, or two blocks of it are certified: more than f validators are faulty.
    case contradictingCertificates(view: View)
}

/// What a voter counted since it was made; for metrics.
package struct VoterCounters: Hashable, Sendable {
    /// Signatures checked.
    package var signatureChecks: UInt64 = 0
    /// Signatures made.
    package var signaturesMade: UInt64 = 0
    /// Messages below the retention floor, or about what is final ([ADMIT]).
    package var droppedBelow: UInt64 = 0
    /// Votes more than one view ahead ([ADMIT]).
    package var droppedAhead: UInt64 = 0
    /// Votes and certificates that were here already.
    package var droppedKnown: UInt64 = 0
    /// Messages of another epoch.
    package var droppedOtherEpoch: UInt64 = 0
    /// Messages from no validator, or from ourselves.
    package var droppedUnknownSender: UInt64 = 0
    /// Questions beyond a peer's rate.
    package var droppedOverRate: UInt64 = 0
    /// Leaders given no waiting time ([SKIP]).
    package var skippedLeaders: UInt64 = 0
    /// Nullifies cast.
    package var nullified: UInt64 = 0
}
