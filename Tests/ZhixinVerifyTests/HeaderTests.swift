import Consensus
import Execution
import LedgerModel
import Primitives
import TestKit
import Testing
import ZhixinVerify

struct HeaderTests {
    private let chain: CertifiedChain
    private let ledger: LedgerVerifier

    init() throws {
        var chain = CertifiedChain(fixture: LedgerFixture(validatorCount: 7))
        try chain.append()
        try chain.append(skippedViews: 2)
        self.chain = chain
        ledger = try LedgerVerifier(genesis: chain.fixture.genesis, suite: chain.fixture.suite)
    }

    private func refusal(_ header: Header, _ certificate: QuorumCertificate) -> HeaderError? {
        do throws(HeaderError) {
            _ = try ledger.verify(header, certificate: certificate)
            return nil
        } catch {
            return error
        }
    }

    private func signed(_ ballot: Ballot, _ signers: [Int] = [0, 1, 2, 3, 4]) -> HeaderError? {
        refusal(chain.newest, chain.certificate(for: ballot, signers: signers))
    }

    private var digest: Digest { chain.newest.digest(chain.fixture.suite.digestFunction) }

    @Test func theGenesisHeaderFollowsFromTheFile() {
        #expect(ledger.genesisHeader == chain.fixture.genesisBlock.header)
    }

    @Test func aQuorumIsEnoughAndOneLessIsNot() throws {
        let header = chain.newest
        let parentView = View(1)
        #expect(
            refusal(header, chain.certificate(of: header, parentView: parentView, signers: [0, 2, 3, 5, 6])) == nil
        )
        #expect(refusal(header, chain.certificate(of: header, parentView: parentView, signers: Array(0..<7))) == nil)
        let few = chain.certificate(of: header, parentView: parentView, signers: [0, 2, 5, 6])
        #expect(refusal(header, few) == .certificate(.tooFewSigners(found: 4, needed: 5)))
    }

    @Test func aSignerIsCountedOnce() throws {
        let good = chain.newestCertificate
        let repeated = QuorumCertificate(
            ballot: good.ballot,
            signers: good.signers,
            signatures: Array(good.signatures.dropLast()) + [good.signatures[0]]
        )
        #expect(refusal(chain.newest, repeated) == .certificate(.badSignature(signer: ReplicaIndex(4))))
        let surplus = QuorumCertificate(
            ballot: good.ballot,
            signers: good.signers,
            signatures: good.signatures + [good.signatures[0]]
        )
        #expect(refusal(chain.newest, surplus) == .certificate(.signatureCount(found: 6, expected: 5)))
    }

    @Test func aSignerOutsideTheSetIsRefused() throws {
        let good = chain.newestCertificate
        // Index 7 of seven validators.
        var signers = SignerBitmap(validatorCount: 7)
        for index in [1, 2, 3, 4, 7] { signers.insert(ReplicaIndex(UInt16(index))) }
        let foreign = chain.fixture.signatures.signer(7777)
        let message = good.ballot.signedBytes(networkDigest: chain.fixture.network)
        let signatures = good.signatures.dropFirst() + [foreign.sign(message)]
        let certificate = QuorumCertificate(ballot: good.ballot, signers: signers, signatures: Array(signatures))
        #expect(refusal(chain.newest, certificate) == .certificate(.signerOutOfRange(ReplicaIndex(7))))
        // The same foreign signature in a member's place.
        let posing = QuorumCertificate(
            ballot: good.ballot,
            signers: good.signers,
            signatures: [foreign.sign(message)] + good.signatures.dropFirst()
        )
        #expect(refusal(chain.newest, posing) == .certificate(.badSignature(signer: ReplicaIndex(0))))
    }

    @Test func onlyFinaliseVotesFinalise() {
        let view = chain.newest.view
        let notarised = Ballot.notarise(epoch: .zero, view: view, parentView: View(1), payload: digest)
        #expect(signed(notarised) == .notFinalising(found: .notarise))
        #expect(signed(.nullify(epoch: .zero, view: view)) == .notFinalising(found: .nullify))
    }

    @Test func aCertificateForAnotherBlockIsRefused() {
        let view = chain.newest.view
        func ballot(epoch: Epoch = .zero, view: View, payload: Digest) -> Ballot {
            .finalise(epoch: epoch, view: view, parentView: View(1), payload: payload)
        }
        #expect(signed(ballot(view: view, payload: digest)) == nil)
        #expect(
            signed(ballot(epoch: Epoch(1), view: view, payload: digest))
                == .certificateOfOtherEpoch(found: Epoch(1), expected: .zero)
        )
        #expect(
            signed(ballot(view: view.next, payload: digest))
                == .certificateOfOtherView(found: view.next, expected: view)
        )
        let other = chain.fixture.digest(5)
        #expect(
            signed(ballot(view: view, payload: other)) == .certificateOfOtherHeader(found: other, expected: digest)
        )
    }

    @Test func votesOfAnotherNetworkDoNotCount() throws {
        let other = CertifiedChain(fixture: LedgerFixture(seed: 2, validatorCount: 7))
        let header = chain.newest
        let certificate = other.certificate(of: header, parentView: View(1))
        #expect(refusal(header, certificate) == .certificate(.badSignature(signer: ReplicaIndex(0))))
        // The same keys, but a message that names another network.
        let message = certificate.ballot.signedBytes(networkDigest: other.fixture.network)
        let replayed = QuorumCertificate(
            ballot: certificate.ballot,
            signers: certificate.signers,
            signatures: (0..<5).map { chain.fixture.validatorSigner($0).sign(message) }
        )
        #expect(refusal(header, replayed) == .certificate(.badSignature(signer: ReplicaIndex(0))))
    }

    @Test func aHeaderOfAnotherKindIsRefusedBeforeItsSignatures() throws {
        let header = chain.newest
        let other = chain.fixture.digest(6)
        let cases: [(Header, HeaderError)] = [
            (header.with(network: other), .otherNetwork(found: other, expected: ledger.network)),
            (header.with(protocolVersion: 2), .unknownProtocolVersion(found: 2)),
            (header.with(epoch: Epoch(1)), .epochNotFollowed(found: Epoch(1))),
            (
                header.with(validatorSet: other),
                .otherValidatorSet(found: other, expected: header.validatorSet)
            ),
        ]
        for (changed, expected) in cases { #expect(refusal(changed, chain.newestCertificate) == expected) }
    }

    @Test func aGenesisWithoutItsFirstValidatorSetIsNotPinned() throws {
        let fixture = chain.fixture
        func pin(_ records: [Record]) throws(PinnedGenesisError) {
            let genesis = Genesis(name: "x", suite: .international, timestamp: LedgerFixture.start, records: records)
            _ = try LedgerVerifier(genesis: genesis, suite: fixture.suite)
        }
        let others = fixture.genesis.records.filter { $0.key != .validatorSet }
        #expect(throws: PinnedGenesisError.validatorSetMissing) { try pin(others) }
        let later = try #require(ValidatorSet(epoch: Epoch(1), keys: fixture.validators.keys))
        let record = ValidatorSetRecord(set: later, departments: ledger.validators.departments)
        #expect(throws: PinnedGenesisError.epochNotZero(found: Epoch(1))) {
            try pin(others + [.validatorSet(record)])
        }
    }
}
