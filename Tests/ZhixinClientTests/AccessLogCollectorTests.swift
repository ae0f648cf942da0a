import Credentials
import LedgerModel
import Primitives
import TestKit
import Testing
import ZhixinClient
import ZhixinVerify

@Suite struct AccessLogCollectorTests {
    let fixture: ClientFixture
    let ledger: FixtureLedger
    let keys: WalletKeys
    private(set) var uses: [WalletUse] = []

    /// A wallet whose owner used it three times with one department.
    init() throws {
        fixture = try ClientFixture()
        ledger = try FixtureLedger(fixture)
        keys = try fixture.wallet()
        try ledger.register(keys)
        var random = SeededRandom(seed: 3)
        for number in UInt8(1)...3 {
            var use = try fixture.composer(keys).compose(
                try fixture.review(fixture.request(caseNumber: number)),
                subject: try ledger.subject(keys),
                head: try uses.first.flatMap { try ledger.head($0.head) },
                knownCount: UInt64(number - 1),
                now: ledger.now,
                random: &random
            )
            try ledger.record(use)
            use.state = .decided
            uses.append(use)
        }
    }

    /// The insurance department's node: shows this ledger, and keeps these uses for the subject.
    private func source(
        keeping kept: [WalletUse],
        showsHeads: Bool = true,
        isReachable: Bool = true
    ) throws -> AccessLogCollector.Source {
        let head = uses[0].head
        let proof = try ledger.proof(.accessHead(head))?.canonicalBytes
        let blocks = ledger.blocks.map(\.canonicalBytes)
        let openings = AccessesResponse(
            accesses: kept.map {
                AccessOpeningView(
                    head: $0.head,
                    count: $0.entry.count,
                    opening: $0.submission.opening,
                    salt: $0.submission.openingSalt
                )
            }
        ).jsonBytes
        let transport = ScriptedTransport { request, _ in
            if request.target == "/v1/heads/\(head)", showsHeads, let proof {
                return NodeAnswer(status: 200, body: proof)
            }
            if request.target.hasSuffix("/accesses") { return NodeAnswer(status: 200, body: openings) }
            if request.target == "/v1/blocks?from=1" {
                return NodeAnswer(status: 200, body: blocks.flatMap { UInt32($0.count).canonicalBytes + $0 })
            }
            if request.target.hasPrefix("/v1/blocks") { return NodeAnswer(status: 204) }
            return isReachable ? .problem("access-head-unknown", status: 404) : .problem("overloaded", status: 503)
        }
        let now = ledger.now
        let client = NodeClient(
            address: NodeAddress(isSecure: false, host: "a", port: 1),
            ledger: fixture.ledger,
            transport: transport,
            retry: .never,
            clock: { now }
        )
        return AccessLogCollector.Source(department: ClientFixture.insurance, client: client)
    }

