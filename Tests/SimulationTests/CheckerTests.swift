import Consensus
import Primitives
import TestKit
import Testing

/// The simulator is worth what its checkers see: each is shown what it must object to, and what it must let pass.
@Suite struct CheckerTests {
    private let fixture = LedgerFixture(seed: 6)
    private let view = View(3)

    private func notarise(_ block: UInt64) -> Ballot {
        .notarise(epoch: .zero, view: view, parentView: View(1), payload: fixture.digest(block))
    }

    private func finalise(_ block: UInt64) -> Ballot {
        .finalise(epoch: .zero, view: view, parentView: View(1), payload: fixture.digest(block))
    }

    private var nullify: Ballot { .nullify(epoch: .zero, view: view) }

    private func vote(_ ballot: Ballot, by signer: Int = 0) -> Vote {
        let message = ballot.signedBytes(networkDigest: fixture.network)
        let signature = fixture.validatorSigner(signer).sign(message)
        return Vote(ballot: ballot, signer: ReplicaIndex(UInt16(signer)), signature: signature)
    }

    private func objections(to ballots: [Ballot]) -> Int {
        var checker = VoteChecker()
        return ballots.count { checker.sent(vote($0), by: 0, isDurable: true) != nil }
    }

    @Test func contradictionsOfOneSignerAreSeen() {
        #expect(objections(to: [notarise(1), notarise(2)]) == 1)
        #expect(objections(to: [finalise(1), finalise(2)]) == 1)
        #expect(objections(to: [finalise(1), nullify]) == 1)
        #expect(objections(to: [nullify, finalise(1)]) == 1)
        #expect(objections(to: [nullify, notarise(1)]) == 1)
    }

    @Test func whatAnHonestSignerSendsIsLetPass() {
        #expect(objections(to: [notarise(1), notarise(1), finalise(1), finalise(1)]) == 0)
        #expect(objections(to: [notarise(1), nullify, notarise(1), nullify]) == 0)
    }

    @Test func aVoteThatIsNotOnTheDiskIsSeen() {
        var checker = VoteChecker()
        #expect(checker.sent(vote(notarise(1)), by: 0, isDurable: false) != nil)
    }

    // MARK: Certificates

    private func certificate(_ ballot: Ballot, by signers: [Int], count: Int = 4) -> QuorumCertificate {
        var bitmap = SignerBitmap(validatorCount: count)
        for signer in signers { bitmap.insert(ReplicaIndex(UInt16(signer))) }
        return QuorumCertificate(
            ballot: ballot,
            signers: bitmap,
            signatures: signers.map { vote(ballot, by: $0).signature }
        )
    }

    private func objections(to certificates: [QuorumCertificate], validators: Int = 4) -> Int {
        var checker = CertificateChecker(
            keys: [(0..<validators).map { fixture.validatorSigner($0).publicKey }],
            network: fixture.network,
            verifier: fixture.signatures
        )
        return certificates.count { checker.shown($0, by: 0) != nil }
    }

    @Test func certificatesWithoutAQuorumOfGoodSignaturesAreSeen() {
        #expect(objections(to: [certificate(notarise(1), by: [0, 2, 3])]) == 0)
        #expect(objections(to: [certificate(notarise(1), by: [0, 2])]) == 1)
        // 2f + 1 is no quorum of five.
        #expect(objections(to: [certificate(notarise(1), by: [0, 2, 3], count: 5)], validators: 5) == 1)
        #expect(objections(to: [certificate(notarise(1), by: [0, 2, 3, 4], count: 5)], validators: 5) == 0)
        let good = certificate(notarise(1), by: [0, 1, 2])
        let other = QuorumCertificate(ballot: notarise(2), signers: good.signers, signatures: good.signatures)
        let short = QuorumCertificate(
            ballot: good.ballot,
            signers: good.signers,
            signatures: Array(good.signatures.dropLast())
        )
        #expect(objections(to: [other]) == 1)
        #expect(objections(to: [short]) == 1)
    }

    @Test func certificatesOfOneViewThatExcludeEachOtherAreSeen() {
        let all = [0, 1, 2]
        #expect(objections(to: [certificate(notarise(1), by: all), certificate(notarise(2), by: all)]) == 1)
        #expect(objections(to: [certificate(finalise(1), by: all), certificate(nullify, by: all)]) == 1)
        #expect(objections(to: [certificate(nullify, by: all), certificate(finalise(1), by: all)]) == 1)
        #expect(objections(to: [certificate(notarise(1), by: all), certificate(finalise(2), by: all)]) == 1)
        #expect(objections(to: [certificate(notarise(1), by: all), certificate(nullify, by: all)]) == 0)
        #expect(objections(to: [certificate(notarise(1), by: all), certificate(finalise(1), by: all)]) == 0)
    }
}
