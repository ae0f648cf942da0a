import Consensus
import Execution
import LedgerModel
import Merkle
import Primitives
import TestKit
import Testing

@Suite struct LayerTests {
    private let bench = Bench()
    private var fixture: LedgerFixture { bench.fixture }

    private func issue(_ numbers: [UInt64]) -> SealedTransaction {
        bench.department(LedgerFixture.market, fixture.issue(LedgerFixture.licenceType, numbers.map(fixture.digest)))
    }

    /// [BLOCK-HEADER]
    @Test func aBlockGivesTheSameHeaderOnLayersAsOnTheStore() throws {
        let first = try bench.execute([issue([1, 2, 3])])
        let layered = bench.state.adding(first)
        let later = bench.now.adding(milliseconds: 1000)
        let change = bench.department(LedgerFixture.market, fixture.change([fixture.digest(2)], to: .suspended))
        let onLayer = try bench.execute([change, issue([4])], at: later, on: layered)
        bench.ledger.commit(first)
        let onStore = try bench.execute(onLayer.transactions, at: later)
        #expect(onLayer.header == onStore.header)
        #expect(onLayer.verdicts == [.accepted, .accepted])
        // The layer is still right when the store has overtaken it.
        let again = try bench.execute(onLayer.transactions, at: later, on: layered)
        #expect(again.header == onLayer.header)
    }

    @Test func layersAreReadBeforeTheStore() throws {
        try bench.issue([1])
        let change = bench.department(LedgerFixture.market, fixture.change([fixture.digest(1)], to: .revoked))
        let layer = try bench.execute([change, issue([2])])
        let state = bench.state.adding(layer)
        guard case .certificate(let record) = try state.record(.certificate(fixture.digest(1))) else {
            Issue.record("the certificate is gone")
            return
        }
        #expect(record.status == .revoked)
        #expect(try bench.certificate(fixture.digest(1))?.status == .active)
        #expect(try state.position(of: .certificate(fixture.digest(2))) != nil)
        #expect(try bench.state.position(of: .certificate(fixture.digest(2))) == nil)
        let body = change.transaction.body
        let key = InclusionKey(author: body.author, id: body.id)
        #expect(try state.wasIncluded(key, at: body.expiry))
        #expect(try !bench.state.wasIncluded(key, at: body.expiry))
        let after = body.expiry.adding(milliseconds: 1)
        #expect(try !state.wasIncluded(key, at: after))
        #expect(state.header == layer.header && state.headerDigest == layer.digest)
    }

