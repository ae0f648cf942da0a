package import Primitives

/// One validator's part in Simplex for one epoch, as a value: inputs and time in, effects out.
///
/// It knows blocks only by digest. It holds no socket, file, clock or thread: the driver sends, syncs, executes and
/// keeps time, and two voters given the same inputs do the same. The rules are docs/protocol.md; clause ids stand
/// where the code follows them. Invariants: views only go up; one notarise a view; never both finalise and nullify in
/// one; a vote is in the journal before it is in a message.
package struct Voter: Sendable {
    /// Whether votes may be cast.
    enum Standing: Sendable, Equatable {
        /// No key, or no place in the set. Final.
        case follower
        /// Started, and not yet heard by enough peers. Goes to `voting` or `refusing`.
        case hearing(heard: Set<ReplicaIndex>)
        /// Goes to `refusing` or `stopped`.
        case voting
        /// Something makes our votes unsafe. Final, but for `stopped`.
        case refusing
        /// Final: every further input is ignored.
        case stopped
    }

    /// When a validator was last heard, in views of ours.
    struct Heard: Sendable {
        /// Our view when its last good vote was seen.
        var verifiedIn: View
        /// The last vote it sent, its signature not looked at, and our view then.
        var candidate: (vote: Vote, seenIn: View)?
    }

    /// What was last sent to a peer that asked or lagged.
    struct Answered: Sendable {
        var positionAt: MonotonicTime?
        var positionView = View.zero
        var requestAt: MonotonicTime?
        var askedAt: MonotonicTime?
    }

    // MARK: Fixed at the start

    package let networkDigest: Digest
    package let validators: ValidatorSet
    /// Our place in the set; nil for a follower.
    package let ownIndex: ReplicaIndex?
    package let parameters: ConsensusParameters
    let signer: (any MessageSigner)?
    let verifier: any SignatureVerifier
    let startRefusal: RefusalReason?
    /// Why this key never votes again; the journal says so too.
    package internal(set) var lastingRefusal: RefusalReason?
    /// What an older epoch is answered with.
    package let previousFinalisation: QuorumCertificate?
    /// Payloads that were certified before the restart.
    var certifiedBefore: [View: Digest] = [:]
    /// No vote is ever cast at or below it.
    var floor: View

    // MARK: Where we stand

    var standing: Standing
    package internal(set) var currentView: View
    package internal(set) var finalised: FinalisedPoint
    /// The newest finalisation known.
    package internal(set) var finalisation: QuorumCertificate?
    /// Whether the last final block was executed here; nothing is built or voted on top of it before.
    var finalisedIsExecuted = true
    var finalisedEndsEpoch = false
    /// The highest certified view; it may be below the last final one while that is not executed.
    var certifiedHead: View
    /// The certificate that let us into the current view.
    var entryCertificate: QuorumCertificate?
    /// Views above `prunedBelow`, created when first heard of.
    var rounds: [View: Round] = [:]
    var prunedBelow = View.zero
    /// Notarised or final views that are not certified, ascending.
    var uncertified: [View] = []
    /// Certified views in which a finalise may be due.
    var finaliseDue: [View] = []

    // MARK: Time

    var now = MonotonicTime(nanoseconds: 0)
    var hasBegun = false
    /// When the timers of the current view started; nil while the ledger rests ([IDLE]).
    var timersStartedAt: MonotonicTime?
    var retryAt: MonotonicTime?
    /// How often our nullify of the current view was repeated while there was nothing else to do.
    var lonelyRetries: UInt64 = 0
    var hearingAskedAt: MonotonicTime?
    var finalisedAt = MonotonicTime(nanoseconds: 0)
    /// Views skipped since the last certified one.
    var skippedViews: UInt64 = 0
    /// When the driver must send `.tick`; nil for never.
    package internal(set) var deadline: MonotonicTime? = MonotonicTime(nanoseconds: 0)

    // MARK: Others

    var hasTransactions = false
    var heard: [Heard]
    /// The newest vote of each kind from each validator, for echoes: place kind * n + index.
    var newestVotes: [Vote?]
    var answered: [Answered]
    /// Certificates that the present turn found missing.
    var missing = MissingCertificates()
    var requestedAt: MonotonicTime?
    package internal(set) var counters = VoterCounters()

    // MARK: The turn

    var effects: [VoterEffect] = []
    /// Whether the turn changed something that other rules look at.
    var hasChanged = false

    /// A voter for the epoch of `validators`.
    ///
    /// - Parameters:
    ///   - ownIndex: our place in the set, nil for a follower.
    ///   - signer: the voting key; nil for a node that follows.
    ///   - restored: the journal and the last committed final block, which must be of the set's epoch.
    ///   - previousFinalisation: the finalisation that ended the epoch before, for peers that are still in it.
    package init(
        networkDigest: Digest,
        validators: ValidatorSet,
        ownIndex: ReplicaIndex?,
        parameters: ConsensusParameters,
        signer: (any MessageSigner)?,
        verifier: any SignatureVerifier,
        restored: VoterRestoration,
        previousFinalisation: QuorumCertificate? = nil
    ) {
        precondition(restored.lastFinalised.epoch == validators.epoch, "a voter works in its set's epoch")
        precondition(ownIndex.map(validators.contains) ?? true, "our index is a place in the set")
        self.networkDigest = networkDigest
        self.validators = validators
        self.ownIndex = ownIndex
        self.parameters = parameters
        self.signer = signer
        self.verifier = verifier
        self.previousFinalisation = previousFinalisation
        finalised = restored.lastFinalised
        finalisation = restored.lastFinalisation
        certifiedHead = restored.lastFinalised.view
        floor = restored.lastFinalised.view
        currentView = restored.lastFinalised.view.next
        heard = []
        answered = [Answered](repeating: Answered(), count: validators.count)
        newestVotes = [Vote?](repeating: nil, count: 3 * validators.count)
        let journalled = restored.records.lazy.compactMap { record -> RefusalReason? in
            if case .refused(let reason) = record { reason } else { nil }
        }.first
        lastingRefusal = restored.refusal.flatMap { $0.isLasting ? $0 : nil } ?? journalled
        if let ownIndex, let signer {
            let holdsKey = validators.key(of: ownIndex) == signer.publicKey
            startRefusal = restored.refusal ?? journalled ?? (holdsKey ? nil : .keyNotInSet)
            standing = startRefusal != nil ? .refusing : restored.requiresHearing ? .hearing(heard: []) : .voting
        } else {
            startRefusal = restored.refusal
            standing = .follower
        }
        restore(restored.records)
        heard = [Heard](repeating: Heard(verifiedIn: currentView), count: validators.count)
    }

    /// Takes one input at time `now`, which never runs back, and returns what is to be done, in order.
    package mutating func step(_ input: VoterInput, at now: MonotonicTime) -> [VoterEffect] {
        guard standing != .stopped else { return [] }
        self.now = max(self.now, now)
        if !hasBegun { begin() }
        switch input {
        case .message(let message, let peer): receive(message, from: peer)
        case .built(let view, let payload, let endsEpoch): finishBuild(view, payload: payload, endsEpoch: endsEpoch)
        case .checked(let view, let payload, let purpose, let outcome):
            finishCheck(view, payload: payload, purpose: purpose, outcome: outcome)
        case .work(let hasTransactions): self.hasTransactions = hasTransactions
        case .connected(let peer): greet(peer)
        case .disconnected(let peer): forget(peer)
        case .tick: break
        }
        settle()
        deadline = standing == .stopped ? nil : nextDeadline()
        defer { effects = [] }
        return effects
    }

    /// Who leads the current view.
    package var leader: ReplicaIndex { validators.leader(of: currentView) }

    /// Whether votes may be cast at present.
    package var isVoting: Bool { standing == .voting }

    /// Whether votes may be cast at present or after the hearing.
    var mayVoteYet: Bool {
        switch standing {
        case .hearing, .voting: true
        case .follower, .refusing, .stopped: false
        }
    }

    /// Whether the epoch's last block is final and executed.
    package var epochIsOver: Bool { finalisedIsExecuted && finalisedEndsEpoch }

    /// The certificate of a kind and view that is still kept.
    package func certificate(_ kind: VoteKind, view: View) -> QuorumCertificate? { rounds[view]?[kind] }

    /// Applies the rules until none of them has anything more to say.
    ///
    /// It ends: a pass that changes something certified a block, entered a later view, formed a certificate or cast a
    /// vote, and one input allows finitely many of each.
    private mutating func settle() {
        repeat {
            hasChanged = false
            missing = MissingCertificates()
            certifyPending()
            castDueFinalises()
            workOnCurrentView()
        } while hasChanged && standing != .stopped
        requestMissing()
        askForHearing()
    }

    // MARK: Helpers of all rules

    /// Changes what is known about a view, which must not be below `prunedBelow`.
    mutating func withRound<Result>(_ view: View, _ body: (inout Round) -> Result) -> Result {
        let validatorCount = validators.count
        return body(&rounds[view, default: Round(validatorCount: validatorCount)])
    }

    /// Δ times `count`.
    func deltas(_ count: UInt64) -> UInt64 { UInt64(parameters.deltaMilliseconds) * 1_000_000 * count }

    /// The vote that we cast ourselves.
    func ownVote(_ kind: VoteKind, in view: View) -> Vote? {
        guard let ownIndex else { return nil }
        return rounds[view]?[kind, ownIndex]?.vote
    }

    mutating func refuse(_ reason: RefusalReason) {
        guard standing != .refusing, standing != .stopped, standing != .follower else { return }
        standing = .refusing
        finaliseDue = []
        if reason.isLasting {
            lastingRefusal = reason
            effects.append(.journal(.refused(reason)))
        }
        effects.append(.refusing(reason))
    }

    mutating func stop(_ reason: StopReason) {
        guard standing != .stopped else { return }
        standing = .stopped
        effects.append(.stopped(reason))
    }
}
