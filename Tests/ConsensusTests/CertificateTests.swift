import Consensus
import Primitives
import TestKit
import Testing

/// Ballots, votes, certificates, evidence and sets as values.
struct CertificateTests {
    private let a = Bench.payload("a")
    private let b = Bench.payload("b")

    private func error(of certificate: QuorumCertificate, _ bench: Bench) -> CertificateError? {
        do throws(CertificateError) {
            try certificate.verify(
                validators: bench.validators,
                networkDigest: Bench.networkDigest,
                verifier: bench.signatures
            )
            return nil
        } catch {
            return error
        }
    }

    /// Failure case 5: n - (n-1)/3, also where n is not 3f + 1.
    @Test(arguments: [(4, 1, 3), (5, 1, 4), (6, 1, 5), (7, 2, 5), (8, 2, 6), (10, 3, 7), (31, 10, 21)])
    func quorums(count: Int, faultsMax: Int, quorum: Int) {
        let validators = Bench(count: count).validators
        #expect(validators.faultsMax == faultsMax)
        #expect(validators.quorum == quorum)
        // Any two quorums share more validators than may be faulty.
        #expect(2 * quorum - count > faultsMax)
    }

    @Test(arguments: [(3, false), (4, true), (31, true), (32, false)])
    func setsHaveFourToThirtyOneKeys(count: Int, isAllowed: Bool) {
        let keys = (0..<UInt64(count)).map { FakeSignatures(seed: 1).signer($0).publicKey }
        #expect((ValidatorSet(epoch: .zero, keys: keys) != nil) == isAllowed)
    }

    @Test func noKeyIsInASetTwice() {
        let keys = [0, 1, 2, 1].map { FakeSignatures(seed: 1).signer(UInt64($0)).publicKey }
        #expect(ValidatorSet(epoch: .zero, keys: keys) == nil)
    }

    @Test(arguments: [4, 5, 7, 9, 31]) func aQuorumsCertificateIsGood(count: Int) {
        let bench = Bench(count: count)
        let signers = (0..<UInt16(bench.validators.quorum)).map { UInt16(count) - 1 - $0 }
        #expect(error(of: bench.certificate(bench.finalise(3, parent: 1, a), by: signers), bench) == nil)
    }

    /// Failure case 5: one vote fewer is no quorum.
    @Test(arguments: [4, 5, 7]) func oneSignerFewerIsNoQuorum(count: Int) {
        let bench = Bench(count: count)
        let quorum = bench.validators.quorum
        let certificate = bench.certificate(bench.nullify(3), by: Array(0..<UInt16(quorum - 1)))
        #expect(error(of: certificate, bench) == .tooFewSigners(found: quorum - 1, needed: quorum))
    }

    /// Failure case 6: garbage signatures, and signatures over another block or by another validator.
    @Test func signaturesMustBeOverTheBallotByTheSigner() {
        let bench = Bench()
        let good = bench.certificate(bench.finalise(3, parent: 1, a), by: [0, 1, 2])
        let other = bench.certificate(bench.finalise(3, parent: 1, b), by: [0, 1, 2])
        let notarised = bench.certificate(bench.notarise(3, parent: 1, a), by: [0, 1, 2])
        let swapped = [good.signatures[1], good.signatures[0], good.signatures[2]]
        let garbage = [good.signatures[0], good.signatures[1], Signature([UInt8](repeating: 7, count: 64))!]
        for (signatures, culprit) in [
            (other.signatures, 0), (notarised.signatures, 0), (swapped, 0), (garbage, 2),
        ] as [([Signature], UInt16)] {
            let forged = QuorumCertificate(ballot: good.ballot, signers: good.signers, signatures: signatures)
            #expect(error(of: forged, bench) == .badSignature(signer: ReplicaIndex(culprit)))
            var voter = Bench(own: 0)
            #expect(voter.receive(forged).misbehaviours == [.badCertificate])
            #expect(voter.voter.finalised.view == .zero)
        }
    }

