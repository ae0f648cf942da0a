import Consensus
import Execution
import LedgerModel
import Merkle
import Primitives
import TestKit
import Testing
import ZhixinVerify

struct HeaderChainTests {
    private let chain: CertifiedChain
    private let start: HeaderChainVerifier

    init() throws {
        var chain = CertifiedChain(fixture: LedgerFixture())
        for index in 0..<6 {
            // Blocks 2 and 3 are final through block 4.
            try chain.append(isCertified: index != 1 && index != 2, skippedViews: UInt64(index % 2))
        }
        self.chain = chain
        start = HeaderChainVerifier(
            ledger: try LedgerVerifier(genesis: chain.fixture.genesis, suite: chain.fixture.suite)
        )
    }

    /// A verifier that has taken the first `count` blocks.
    private func verifier(after count: Int) throws -> HeaderChainVerifier {
        var verifier = start
        for block in chain.blocks.prefix(count) { try verifier.append(block) }
        return verifier
    }

    private func refusal(
        after count: Int,
        _ header: Header,
        _ certificate: QuorumCertificate?
    ) throws
        -> HeaderChainError?
    {
        var verifier = try verifier(after: count)
        let before = verifier.newestDigest
        do throws(HeaderChainError) {
            try verifier.append(header, certificate: certificate)
            return nil
        } catch {
            #expect(verifier.newestDigest == before)
            return error
        }
    }

    @Test func aWholeChainIsFollowed() throws {
        let verifier = try verifier(after: 6)
        try verifier.finish()
        #expect(verifier.newest == chain.newest)
        #expect(verifier.newestDigest == chain.ledger.newestBlock.digest)
        #expect(verifier.history == chain.ledger.newestBlock.history)
        #expect(verifier.newestCertifiedHeight == Height(6))
    }

    @Test func aBlockBetweenNeedsNoCertificateOfItsOwn() throws {
        var verifier = start
        for block in chain.blocks.dropLast() { try verifier.append(block.block.header, certificate: nil) }
        let last = try #require(chain.blocks.last)
        try verifier.append(last)
        try verifier.finish()
    }

