import Primitives

/// What a voter knows about one view.
struct Round: Sendable {
    /// A vote and whether its signature is known to be good.
    struct StoredVote: Sendable {
        var vote: Vote
        var isVerified: Bool
    }

    /// How far a block has come here.
    enum Certification: Sendable, Equatable {
        case none
        /// `.check` with purpose `.certify` was asked.
        case asked
        case certified(endsEpoch: Bool)
        case refused
    }

    /// How far the leader's proposal has come.
    enum ProposalCheck: Sendable, Equatable {
        case none
        case asked
        case valid
        case refused
    }

    /// One vote per kind and validator: place kind * n + index.
    private var votes: [StoredVote?]
    private let validatorCount: Int

    /// At most one of each kind, whoever sent it.
    private var certificates: [QuorumCertificate?] = [nil, nil, nil]
    var certification = Certification.none
    var proposalCheck = ProposalCheck.none
    /// A payload that was found valid, whatever for; a proposal's and a certificate's may differ.
    var valid: (payload: Digest, endsEpoch: Bool)?
    /// The parent named in the `.build` that is under way.
    var buildParent: View?
    /// Validators whose contradiction was reported: their further votes in the view are dropped.
    var contradicted: Set<ReplicaIndex> = []

    init(validatorCount: Int) {
        self.validatorCount = validatorCount
        votes = [StoredVote?](repeating: nil, count: 3 * validatorCount)
    }

    subscript(kind: VoteKind, signer: ReplicaIndex) -> StoredVote? {
        get { votes[place(kind, signer)] }
        set { votes[place(kind, signer)] = newValue }
    }

    subscript(kind: VoteKind) -> QuorumCertificate? {
        get { certificates[Int(kind.rawValue)] }
        set { certificates[Int(kind.rawValue)] = newValue }
    }

    /// The block that a quorum stands behind: by notarisation, or, where only that is known, by finalisation.
    var block: Ballot? { (self[.notarise] ?? self[.finalise])?.ballot }

    var isCertified: Bool {
        if case .certified = certification { return true }
        return false
    }

    var endsEpoch: Bool { certification == .certified(endsEpoch: true) }

    private func place(_ kind: VoteKind, _ signer: ReplicaIndex) -> Int {
        Int(kind.rawValue) * validatorCount + Int(signer.rawValue)
    }
}
