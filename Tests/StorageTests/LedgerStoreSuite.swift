import Consensus
import Execution
import LedgerModel
import Merkle
import Ports
import Primitives
import TestKit
import Testing

/// What both stores promise.
@Suite struct LedgerStoreSuite {
    private let fixture = LedgerFixture()

    private func start(_ kind: LedgerUnderTest) throws -> (host: any LedgerHost, chain: LedgerChain) {
        // The chain stands on a ledger of its own, so that the store can be closed.
        (try kind.make(fixture), LedgerChain(fixture: fixture, state: fixture.makeLedger().state))
    }

    @Test(arguments: LedgerUnderTest.allCases)
    func newStoreHoldsGenesis(_ kind: LedgerUnderTest) throws {
        let (host, _) = try start(kind)
        try expectGenesis(host)
        try host.reopen()
        try expectGenesis(host)
    }

    private func expectGenesis(_ host: any LedgerHost) throws {
        let view = host.store.view()
        #expect(view.header == fixture.genesisBlock.header)
        #expect(view.headerDigest == fixture.genesisBlock.digest)
        #expect(view.certificate == nil)
        #expect(host.store.certifiedView() == nil)
        #expect(try view.newestCertified() == nil)
        #expect(try view.block(at: .genesis) == fixture.genesisBlock.block)
        #expect(try view.verdicts(at: .genesis) == [])
        #expect(try view.record(.parameters)?.record == .parameters(fixture.parameters))
        #expect(try host.store.statistics().recordCount == fixture.genesisBlock.header.registerSize)
    }

    @Test(arguments: LedgerUnderTest.allCases)
    func everythingOfABlockIsFound(_ kind: LedgerUnderTest) throws {
        var (host, chain) = try start(kind)
        let blocks = [try chain.issue(0..<40), try chain.issue(40..<41), try chain.change([3, 40], to: .revoked)]
        let certificate = chain.certificate(blocks[2])
        try host.store.commit([(blocks[0], nil), (blocks[1], nil), (blocks[2], certificate)])
        try expectAll(blocks, certificate, in: host)
        try host.reopen()
        try expectAll(blocks, certificate, in: host)
    }

    private func expectAll(
        _ blocks: [ExecutedBlock],
        _ certificate: QuorumCertificate,
        in host: any LedgerHost
    ) throws {
        let view = host.store.view()
        #expect(view.header == blocks[2].header)
        #expect(view.headerDigest == blocks[2].digest)
        #expect(view.certificate == certificate)
        #expect(view.history == blocks[2].history)
        for (index, block) in blocks.enumerated() {
            let height = Height(UInt64(index + 1))
            #expect(try view.block(at: height) == block.block)
            #expect(try view.header(at: height) == block.header)
            #expect(try view.height(ofHeader: block.digest) == height)
            #expect(try view.verdicts(at: height) == block.verdicts)
            #expect(try view.certificate(at: height) == (index == 2 ? certificate : nil))
            let transaction = block.transactions[0]
            let location = TransactionLocation(height: height, index: 0, verdict: .accepted)
            #expect(try view.location(of: transaction.digest) == location)
            let body = transaction.transaction.body
            #expect(host.store.location(of: body.id, by: body.author) == location)
        }
        #expect(try view.headers(from: Height(1), countMax: 9) == blocks.map(\.header))
        #expect(try view.headers(from: Height(1), countMax: 2) == blocks.prefix(2).map(\.header))
        #expect(try view.headers(from: Height(4), countMax: 2) == [])
        #expect(try view.headers(from: Height(1), countMax: 0) == [])
        #expect(try view.block(at: Height(4)) == nil)
        #expect(try view.header(at: Height(4)) == nil)
        #expect(try view.verdicts(at: Height(4)) == nil)
        #expect(try view.height(ofHeader: .zero) == nil)
        #expect(try view.location(of: .zero) == nil)
        #expect(try view.position(of: .certificate(.zero)) == nil)
        let certified = CertifiedHeader(header: blocks[2].header, certificate: certificate)
        #expect(try view.firstCertified(from: .genesis) == certified)
        #expect(try view.firstCertified(from: Height(3)) == certified)
        #expect(try view.firstCertified(from: Height(4)) == nil)
        #expect(try view.newestCertified() == certified)
        #expect(host.store.certifiedView()?.headerDigest == blocks[2].digest)
    }

