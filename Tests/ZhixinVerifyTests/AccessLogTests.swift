import Execution
import LedgerModel
import Merkle
import Primitives
import TestKit
import Testing
import ZhixinVerify

struct AccessLogTests {
    private static let now = LedgerFixture.start.adding(milliseconds: 60_000)
    private let chain: CertifiedChain
    private let verifier: AccessLogVerifier
    private let heads: [Digest]
    /// The complete answers: three uses by market on head 0, one by housing on head 1.
    private let answers: [AccessHeadAnswer]

    init() throws {
        let fixture = LedgerFixture()
        var chain = CertifiedChain(fixture: fixture)
        var entries: [Int: [AccessLogEntry]] = [:]
        var previous: [Int: Digest] = [:]
        let uses = [
            (0, LedgerFixture.market), (1, LedgerFixture.housing), (0, LedgerFixture.market), (0, LedgerFixture.market),
        ]
        for (index, (head, department)) in uses.enumerated() {
            let id = UInt64(index + 1)
            let count = UInt64((entries[head] ?? []).count + 1)
            let opening = CommitmentOpening(
                salt: [UInt8](repeating: UInt8(id), count: 16),
                content: Array("use \(id)".utf8)
            )
            let entry = AccessEntry(
                network: fixture.network,
                department: department,
                transaction: LedgerFixture.transactionID(id),
                count: count,
                previousEntry: previous[head] ?? .zero,
                commitment: Commitments.access(
                    salt: opening.salt,
                    opening: opening.content,
                    digestFunction: fixture.suite.digestFunction
                )
            )
            let signer = fixture.headSigner(UInt64(head))
            let record = AccessRecord(
                headKey: signer.publicKey,
                count: count,
                previousEntry: entry.previousEntry,
                commitment: entry.commitment,
                signature: signer.sign(entry.signingBytes)
            )
            let block = try chain.append([
                fixture.transaction(by: department, id: id, expiry: chain.expiry, .recordAccess(record))
            ])
            #expect(block.verdicts == [.accepted])
            entries[head, default: []].append(AccessLogEntry(entry: entry, opening: opening))
            previous[head] = fixture.suite.digest(of: entry, domain: .accessEntry)
        }
        let heads = (0..<3).map {
            AccessHeads.identifier(
                of: fixture.headSigner(UInt64($0)).publicKey,
                digestFunction: fixture.suite.digestFunction
            )
        }
        self.heads = heads
        let final = chain
        answers = try (0..<2).map { try AccessLogTests.answer(final, heads[$0], entries[$0] ?? []) }
        self.chain = chain
        verifier = AccessLogVerifier(ledger: try LedgerVerifier(genesis: fixture.genesis, suite: fixture.suite))
    }

    private static func answer(
        _ chain: CertifiedChain,
        _ head: Digest,
        _ entries: [AccessLogEntry]
    ) throws
        -> AccessHeadAnswer
    {
        let (record, inclusion) = try #require(try chain.inclusion(of: .accessHead(head)))
        let proof = RecordProof(
            record: record,
            inclusion: inclusion,
            header: chain.newest,
            certificate: chain.newestCertificate
        )
        return AccessHeadAnswer(proof: proof, entries: entries)
    }

    private func report(_ answers: [AccessHeadAnswer]) -> AccessLogReport {
        verifier.verify(heads: heads, answers: answers, now: Self.now)
    }

    private func faults(withFirstHeadShowing entries: [AccessLogEntry]) -> [AccessLogFault] {
        report([AccessHeadAnswer(proof: answers[0].proof, entries: entries), answers[1]]).faults
    }

