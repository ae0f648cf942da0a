import LedgerModel
import Merkle
import Primitives
import TestKit
import Testing

@Suite struct BlockCodingTests {
    @Test func headersAreExactly268Bytes() {
        var samples = Samples(seed: 1)
        let headers = (0..<20).map { _ in samples.header() }
        #expect(headers.allSatisfy { $0.canonicalBytes.count == 268 })
        var fuzz = DecoderFuzz(seed: 2)
        #expect(fuzz.counterexample(samples: headers, rounds: 1500) == nil)
        let bytes = headers[0].canonicalBytes
        #expect(throws: DecodeError.truncated(needed: 32, left: 31)) {
            try Header(canonicalBytes: Array(bytes.dropLast()))
        }
        #expect(throws: DecodeError.trailingBytes(count: 1)) { try Header(canonicalBytes: bytes + [0]) }
    }

    @Test func everyFieldOfAHeaderEntersItsDigest() {
        var samples = Samples(seed: 3)
        let bytes = samples.header().canonicalBytes
        var digests: Set<Digest> = []
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            guard let header = try? Header(canonicalBytes: changed) else { continue }
            digests.insert(header.digest(FastDigest()))
        }
        #expect(digests.count == 268)
    }

    @Test func outlinesBlocksAndProofsReadBack() {
        var samples = Samples(seed: 4)
        var fuzz = DecoderFuzz(seed: 5)
        #expect(fuzz.counterexample(samples: (0..<10).map { _ in samples.outline() }, rounds: 1500) == nil)
        #expect(fuzz.counterexample(samples: (0..<10).map { _ in samples.block() }, rounds: 1500) == nil)
        #expect(fuzz.counterexample(samples: (0..<10).map { _ in samples.finalisedBlock() }, rounds: 1500) == nil)
    }

    @Test func anOutlineWithOtherTransactionsOrVerdictsDoesNotMatchItsHeader() {
        var samples = Samples(seed: 6)
        let hasher = MerkleHasher(FastDigest())
        let transactions = [samples.digest(), samples.digest(), samples.digest()]
        let verdicts = samples.digest()
        let root = BlockOutline.transactionsRoot(transactions, verdicts, hasher: hasher)
        let model = samples.header()
        let header = Header(
            network: model.network,
            protocolVersion: 1,
            epoch: .zero,
            height: Height(1),
            view: View(1),
            parent: model.parent,
            timestamp: Timestamp(1),
            proposer: ReplicaIndex(0),
            transactionsRoot: root,
            registerRoot: model.registerRoot,
            registerSize: 1,
            historyRoot: model.historyRoot,
            validatorSet: model.validatorSet,
            childValidatorSet: model.childValidatorSet
        )
        func matches(_ transactions: [Digest], _ verdicts: Digest) -> Bool {
            BlockOutline(header: header, transactions: transactions, verdictsDigest: verdicts).matchesHeader(hasher)
        }
        #expect(matches(transactions, verdicts))
        #expect(!matches(transactions.reversed(), verdicts))
        #expect(!matches(Array(transactions.dropLast()), verdicts))
        #expect(!matches(transactions + [verdicts], verdicts))
        #expect(!matches(transactions, samples.digest()))
        // The last transaction does not pass for the verdicts' digest.
        #expect(!matches(Array(transactions.dropLast()), transactions[2]))
    }

    @Test func blocksBeyondTheirByteLimitAreRefused() {
        var samples = Samples(seed: 7)
        let header = samples.header()
        let full = [UInt8](repeating: 1, count: Limits.transactionBytesMax)
        let count = Limits.blockBytesMax / Limits.transactionBytesMax
        let atLimit = Block(header: header, transactions: Array(repeating: full, count: count), verdictsDigest: .zero)
        let beyond = Block(header: header, transactions: atLimit.transactions + [[1]], verdictsDigest: .zero)
        #expect((try? Block(canonicalBytes: atLimit.canonicalBytes)) == atLimit)
        let expected = DecodeError.lengthOverLimit(found: UInt64(Limits.blockBytesMax + 1), limit: Limits.blockBytesMax)
        #expect(throws: expected) { try Block(canonicalBytes: beyond.canonicalBytes) }
        let large = Block(header: header, transactions: [full + [1]], verdictsDigest: .zero)
        #expect(throws: (any Error).self) { try Block(canonicalBytes: large.canonicalBytes) }
    }

    @Test(arguments: [(4096, true), (4097, false)])
    func blocksHave4096TransactionsAtMost(count: Int, isAllowed: Bool) {
        var samples = Samples(seed: 8)
        let block = Block(
            header: samples.header(),
            transactions: Array(repeating: [], count: count),
            verdictsDigest: .zero
        )
        #expect(((try? Block(canonicalBytes: block.canonicalBytes)) == block) == isAllowed)
        let outline = BlockOutline(
            header: block.header,
            transactions: Array(repeating: .zero, count: count),
            verdictsDigest: .zero
        )
        #expect(((try? BlockOutline(canonicalBytes: outline.canonicalBytes)) == outline) == isAllowed)
    }

    // MARK: Verdicts

    @Test func verdictsKeepTheirNumbers() {
        let numbers: [UInt16] = [
            0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 20, 21, 22, 23, 40, 41, 42, 43, 44, 45, 46, 47, 60, 61, 62, 80, 81, 82, 83,
            100, 101, 102, 103, 104, 105, 120, 121, 122,
        ]
        #expect(Verdict.allCases.map(\.rawValue) == numbers)
        for number in 0...300 as ClosedRange<UInt16> {
            let decoded = try? Verdict(canonicalBytes: number.canonicalBytes)
            #expect(decoded?.rawValue == (numbers.contains(number) ? number : nil))
        }
    }

    @Test func theVerdictsDigestDependsOnOrderAndCount() {
        func digest(_ verdicts: [Verdict]) -> Digest { Verdict.digest(of: verdicts, digestFunction: FastDigest()) }
        let lists: [[Verdict]] = [
            [], [.accepted], [.accepted, .accepted], [.accepted, .expired], [.expired, .accepted],
        ]
        #expect(Set(lists.map(digest)).count == lists.count)
    }

    // MARK: Genesis

    @Test func genesisFilesReadBack() {
        var samples = Samples(seed: 9)
        let files = (0..<4).map { _ in samples.genesis() }
        var fuzz = DecoderFuzz(seed: 10)
        #expect(fuzz.counterexample(samples: files, rounds: 1500) == nil)
        #expect(files[0].digest(FastDigest()) != files[1].digest(FastDigest()))
        #expect(files[0].validatorSet != nil && files[0].parameters != nil)
    }

    @Test func genesisFilesOfOtherVersionsAreRefused() {
        var samples = Samples(seed: 11)
        var bytes = samples.genesis().canonicalBytes
        bytes[0] = 2
        #expect(throws: DecodeError.unknownTag(type: "Genesis", found: 2)) { try Genesis(canonicalBytes: bytes) }
    }

    @Test(arguments: [(4096, true), (4097, false)])
    func genesisFilesHave4096RecordsAtMost(count: Int, isAllowed: Bool) {
        let record = Record.network(NetworkRecord(genesis: .zero, name: ""))
        let genesis = Genesis(
            name: "x",
            suite: .guomi,
            timestamp: Timestamp(0),
            records: Array(repeating: record, count: count)
        )
        #expect(((try? Genesis(canonicalBytes: genesis.canonicalBytes)) == genesis) == isAllowed)
    }
}
