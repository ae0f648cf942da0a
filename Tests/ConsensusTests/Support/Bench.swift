import Consensus
import Primitives
import TestKit

/// One voter under test, with the keys of all the others, at a clock that the test sets.
struct Bench {
    static let networkDigest = FastDigest().digest(Array("the network".utf8))
    static let genesis = FastDigest().digest(Array("genesis".utf8))

    let signatures = FakeSignatures(seed: 7)
    let validators: ValidatorSet
    let ownIndex: ReplicaIndex?
    var voter: Voter
    var milliseconds: UInt64 = 1000
    /// Everything journalled, as a restart would find it.
    var journal: [JournalRecord] = []

    init(
        count: Int = 4,
        own: UInt16? = 1,
        parameters: ConsensusParameters = .initial,
        records: [JournalRecord] = [],
        lastFinalised: View = .zero,
        requiresHearing: Bool = false,
        refusal: RefusalReason? = nil,
        epoch: Epoch = .zero,
        previousFinalisation: QuorumCertificate? = nil
    ) {
        let scheme = signatures
        validators = ValidatorSet(epoch: epoch, keys: (0..<UInt64(count)).map { scheme.signer($0).publicKey })!
        ownIndex = own.map { ReplicaIndex($0) }
        voter = Voter(
            networkDigest: Bench.networkDigest,
            validators: validators,
            ownIndex: ownIndex,
            parameters: parameters,
            signer: own.map { scheme.signer(UInt64($0)) },
            verifier: scheme,
            restored: VoterRestoration(
                records: records,
                lastFinalised: FinalisedPoint(epoch: epoch, view: lastFinalised, payload: Bench.genesis),
                refusal: refusal,
                requiresHearing: requiresHearing
            ),
            previousFinalisation: previousFinalisation
        )
        journal = records
    }

    // MARK: Inputs

    mutating func step(_ input: VoterInput) -> [VoterEffect] {
        let effects = voter.step(input, at: MonotonicTime(nanoseconds: milliseconds * 1_000_000))
        for case .journal(let record) in effects { journal.append(record) }
        return effects
    }

    /// Lets time pass, with a tick at its end only.
    mutating func wait(_ more: UInt64) -> [VoterEffect] {
        milliseconds += more
        return step(.tick)
    }

    mutating func receive(_ vote: Vote) -> [VoterEffect] { step(.message(.vote(vote), from: vote.signer)) }

    mutating func receive(_ certificate: QuorumCertificate, from peer: UInt16? = nil) -> [VoterEffect] {
        let other: UInt16 = ownIndex == ReplicaIndex(0) ? 1 : 0
        return step(.message(.certificate(certificate), from: ReplicaIndex(peer ?? other)))
    }

    mutating func work() -> [VoterEffect] { step(.work(hasTransactions: true)) }

    mutating func checked(
        _ view: UInt64,
        _ payload: Digest,
        _ purpose: CheckPurpose,
        _ outcome: CheckOutcome = .valid(endsEpoch: false)
    ) -> [VoterEffect] {
        step(.checked(view: View(view), payload: payload, purpose: purpose, outcome: outcome))
    }

    /// Has the view's block notarised by others and found valid here.
    mutating func certify(_ view: UInt64, parent: UInt64, payload: Digest, endsEpoch: Bool = false) -> [VoterEffect] {
        receive(certificate(notarise(view, parent: parent, payload)))
            + checked(view, payload, .certify, .valid(endsEpoch: endsEpoch))
    }

    // MARK: Making votes

    func notarise(_ view: UInt64, parent: UInt64, _ payload: Digest) -> Ballot {
        .notarise(epoch: validators.epoch, view: View(view), parentView: View(parent), payload: payload)
    }

    func nullify(_ view: UInt64) -> Ballot { .nullify(epoch: validators.epoch, view: View(view)) }

    func finalise(_ view: UInt64, parent: UInt64, _ payload: Digest) -> Ballot {
        .finalise(epoch: validators.epoch, view: View(view), parentView: View(parent), payload: payload)
    }

    func vote(_ ballot: Ballot, by signer: UInt16) -> Vote {
        let signature = signatures.signer(UInt64(signer)).sign(
            ballot.signedBytes(networkDigest: Bench.networkDigest)
        )
        return Vote(ballot: ballot, signer: ReplicaIndex(signer), signature: signature)
    }

    /// A vote with a signature that its signer did not make.
    func forgedVote(_ ballot: Ballot, by signer: UInt16) -> Vote {
        let signature = signatures.signer(99).sign(ballot.signedBytes(networkDigest: Bench.networkDigest))
        return Vote(ballot: ballot, signer: ReplicaIndex(signer), signature: signature)
    }

    /// A quorum's certificate that our own vote is not part of.
    func certificate(_ ballot: Ballot) -> QuorumCertificate {
        let others = validators.indices.filter { $0 != ownIndex }.map(\.rawValue)
        return certificate(ballot, by: Array(others.prefix(validators.quorum)))
    }

    func certificate(_ ballot: Ballot, by signers: [UInt16]) -> QuorumCertificate {
        var bitmap = SignerBitmap(validatorCount: validators.count)
        for signer in signers { bitmap.insert(ReplicaIndex(signer)) }
        let signatures = signers.sorted().map { vote(ballot, by: $0).signature }
        return QuorumCertificate(ballot: ballot, signers: bitmap, signatures: signatures)
    }

    static func payload(_ name: String) -> Digest { FastDigest().digest(Array(name.utf8)) }
}

/// What tests ask of a list of effects.
extension [VoterEffect] {
    /// The votes that were sent to all, proposals included.
    var castVotes: [Vote] {
        compactMap { effect in
            switch effect {
            case .broadcast(.vote(let vote)): vote
            case .broadcast(.proposal(let proposal)): proposal.vote
            default: nil
            }
        }
    }

    var castKinds: [VoteKind] { castVotes.map(\.kind) }

    var journalled: [JournalRecord] {
        compactMap { if case .journal(let record) = $0 { record } else { nil } }
    }

    var broadcastCertificates: [QuorumCertificate] {
        compactMap { if case .broadcast(.certificate(let certificate)) = $0 { certificate } else { nil } }
    }

    var sentCertificates: [QuorumCertificate] {
        compactMap { if case .send(.certificate(let certificate), _) = $0 { certificate } else { nil } }
    }

    var builds: [BuildRequest] { compactMap { if case .build(let request) = $0 { request } else { nil } } }

    var checks: [CheckRequest] { compactMap { if case .check(let request) = $0 { request } else { nil } } }

    var enteredViews: [View] { compactMap { if case .entered(let view, _) = $0 { view } else { nil } } }

    var finalisations: [QuorumCertificate] {
        compactMap { if case .finalised(let certificate) = $0 { certificate } else { nil } }
    }

    var misbehaviours: [Misbehaviour] { compactMap { if case .misbehaved(_, let what) = $0 { what } else { nil } } }

    var evidence: [Evidence] { compactMap { if case .equivocation(let evidence) = $0 { evidence } else { nil } } }

    var requests: [CertificateRequest] {
        compactMap { effect in
            switch effect {
            case .send(.certificateRequest(let request), _), .broadcast(.certificateRequest(let request)): request
            default: nil
            }
        }
    }
}