    @Test(arguments: LedgerUnderTest.allCases)
    func everyProofHoldsAgainstItsView(_ kind: LedgerUnderTest) throws {
        var (host, chain) = try start(kind)
        for first in stride(from: UInt64(0), to: 600, by: 150) {
            let block = try chain.issue(first..<(first + 150))
            try host.store.commit([(block, chain.certificate(block))])
        }
        let block = try chain.change([0, 16, 255, 256, 599], to: .suspended)
        try host.store.commit([(block, chain.certificate(block))])
        try host.reopen()
        let view = host.store.view()
        let hasher = chain.hasher
        for number in UInt64(0)..<600 {
            let proven = try #require(try view.provenRecord(.certificate(chain.commitment(number))))
            guard case .certificate(let record) = proven.record else {
                Issue.record("not a certificate")
                continue
            }
            #expect(record.status == ([0, 16, 255, 256, 599].contains(number) ? .suspended : .active))
            #expect(proven.proof.size == view.header.registerSize)
            let leaf = hasher.leaf(proven.record.canonicalBytes)
            #expect(proven.proof.verify(leaf: leaf, root: view.header.registerRoot, hasher: hasher))
        }
        #expect(try view.proof(of: Position(view.header.registerSize)) == nil)
        #expect(try view.record(at: Position(view.header.registerSize)) == nil)
        let all = try view.records(from: Position(0), countMax: 10_000)
        #expect(UInt64(all.count) == view.header.registerSize)
        #expect(try view.records(from: Position(5), countMax: 3) == Array(all[5..<8]))
    }