    @Test func anotherNetworkOrEpochIsRefused() {
        let bench = Bench()
        let certificate = bench.certificate(bench.nullify(3))
        #expect(throws: CertificateError.self) {
            try certificate.verify(validators: bench.validators, networkDigest: .zero, verifier: bench.signatures)
        }
        let later = ValidatorSet(epoch: Epoch(1), keys: bench.validators.keys)!
        #expect(throws: CertificateError.wrongEpoch(found: .zero, expected: Epoch(1))) {
            try certificate.verify(
                validators: later,
                networkDigest: Bench.networkDigest,
                verifier: bench.signatures
            )
        }
    }

    /// Failure case 9: an index out of range, a bitmap too long or too short, a signature missing.
    @Test func bitmapsAndSignaturesMustFitTheSet() {
        let bench = Bench()
        let good = bench.certificate(bench.nullify(3), by: [0, 1, 2])
        var outside = good.signers
        outside.insert(ReplicaIndex(4))
        let four = good.signatures + [good.signatures[0]]
        #expect(
            error(of: QuorumCertificate(ballot: good.ballot, signers: outside, signatures: four), bench)
                == .signerOutOfRange(ReplicaIndex(4))
        )
        var long = SignerBitmap(validatorCount: 9)
        for signer in [0, 1, 2] as [UInt16] { long.insert(ReplicaIndex(signer)) }
        let longForm = QuorumCertificate(ballot: good.ballot, signers: long, signatures: good.signatures)
        #expect(error(of: longForm, bench) == .bitmapLength(found: 2, expected: 1))
        let nine = Bench(count: 9)
        #expect(error(of: good, nine) == .bitmapLength(found: 1, expected: 2))
        let missing = QuorumCertificate(
            ballot: good.ballot,
            signers: good.signers,
            signatures: Array(good.signatures.dropLast())
        )
        #expect(error(of: missing, bench) == .signatureCount(found: 2, expected: 3))
    }

    @Test func aFinalityCertificateOfFiveTakesThreeHundredAndSeventyNineBytes() {
        let bench = Bench(count: 7)
        #expect(bench.certificate(bench.finalise(3, parent: 1, a)).canonicalBytes.count == 379)
    }

    @Test func kindsNetworksAndContentsSignDifferentBytes() {
        let bench = Bench()
        let ballots = [
            bench.notarise(3, parent: 1, a), bench.finalise(3, parent: 1, a), bench.nullify(3),
            bench.notarise(3, parent: 2, a), bench.notarise(3, parent: 1, b), bench.notarise(4, parent: 1, a),
        ]
        let messages = ballots.map { $0.signedBytes(networkDigest: Bench.networkDigest) }
        #expect(Set(messages).count == ballots.count)
        #expect(ballots[0].signedBytes(networkDigest: .zero) != messages[0])
    }

    // MARK: Evidence

    /// Failure case 8: every node makes the same record of the same two votes.
    @Test func evidenceDoesNotDependOnTheOrderOfArrival() {
        let bench = Bench()
        let first = bench.vote(bench.notarise(3, parent: 1, a), by: 2)
        let second = bench.vote(bench.notarise(3, parent: 1, b), by: 2)
        let evidence = Evidence(first, second)!
        #expect(evidence == Evidence(second, first)!)
        #expect(evidence.first.canonicalBytes.lexicographicallyPrecedes(evidence.second.canonicalBytes))
        #expect(
            evidence.isValid(
                validators: bench.validators,
                networkDigest: Bench.networkDigest,
                verifier: bench.signatures
            )
        )
    }

    @Test func honestVotesAreNoEvidence() {
        let bench = Bench()
        let notarise = bench.vote(bench.notarise(3, parent: 1, a), by: 2)
        #expect(Evidence(notarise, notarise) == nil)
        #expect(Evidence(notarise, bench.vote(bench.nullify(3), by: 2)) == nil)
        #expect(Evidence(notarise, bench.vote(bench.finalise(3, parent: 1, a), by: 2)) == nil)
        #expect(Evidence(notarise, bench.vote(bench.notarise(4, parent: 1, b), by: 2)) == nil)
        #expect(Evidence(notarise, bench.vote(bench.notarise(3, parent: 1, b), by: 1)) == nil)
    }

    @Test func finaliseBesideNullifyIsEvidence() {
        let bench = Bench()
        let finalise = bench.vote(bench.finalise(3, parent: 1, a), by: 2)
        #expect(Evidence(finalise, bench.vote(bench.nullify(3), by: 2)) != nil)
    }

    @Test func evidenceWithAForgedVoteIsNotValid() {
        let bench = Bench()
        let first = bench.vote(bench.notarise(3, parent: 1, a), by: 2)
        let evidence = Evidence(first, bench.forgedVote(bench.notarise(3, parent: 1, b), by: 2))!
        #expect(
            !evidence.isValid(
                validators: bench.validators,
                networkDigest: Bench.networkDigest,
                verifier: bench.signatures
            )
        )
    }

    @Test func aVoterReportsEvidenceOnlyOfGoodSignatures() {
        var bench = Bench(own: 0)
        _ = bench.receive(bench.vote(bench.nullify(1), by: 2))
        let forged = bench.receive(bench.forgedVote(bench.finalise(1, parent: 0, a), by: 2))
        #expect(forged.evidence == [])
        #expect(forged.misbehaviours == [.badSignature])
        let real = bench.receive(bench.vote(bench.finalise(1, parent: 0, a), by: 2))
        #expect(real.evidence.map(\.signer) == [ReplicaIndex(2)])
    }

    /// A contradiction inside a certificate counts like one on the wire.
    @Test func aCertificateCanContradictAVote() {
        var bench = Bench(own: 0)
        let vote = bench.vote(bench.notarise(1, parent: 0, b), by: 2)
        _ = bench.receive(vote)
        let effects = bench.receive(bench.certificate(bench.notarise(1, parent: 0, a), by: [1, 2, 3]))
        #expect(effects.evidence.map(\.signer) == [ReplicaIndex(2)])
        #expect(effects.misbehaviours == [])
    }
}
