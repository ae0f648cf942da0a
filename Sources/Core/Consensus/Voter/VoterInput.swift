package import Primitives

/// What a voter is told. Every input comes with the monotonic time of its arrival.
package enum VoterInput: Hashable, Sendable {
    /// A decoded message from the validator at the other end of an authenticated link.
    case message(ConsensusMessage, from: ReplicaIndex)
    /// The answer to `.build`: the digest of a block whose body is (or will be, before this turn's sends) durable and
    /// which executed; nil when none can be built.
    case built(view: View, payload: Digest?, endsEpoch: Bool)
    /// The answer to `.check`, for the same view, payload and purpose, as soon as it can be given.
    case checked(view: View, payload: Digest, purpose: CheckPurpose, outcome: CheckOutcome)
    /// Whether the pool holds a transaction that could be included now: unexpired and in no non-final block.
    case work(hasTransactions: Bool)
    /// A link to a validator came up.
    case connected(ReplicaIndex)
    /// A link to a validator went down.
    case disconnected(ReplicaIndex)
    /// Time has passed; due at `Voter.deadline`.
    case tick
}

/// What a check is for.
package enum CheckPurpose: UInt8, Sendable, CaseIterable {
    /// Before notarising: structure, body, execution and the clock rule [TIME].
    case vote = 0
    /// Of a notarised or final block: body durable, executed to its header. The clock is never consulted.
    case certify = 1
}

/// What a check found. "Not yet" is no outcome: the answer waits until the body is here.
package enum CheckOutcome: Hashable, Sendable {
    /// The body is (or will be, before this turn's sends) durable, and the block executes to what its header says.
    case valid(endsEpoch: Bool)
    /// The block breaks a rule that the purpose covers.
    case invalid
}