    @Test(arguments: LedgerUnderTest.allCases)
    func everyOldHeaderIsProvedByANewOne(_ kind: LedgerUnderTest) throws {
        var (host, chain) = try start(kind)
        var blocks = [fixture.genesisBlock]
        for _ in 0..<40 {
            let block = try chain.add([])
            blocks.append(block)
            try host.store.commit([(block, nil)])
        }
        try host.reopen()
        let view = host.store.view()
        let hasher = chain.hasher
        for height in 1...40 {
            // The root in a header covers the headers before it.
            let root = blocks[height].header.historyRoot
            for old in [0, height / 2, height - 1] {
                let proof = try #require(
                    try view.historyProof(of: Height(UInt64(old)), size: UInt64(height))
                )
                #expect(proof.verify(leaf: hasher.leaf(blocks[old].digest), root: root, hasher: hasher))
            }
            let consistency = try #require(try view.historyConsistency(from: UInt64(height), to: 41))
            #expect(
                consistency.verify(
                    oldRoot: root,
                    newRoot: view.history.root(hasher: hasher),
                    hasher: hasher
                )
            )
        }
        #expect(try view.historyProof(of: Height(40), size: 41) != nil)
        #expect(try view.historyProof(of: Height(40), size: 40) == nil)
        #expect(try view.historyProof(of: Height(0), size: 42) == nil)
        #expect(try view.historyConsistency(from: 0, to: 41) == nil)
        #expect(try view.historyConsistency(from: 41, to: 40) == nil)
        #expect(try view.historyConsistency(from: 41, to: 42) == nil)
    }

    @Test(arguments: LedgerUnderTest.allCases)
    func viewStaysWhatItWas(_ kind: LedgerUnderTest) throws {
        var (host, chain) = try start(kind)
        let first = try chain.issue(0..<300)
        try host.store.commit([(first, chain.certificate(first))])
        let view = host.store.view()
        for number in UInt64(0)..<20 {
            let block = try chain.change([number], to: .revoked)
            let more = try chain.issue((300 + number * 20)..<(320 + number * 20))
            try host.store.commit([(block, nil), (more, nil)])
        }
        let hasher = chain.hasher
        #expect(view.header == first.header)
        #expect(host.store.certifiedView()?.header == first.header)
        for number in UInt64(0)..<300 {
            let proven = try #require(try view.provenRecord(.certificate(chain.commitment(number))))
            let leaf = hasher.leaf(proven.record.canonicalBytes)
            #expect(proven.proof.verify(leaf: leaf, root: first.header.registerRoot, hasher: hasher))
        }
        #expect(try view.record(.certificate(chain.commitment(300))) == nil)
        #expect(try view.newestCertified()?.header == first.header)
    }

    @Test(arguments: LedgerUnderTest.allCases)
    func executionOnTheStoreAndOnLayersAgrees(_ kind: LedgerUnderTest) throws {
        var (host, layered) = try start(kind)
        for round in UInt64(0)..<6 {
            try expectSame(try layered.issue((round * 50)..<(round * 50 + 50)), in: host) { chain in
                try chain.issue((round * 50)..<(round * 50 + 50))
            }
            try host.reopen()
            try expectSame(try layered.change([round * 50, round + 1], to: .revoked), in: host) { chain in
                try chain.change([round * 50, round + 1], to: .revoked)
            }
        }
    }

    /// Makes the block again on what the store has committed, and commits it.
    private func expectSame(
        _ block: ExecutedBlock,
        in host: any LedgerHost,
        _ make: (inout LedgerChain) throws -> ExecutedBlock
    ) throws {
        var chain = LedgerChain(fixture: fixture, state: host.ledgerState)
        let again = try make(&chain)
        #expect(again == block)
        #expect(again.verdicts == [.accepted])
        #expect(again.tiles == block.tiles)
        #expect(again.header.registerRoot == block.header.registerRoot)
        try host.store.commit([(again, nil)])
    }

    @Test(arguments: LedgerUnderTest.allCases)
    func transactionIsRememberedUntilItsExpiryPasses(_ kind: LedgerUnderTest) throws {
        var (host, chain) = try start(kind)
        let short = chain.transaction(
            fixture.issue(LedgerFixture.identityType, [chain.commitment(1)]),
            lifetimeMilliseconds: 5000
        )
        let long = chain.transaction(
            fixture.issue(LedgerFixture.identityType, [chain.commitment(2)]),
            lifetimeMilliseconds: 9000
        )
        let first = try chain.add([short, long])
        try host.store.commit([(first, nil)])
        func remembered(_ transaction: SealedTransaction) throws -> Bool {
            let body = transaction.transaction.body
            let found = host.store.location(of: body.id, by: body.author)
            let key = InclusionKey(author: body.author, id: body.id)
            #expect(try host.store.wasIncluded(key, at: host.store.view().header.timestamp) == (found != nil))
            return found != nil
        }
        // Block times 1 s after genesis, then 5 s, 5.001 s, 9 s, 9.001 s.
        for (milliseconds, expected) in [
            (4000, [true, true]), (1, [false, true]), (3999, [false, true]), (1, [false, false]),
        ] {
            let block = try chain.add([], afterMilliseconds: UInt64(milliseconds))
            try host.store.commit([(block, nil)])
            #expect(try [remembered(short), remembered(long)] == expected)
            try host.reopen()
            #expect(try [remembered(short), remembered(long)] == expected)
        }
    }

    @Test(arguments: LedgerUnderTest.allCases)
    func vainRepetitionDoesNotHideTheFirstOutcome(_ kind: LedgerUnderTest) throws {
        var (host, chain) = try start(kind)
        let transaction = chain.transaction(fixture.issue(LedgerFixture.identityType, [chain.commitment(1)]))
        let first = try chain.add([transaction])
        let second = try chain.add([transaction])
        let third = try chain.add([transaction])
        #expect(second.verdicts == [.repeated])
        try host.store.commit([(first, nil), (second, nil)])
        try host.store.commit([(third, nil)])
        let expected = TransactionLocation(height: Height(1), index: 0, verdict: .accepted)
        #expect(try host.store.view().location(of: transaction.digest) == expected)
    }

    @Test(arguments: LedgerUnderTest.allCases)
    func blockThatDoesNotFollowIsRefusedAndTheStoreGoesOn(_ kind: LedgerUnderTest) throws {
        var (host, chain) = try start(kind)
        let first = try chain.issue(0..<3)
        let second = try chain.issue(3..<5)
        #expect(throws: StoreError.notNextBlock(expected: Height(1), found: Height(2))) {
            try host.store.commit([(second, nil)])
        }
        #expect(throws: StoreError.notNextBlock(expected: Height(2), found: Height(1))) {
            try host.store.commit([(first, nil), (first, nil)])
        }
        try host.store.commit([])
        try host.store.commit([(first, nil), (second, nil)])
        #expect(host.store.view().header.height == Height(2))
    }

    @Test(arguments: LedgerUnderTest.allCases)
    func peerIsServedUpToACertificate(_ kind: LedgerUnderTest) throws {
        var (host, chain) = try start(kind)
        for height in 1...9 {
            let block = try chain.add([])
            try host.store.commit([(block, height.isMultiple(of: 3) ? chain.certificate(block) : nil)])
        }
        let tail = try chain.add([])
        try host.store.commit([(tail, nil)])
        let view = host.store.view()
        func heights(_ from: UInt64, _ count: Int) throws -> [UInt64] {
            try view.finalisedBlocks(from: Height(from), countMax: count).map(\.block.header.height.rawValue)
        }
        #expect(try heights(1, 1) == [1, 2, 3])
        #expect(try heights(2, 4) == [2, 3])
        #expect(try heights(1, 6) == [1, 2, 3, 4, 5, 6])
        #expect(try heights(7, 100) == [7, 8, 9])
        #expect(try heights(10, 100) == [])
        #expect(try heights(11, 100) == [])
    }

    @Test(arguments: LedgerUnderTest.allCases)
    func whatAPeerIsServedFitsAFrame(_ kind: LedgerUnderTest) throws {
        var (host, chain) = try start(kind)
        // Nobody issues this type, so that the blocks are large and quickly executed.
        let commitments = (0..<UInt64(8000)).map(chain.commitment)
        for height in 1...6 {
            let large = (0..<7).map { _ in chain.transaction(fixture.issue(CertificateTypeID(99), commitments)) }
            let block = try chain.add(large)
            try host.store.commit([(block, height >= 4 ? chain.certificate(block) : nil)])
        }
        let view = host.store.view()
        func served(_ from: UInt64, bytesMax: Int = Limits.blockBytesMax) throws -> [UInt64] {
            let blocks = try view.finalisedBlocks(from: Height(from), countMax: 256, bytesMax: bytesMax)
            #expect(blocks.reduce(64) { $0 + $1.canonicalBytes.count } <= Limits.frameBytesMax)
            return blocks.map(\.block.header.height.rawValue)
        }
        // Four blocks are more than a frame: who holds another certificate has to answer.
        #expect(try served(1) == [])
        #expect(try served(3) == [3, 4])
        #expect(try served(4, bytesMax: 1) == [4])
        #expect(try served(4, bytesMax: Limits.frameBytesMax).count >= 2)
    }
}