    @Test func aChainEndsWithACertificate() throws {
        let verifier = try verifier(after: 3)
        #expect(throws: HeaderChainError.notCertified(newest: Height(3), newestCertified: Height(1))) {
            try verifier.finish()
        }
        try self.verifier(after: 4).finish()
        try start.finish()
    }

    @Test func aMissingRepeatedOrSwappedBlockIsNamed() throws {
        func height(after count: Int, _ index: Int) throws -> HeaderChainError? {
            try refusal(after: count, chain.blocks[index].block.header, nil)
        }
        #expect(try height(after: 2, 3) == .height(found: Height(4), expected: Height(3)))
        #expect(try height(after: 2, 1) == .height(found: Height(2), expected: Height(3)))
    }

    @Test func everyLinkIsChecked() throws {
        let header = chain.blocks[3].block.header
        let previous = chain.blocks[2].block.header
        let other = chain.fixture.digest(5)
        let wrongProposer = ReplicaIndex((header.proposer.rawValue + 1) % 4)
        let cases: [(Header, HeaderChainError)] = [
            (header.with(parent: other), .parent(found: other, expected: header.parent)),
            (header.with(historyRoot: other), .historyRoot(found: other, expected: header.historyRoot)),
            (header.with(view: previous.view), .view(found: previous.view, previous: previous.view)),
            (
                header.with(timestamp: previous.timestamp),
                .timestamp(found: previous.timestamp, previous: previous.timestamp)
            ),
            (header.with(proposer: wrongProposer), .proposer(found: wrongProposer, leader: header.proposer)),
            (header.with(registerSize: 1), .registerSize(found: 1, previous: previous.registerSize)),
            (header.with(epoch: Epoch(1)), .header(.epochNotFollowed(found: Epoch(1)))),
        ]
        for (changed, expected) in cases { #expect(try refusal(after: 3, changed, nil) == expected) }
        #expect(try refusal(after: 3, header, nil) == nil)
    }

    /// docs/protocol.md [EPOCH-BEGIN]
    @Test func theChainIsFollowedIntoANewEpochWithItsSetOnly() throws {
        var chain = chain
        let key = chain.fixture.signatures.signer(77).publicKey
        let changes = [GovernanceChange.replaceValidatorKey(department: LedgerFixture.housing, key: key)]
        let last = try chain.append(chain.fixture.agreement(on: changes, id: 1, expiry: chain.expiry))
        #expect(last.endsEpoch)
        let set = try chain.ledger.state.validatorSet()
        let first = try chain.append(skippedViews: 1)
        #expect(first.header.epoch == Epoch(1) && first.header.view == View(2))

        var verifier = try verifier(after: 6)
        #expect(throws: HeaderChainError.header(.epochNotFollowed(found: Epoch(1)))) { try verifier.begin(set) }
        try verifier.append(chain.blocks[6])
        #expect(throws: HeaderChainError.header(.epochNotFollowed(found: Epoch(1)))) {
            try verifier.append(chain.blocks[7])
        }
        let old = try #require(ValidatorSet(epoch: Epoch(1), keys: chain.fixture.validators.keys))
        let wrong = ValidatorSetRecord(set: old, departments: set.departments)
        #expect(throws: HeaderChainError.self) { try verifier.begin(wrong) }
        try verifier.begin(set)
        try verifier.append(chain.blocks[7])
        try verifier.finish()
        // What epoch 0 signed is still verified by its own set.
        #expect(throws: Never.self) {
            try verifier.ledger.verify(
                chain.blocks[0].block.header,
                certificate: try #require(chain.blocks[0].certificate)
            )
        }
        // The replaced key signs nothing any more.
        let stale = chain.certificate(of: first.header, parentView: .zero, signers: [0, 1, 3])
        #expect(throws: HeaderError.certificate(.badSignature(signer: ReplicaIndex(3)))) {
            try verifier.ledger.verify(first.header, certificate: stale)
        }
    }

    @Test func onlyTheLastBlockOfAnEpochIsFinalInALaterView() throws {
        var chain = chain
        let parameters = ParametersRecord(transactionLifetimeMilliseconds: 60_000, consensus: .initial)
        let last = try chain.append(
            chain.fixture.agreement(on: [.setParameters(parameters)], id: 1, expiry: chain.expiry)
        )
        let verifier = try verifier(after: 6)
        for (header, isAllowed) in [(last.header, true), (chain.blocks[5].block.header, false)] {
            let ballot = Ballot.finalise(
                epoch: .zero,
                view: View(header.view.rawValue + 2),
                parentView: header.view.next,
                payload: header.digest(chain.fixture.suite.digestFunction)
            )
            let certificate = chain.certificate(for: ballot, signers: [0, 1, 2])
            #expect(((try? verifier.ledger.verify(header, certificate: certificate)) != nil) == isAllowed)
        }
        var following = verifier
        try following.append(
            last.header,
            certificate: chain.certificate(
                for: .finalise(epoch: .zero, view: View(90), parentView: View(89), payload: last.digest),
                signers: [0, 1, 2]
            )
        )
    }

    @Test func aCertificateThatIsThereMustHold() throws {
        let header = chain.blocks[3].block.header
        let few = chain.certificate(of: header, parentView: chain.blocks[2].block.header.view, signers: [0, 1, 3])
        let bad = QuorumCertificate(
            ballot: few.ballot,
            signers: few.signers,
            signatures: few.signatures.reversed()
        )
        #expect(
            try refusal(after: 3, header, bad) == .header(.certificate(.badSignature(signer: ReplicaIndex(0))))
        )
        let elsewhere = chain.certificate(of: header, parentView: View(1))
        let expected = HeaderChainError.certificateParentView(
            found: View(1),
            expected: chain.blocks[2].block.header.view
        )
        #expect(try refusal(after: 3, header, elsewhere) == expected)
        #expect(try refusal(after: 3, header, few) == nil)
    }
}