    @Test func branchesDoNotSeeEachOther() throws {
        let base = bench.state
        let left = try bench.execute([issue([1])], view: 1)
        let right = try bench.execute([issue([2]), issue([1])], view: 2)
        #expect(left.verdicts == [.accepted] && right.verdicts == [.accepted, .accepted])
        let onLeft = base.adding(left)
        let onRight = base.adding(right)
        // Each branch gave the same position to another record.
        #expect(
            try onLeft.position(of: .certificate(fixture.digest(1)))
                == onRight.position(of: .certificate(fixture.digest(2)))
        )
        #expect(try onLeft.position(of: .certificate(fixture.digest(2))) == nil)
        let time = bench.now.adding(milliseconds: 1000)
        let child = try bench.execute([issue([2])], at: time, on: onLeft)
        #expect(child.verdicts == [.accepted])
        let repeated = try bench.execute(left.transactions, at: time, on: onLeft)
        #expect(repeated.verdicts == [.repeated])
        #expect(try bench.execute(left.transactions, at: time, on: onRight).verdicts == [.certificateExists])
        bench.ledger.commit(left)
        bench.ledger.commit(child)
        #expect(bench.ledger.newestBlock.header.registerRoot == child.header.registerRoot)
    }

    // MARK: Roots

    /// Long random runs: after each block the root is recomputed from all records by other code.
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func registerRootsAreThoseOfAllRecords(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var issued: [UInt64] = []
        var layers: [ExecutedBlock] = []
        for round in 0..<30 as Range<UInt64> {
            var transactions: [SealedTransaction] = []
            for number in 0..<UInt64.random(in: 0...4, using: &random) {
                let first = round * 1000 + number * 100
                let count = UInt64.random(in: 1...40, using: &random)
                if let old = issued.randomElement(using: &random), random.chance(1, in: 2) {
                    let status = CertificateStatus.allCases.randomElement(using: &random)!
                    let payload = fixture.change([fixture.digest(old)], to: status)
                    transactions.append(bench.department(LedgerFixture.market, payload))
                } else {
                    transactions.append(issue((first..<(first + count)).map { $0 }))
                    issued += first..<(first + count)
                }
            }
            let base = bench.state
            let state = layers.isEmpty ? base : LedgerState(base: bench.ledger, layers: layers)
            let time = state.header.timestamp.adding(milliseconds: 1000)
            layers.append(try bench.execute(transactions, at: time, on: state))
            // Some blocks wait as layers before they are stored.
            while layers.count > 3 || (!layers.isEmpty && random.chance(1, in: 3)) {
                bench.ledger.commit(layers.removeFirst())
                let records = bench.ledger.allRecords
                let header = bench.ledger.newestBlock.header
                #expect(header.registerSize == UInt64(records.count))
                let root = RegisterChecker.root(of: records, digestFunction: fixture.suite.digestFunction)
                #expect(header.registerRoot == root)
            }
        }
        #expect(bench.ledger.allRecords.count > 200)
    }

    @Test func headersChainAndCountTheHistory() throws {
        var digests = [bench.ledger.newestBlock.digest]
        for number in 1...9 as ClosedRange<UInt64> {
            let block = try bench.execute([issue([number])])
            let function = fixture.suite.digestFunction
            #expect(block.header.parent == digests.last)
            #expect(block.header.height == Height(number))
            #expect(block.digest == function.digest(of: block.header, domain: .header))
            #expect(block.header.historyRoot == HeaderHistory.root(digests[...], function))
            #expect(block.history.size == number + 1)
            bench.ledger.commit(block)
            digests.append(block.digest)
        }
    }

    /// [BLOCK-OUTLINE]
    @Test func outlinesAndBlocksMatchTheirHeaders() throws {
        let block = try bench.execute([issue([1]), issue([1])])
        let hasher = MerkleHasher(fixture.suite.digestFunction)
        #expect(block.outline.matchesHeader(hasher))
        #expect(block.block.transactions == block.transactions.map(\.bytes))
        #expect(block.verdicts == [.accepted, .certificateExists])
        #expect(!block.endsEpoch)
        // Another verdict would be another header: it is committed to.
        let other = Verdict.digest(of: [.accepted, .accepted], digestFunction: fixture.suite.digestFunction)
        let forged = BlockOutline(
            header: block.header,
            transactions: block.outline.transactions,
            verdictsDigest: other
        )
        #expect(!forged.matchesHeader(hasher))
    }

    @Test func executionIsAFunctionOfItsArguments() throws {
        let transactions = [issue((1...50).map { $0 }), issue([7]), issue([51])]
        let first = try bench.execute(transactions)
        for _ in 0..<5 {
            let again = try bench.execute(transactions)
            #expect(again.header == first.header && again.tiles == first.tiles)
            #expect(again.records.elementsEqual(first.records) { $0 == $1 })
        }
        #expect(try bench.execute(transactions.reversed()).header.registerRoot != first.header.registerRoot)
    }
}

/// The history root by the definition of RFC 6962, from all header digests.
private enum HeaderHistory {
    static func root(_ headers: ArraySlice<Digest>, _ function: any DigestFunction) -> Digest {
        if headers.count == 1, let only = headers.first { return function.digest([0] + only.bytes) }
        var split = 1
        while split * 2 < headers.count { split *= 2 }
        let left = root(headers.prefix(split), function)
        return function.digest([1] + left.bytes + root(headers.dropFirst(split), function).bytes)
    }
}