    @Test func aCompleteLogIsListedInOrder() throws {
        let shuffled = AccessHeadAnswer(proof: answers[0].proof, entries: answers[0].entries.reversed())
        let report = report([answers[1], shuffled])
        #expect(report.isComplete)
        #expect(report.accesses.map(\.entry.count) == [1, 2, 3, 1])
        #expect(report.accesses.map(\.head) == [heads[0], heads[0], heads[0], heads[1]])
        #expect(
            report.accesses.map { String(decoding: $0.opening ?? [], as: UTF8.self) } == [
                "use 1", "use 3", "use 4", "use 2",
            ]
        )
        #expect(report.headsWithoutRecord == [heads[2]])
        #expect(report.asOf?.header == chain.newest)
    }

    @Test(arguments: 0..<3)
    func everyLeftOutEntryIsMissed(index: Int) {
        var entries = answers[0].entries
        entries.remove(at: index)
        let missing = AccessLogFault.entriesMissing(head: heads[0], counts: 1...UInt64(index + 1))
        // What lies below the gap no longer hangs on the head.
        let loose = (0..<index).map { AccessLogFault.entryNotOnHead(head: heads[0], count: UInt64($0 + 1)) }
        #expect(faults(withFirstHeadShowing: entries) == [missing] + loose)
    }

    @Test func anAnswerWithoutEntriesMissesThemAll() {
        #expect(faults(withFirstHeadShowing: []) == [.entriesMissing(head: heads[0], counts: 1...3)])
    }

    @Test func anInventedEntryIsNotOnTheHead() throws {
        let real = answers[0].entries[2]
        let invented = AccessEntry(
            network: real.entry.network,
            department: real.entry.department,
            transaction: LedgerFixture.transactionID(99),
            count: 4,
            previousEntry: chain.fixture.suite.digest(of: real.entry, domain: .accessEntry),
            commitment: real.entry.commitment
        )
        let entries = answers[0].entries + [AccessLogEntry(entry: invented, opening: real.opening)]
        #expect(faults(withFirstHeadShowing: entries) == [.entryNotOnHead(head: heads[0], count: 4)])
    }

    @Test func anEntryWithoutItsOpeningIsAFault() {
        let entries = answers[0].entries.map { AccessLogEntry(entry: $0.entry, opening: nil) }
        #expect(faults(withFirstHeadShowing: entries) == [3, 2, 1].map { .openingMissing(head: heads[0], count: $0) })
        // A second copy that does have it makes up for that.
        #expect(faults(withFirstHeadShowing: entries + answers[0].entries) == [])
    }

    @Test func anotherEntrysOpeningIsAFault() {
        var entries = answers[0].entries
        entries[1] = AccessLogEntry(entry: entries[1].entry, opening: entries[2].opening)
        let report = report([AccessHeadAnswer(proof: answers[0].proof, entries: entries), answers[1]])
        #expect(report.faults == [.openingWrong(head: heads[0], count: 2)])
        #expect(report.accesses.map { $0.opening == nil } == [false, true, false, false])
    }

    @Test func anAnswerThatWasNotAskedForIsAFault() throws {
        let network = try #require(try chain.inclusion(of: .network))
        let proof = RecordProof(
            record: network.record,
            inclusion: network.proof,
            header: chain.newest,
            certificate: chain.newestCertificate
        )
        let foreign = AccessHeadAnswer(proof: proof, entries: [])
        #expect(report(answers + [foreign, answers[0]]).faults == [.foreignRecord(.network), .repeatedHead(heads[0])])
        let stranger = verifier.verify(heads: [heads[2]], answers: [answers[0]], now: Self.now)
        #expect(stranger.faults == [.foreignRecord(.accessHead(heads[0]))])
        #expect(stranger.asOf == nil)
    }

    @Test func aHeadThatIsNotProvenShowsNothing() throws {
        guard case .accessHead(var record) = answers[0].proof.record else { return }
        record.count = 2
        let proof = RecordProof(
            record: .accessHead(record),
            inclusion: answers[0].proof.inclusion,
            header: answers[0].proof.header,
            certificate: answers[0].proof.certificate
        )
        let report = report([AccessHeadAnswer(proof: proof, entries: answers[0].entries), answers[1]])
        guard case .headNotProven(heads[0], .notInRegister)? = report.faults.first, report.faults.count == 1 else {
            Issue.record("\(report.faults)")
            return
        }
        #expect(report.accesses.map(\.head) == [heads[1]])
    }

    /// A ledger on which a quorum put what no rule allows: the head's one entry is not what the head says.
    @Test func aHeadThatContradictsItsEntryIsNamed() throws {
        func entry(
            network: Digest? = nil,
            department: DepartmentID = LedgerFixture.market,
            count: UInt64 = 2,
            previous: Digest = chain.fixture.digest(1)
        ) -> AccessEntry {
            AccessEntry(
                network: network ?? chain.fixture.network,
                department: department,
                transaction: LedgerFixture.transactionID(1),
                count: count,
                previousEntry: previous,
                commitment: .zero
            )
        }
        let cases: [(UInt64, AccessEntry)] = [
            (2, entry(network: chain.fixture.digest(2))), (2, entry(department: LedgerFixture.housing)),
            (2, entry(count: 3)), (2, entry(previous: .zero)), (1, entry(count: 1)),
        ]
        for (count, entry) in cases {
            let answer = try forgedAnswer(count: count, newest: entry)
            let contradiction = AccessLogFault.entryContradictsHead(head: heads[0], count: count)
            #expect(report([answer]).faults == [contradiction], "\(entry)")
        }
        // What the head does say is followed to the entry that is not shown.
        #expect(
            report([try forgedAnswer(count: 2, newest: entry())]).faults == [
                .openingMissing(head: heads[0], count: 2), .entriesMissing(head: heads[0], counts: 1...1),
            ]
        )
    }

    /// An answer whose register holds nothing but this head, signed by a quorum.
    private func forgedAnswer(count: UInt64, newest: AccessEntry) throws -> AccessHeadAnswer {
        let suite = chain.fixture.suite
        let hasher = MerkleHasher(suite.digestFunction)
        let record = Record.accessHead(
            AccessHeadRecord(
                id: heads[0],
                department: LedgerFixture.market,
                count: count,
                newestEntry: suite.digest(of: newest, domain: .accessEntry),
                changedAt: Height(1)
            )
        )
        let leaf = hasher.leaf(record.canonicalBytes)
        let header = chain.newest.with(registerSize: 1, registerRoot: hasher.root(of: [leaf]))
        let proof = RecordProof(
            record: record,
            inclusion: InclusionProof(position: Position(0), size: 1, path: []),
            header: header,
            certificate: chain.certificate(of: header, parentView: View(1))
        )
        return AccessHeadAnswer(proof: proof, entries: [AccessLogEntry(entry: newest, opening: nil)])
    }

    @Test func anOldAnswerIsAFaultAndStillListed() {
        let late = Self.now.adding(milliseconds: FreshnessPolicy.maximumAgeMillisecondsDefault)
        let report = verifier.verify(heads: heads, answers: [answers[0]], now: late)
        guard case .headNotFresh(heads[0], .tooOld)? = report.faults.first, report.faults.count == 1 else {
            Issue.record("\(report.faults)")
            return
        }
        #expect(report.accesses.count == 3)
    }

    @Test func damagedBytesDecodeToThemselvesOrNotAtAll() {
        var fuzz = DecoderFuzz(seed: 13)
        #expect(fuzz.counterexample(samples: answers, rounds: 10_000) == nil)
    }
}