    private func overview(
        remembering remembered: [WalletUse],
        source: AccessLogCollector.Source,
        scans: Bool = false
    ) async throws -> AccessLogOverview {
        var collector = AccessLogCollector(keys: keys, catalogue: fixture.catalogue, uses: remembered)
        let failures = try await collector.collect(from: [source])
        #expect(failures.isEmpty)
        if scans { #expect(try await collector.scan(source.client) == ledger.header.height) }
        return try collector.overview(ledger: fixture.ledger, freshness: FreshnessPolicy(), now: ledger.now)
    }

    @Test func logOfAWalletThatRemembersIsComplete() async throws {
        let overview = try await overview(remembering: uses, source: try source(keeping: uses))
        #expect(overview.verdict == .complete)
        #expect(overview.report.accesses.map(\.entry.count) == [1, 2, 3])
        #expect(overview.notKeptByDepartment.isEmpty)
    }

    @Test func missingEntriesAreNamed() async throws {
        let overview = try await overview(remembering: Array(uses[1...]), source: try source(keeping: uses))
        #expect(overview.verdict == .incomplete)
        #expect(overview.report.faults == [.entriesMissing(head: uses[0].head, counts: 1...1)])
    }

    @Test func walletThatLostItsMemoryFindsEverythingInTheChain() async throws {
        let overview = try await overview(remembering: [], source: try source(keeping: uses), scans: true)
        #expect(overview.verdict == .complete)
        #expect(overview.report.accesses.map(\.entry.count) == [1, 2, 3])
    }

    @Test func departmentThatDoesNotKeepAnOpeningIsNamed() async throws {
        let overview = try await overview(remembering: uses, source: try source(keeping: Array(uses[..<2])))
        #expect(overview.verdict == .complete)
        #expect(overview.notKeptByDepartment.map(\.entry.count) == [3])
    }

    @Test func aDepartmentsWordOnItsOwnHeadIsNotEnough() async throws {
        let overview = try await overview(remembering: [], source: try source(keeping: [], showsHeads: false))
        #expect(overview.verdict == .undetermined && overview.unanswered.count == 1)
    }

    @Test func openingThatNobodyHasIsAFault() async throws {
        let overview = try await overview(remembering: [], source: try source(keeping: Array(uses[1...])), scans: true)
        #expect(overview.report.faults == [.openingMissing(head: uses[0].head, count: 1)])
    }

    @Test func useOnAHeadThatNoNodeShowsIsNamed() async throws {
        let overview = try await overview(remembering: uses, source: try source(keeping: [], showsHeads: false))
        #expect(overview.verdict == .incomplete)
        #expect(overview.hiddenUses.count == 3)
    }

    /// Nobody was asked, and so nothing is known: with uses in the wallet's memory or without.
    @Test(arguments: [true, false]) func withoutAnAnswerNothingIsComplete(remembers: Bool) throws {
        let collector = AccessLogCollector(keys: keys, catalogue: fixture.catalogue, uses: remembers ? uses : [])
        let overview = try collector.overview(ledger: fixture.ledger, freshness: FreshnessPolicy(), now: ledger.now)
        #expect(overview.verdict == .undetermined)
        #expect(overview.unanswered == fixture.catalogue.departments.map(\.id).sorted())
        #expect(overview.hiddenUses.isEmpty)
    }

    /// A node that answers for one head and for no other leaves the others open.
    @Test func aHeadThatNobodyAnsweredForIsNamed() async throws {
        var collector = AccessLogCollector(keys: keys, catalogue: fixture.catalogue, uses: uses)
        let failures = try await collector.collect(from: [try source(keeping: uses, isReachable: false)])
        #expect(failures.map(\.0) == [ClientFixture.insurance])
        let overview = try collector.overview(ledger: fixture.ledger, freshness: FreshnessPolicy(), now: ledger.now)
        #expect(overview.verdict == .undetermined)
        #expect(overview.report.accesses.count == 3)
        #expect(!overview.unanswered.contains(ClientFixture.insurance) && !overview.unanswered.isEmpty)
    }

    @Test func aFaultIsAFaultWhoeverElseDidNotAnswer() async throws {
        var collector = AccessLogCollector(keys: keys, catalogue: fixture.catalogue, uses: Array(uses[1...]))
        _ = try await collector.collect(from: [try source(keeping: [], isReachable: false)])
        let overview = try collector.overview(ledger: fixture.ledger, freshness: FreshnessPolicy(), now: ledger.now)
        #expect(overview.verdict == .incomplete)
    }

    @Test func useThatNeverBecameFinalIsNoFault() async throws {
        var random = SeededRandom(seed: 9)
        let unsent = try fixture.composer(keys).compose(
            try fixture.review(fixture.request(caseNumber: 9)),
            subject: try ledger.subject(keys),
            head: try ledger.head(uses[0].head),
            knownCount: 3,
            now: ledger.now,
            random: &random
        )
        let overview = try await overview(remembering: uses + [unsent], source: try source(keeping: uses))
        #expect(overview.verdict == .complete && overview.report.accesses.count == 3)
    }
}

extension NodeAnswer {
    static func problem(_ code: String, status: Int, retryAfterSeconds: Int64? = nil) -> NodeAnswer {
        let document = ProblemDocument(
            type: "https://zhixin.example/problems/\(code)",
            title: "a problem",
            titleChinese: "问题",
            status: status,
            code: code
        )
        return NodeAnswer(
            status: status,
            contentType: "application/problem+json",
            retryAfterSeconds: retryAfterSeconds,
            body: document.jsonBytes
        )
    }
}
