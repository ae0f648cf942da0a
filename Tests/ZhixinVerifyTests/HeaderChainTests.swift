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
            (header.with(childValidatorSet: other), .epochEnds(childValidatorSet: other)),
            (header.with(epoch: Epoch(1)), .header(.epochNotFollowed(found: Epoch(1)))),
        ]
        for (changed, expected) in cases { #expect(try refusal(after: 3, changed, nil) == expected) }
        #expect(try refusal(after: 3, header, nil) == nil)
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
