import Consensus
import Primitives
import TestKit
import Testing

/// Every form on the wire and in the journal: canonical, bounded, and harmless whatever the bytes are.
struct CodingTests {
    private let bench = Bench(count: 9)
    private let a = Bench.payload("a")

    private var ballots: [Ballot] {
        [bench.notarise(3, parent: 1, a), bench.nullify(3), bench.finalise(1 << 62, parent: 0, a)]
    }

    private var votes: [Vote] { ballots.map { bench.vote($0, by: 3) } }

    private var certificates: [QuorumCertificate] { ballots.map { bench.certificate($0) } }

    private var messages: [ConsensusMessage] {
        votes.map { .vote($0) } + certificates.map { .certificate($0) } + [
            .proposal(Proposal(vote: votes[0])!),
            .certificateRequest(
                CertificateRequest(
                    epoch: .zero,
                    finalisedView: View(1),
                    notarisations: [View(2), View(9)],
                    nullifications: [View(3)]
                )
            ),
            .echoRequest(Epoch(4)),
            .echo(VoteEcho(epoch: .zero, votes: votes)),
        ]
    }

    private var records: [JournalRecord] {
        votes.map { .vote($0) } + certificates.map { .certificate($0) } + [
            .certification(Certification(epoch: .zero, view: View(3), payload: a, endsEpoch: true)),
            .floor(epoch: Epoch(1), view: View(3)),
        ]
            + [
                .keyNotInSet, .unknownOwnVote(votes[0]), .damagedJournal, .missingJournal, .unknownProtocolVersion,
                .signingFailed,
            ].map { .refused($0) }
    }

    @Test func decodersAcceptOnlyCanonicalForms() {
        var fuzz = DecoderFuzz(seed: 1)
        #expect(fuzz.counterexample(samples: messages, rounds: 20_000) == nil)
        #expect(fuzz.counterexample(samples: records, rounds: 10_000) == nil)
        #expect(fuzz.counterexample(samples: [bench.validators], rounds: 5000) == nil)
        #expect(fuzz.counterexample(samples: [ConsensusParameters.initial], rounds: 5000) == nil)
        let evidence = Evidence(votes[1], bench.vote(bench.finalise(3, parent: 1, a), by: 3))!
        #expect(fuzz.counterexample(samples: [evidence], rounds: 5000) == nil)
    }

    /// Failure case 9: any bytes may arrive; the voter lives on and keeps to its rules.
    @Test func damagedMessagesNeverStopAVoter() throws {
        var fuzz = DecoderFuzz(seed: 2)
        var random = SeededRandom(seed: 3)
        var bench = Bench(own: 0)
        let small = Bench(own: 1)
        let a = Bench.payload("a")
        let samples: [ConsensusMessage] = (1...3).flatMap { view -> [ConsensusMessage] in
            let view = UInt64(view)
            let notarise = small.notarise(view, parent: 0, a)
            return [
                .vote(small.vote(notarise, by: UInt16(view))),
                .vote(small.vote(small.nullify(view), by: 2)),
                .certificate(small.certificate(small.nullify(view))),
                .certificate(small.certificate(notarise, by: [1, 2, 3])),
                .certificateRequest(CertificateRequest(epoch: .zero, finalisedView: .zero)),
                .echoRequest(.zero),
                .echo(VoteEcho(epoch: .zero, votes: [small.vote(small.nullify(view), by: 2)])),
            ]
        }
        let encoded = samples.map(\.canonicalBytes)
        _ = bench.work()
        var decodedCount = 0
        for _ in 0..<20_000 {
            guard let message = try? ConsensusMessage(canonicalBytes: fuzz.damaged(encoded)) else { continue }
            decodedCount += 1
            bench.milliseconds += UInt64.random(in: 0...20, using: &random)
            _ = bench.step(.message(message, from: ReplicaIndex(UInt16.random(in: 0...5, using: &random))))
            if bench.milliseconds % 7 == 0 { _ = bench.step(.tick) }
        }
        #expect(decodedCount > 1000)
        #expect(bench.voter.finalised.view == .zero)
    }

    /// Values that no decoder makes must not break a voter either.
    @Test func impossibleMessagesAreRefused() {
        var bench = Bench(own: 0)
        let beyond = Ballot.nullify(epoch: .zero, view: View(.max))
        #expect(bench.receive(bench.vote(beyond, by: 2)).misbehaviours == [.malformed])
        #expect(bench.receive(bench.certificate(beyond)).misbehaviours == [.malformed])
        let turned = Ballot.notarise(epoch: .zero, view: View(3), parentView: View(3), payload: a)
        #expect(bench.receive(bench.vote(turned, by: 2)).misbehaviours == [.malformed])
        let many = CertificateRequest(
            epoch: .zero,
            finalisedView: .zero,
            notarisations: (1...65).map { View($0) }
        )
        let effects = bench.step(.message(.certificateRequest(many), from: ReplicaIndex(2)))
        #expect(effects.misbehaviours == [.malformed])
    }

    /// Inputs in no sensible order: answers nobody asked for, views that never were.
    @Test func answersNobodyAskedForChangeNothing() {
        var random = SeededRandom(seed: 4)
        var bench = Bench(own: 0)
        for _ in 0..<5000 {
            let view = View(UInt64.random(in: 0...6, using: &random))
            let payload = Bench.payload("\(Int.random(in: 0...2, using: &random))")
            let input: VoterInput
            switch Int.random(in: 0..<4, using: &random) {
            case 0: input = .built(view: view, payload: payload, endsEpoch: false)
            case 1: input = .checked(view: view, payload: payload, purpose: .vote, outcome: .invalid)
            case 2: input = .checked(view: view, payload: payload, purpose: .certify, outcome: .invalid)
            default: input = .connected(ReplicaIndex(UInt16.random(in: 0...9, using: &random)))
            }
            #expect(bench.step(input).castKinds == [])
        }
        #expect(bench.voter.currentView == View(1))
    }

    @Test(
        arguments: [
            [0x03], [0x00, 0, 0], [0x09], [],
        ] as [[UInt8]]
    )
    func shortOrUnknownBytesAreRefused(bytes: [UInt8]) {
        #expect(throws: DecodeError.self) { try ConsensusMessage(canonicalBytes: bytes) }
    }

    @Test func requestListsAscendAndAreBounded() throws {
        let full = CertificateRequest(
            epoch: .zero,
            finalisedView: .zero,
            notarisations: (1...32).map { View($0) },
            nullifications: (1...32).map { View($0) }
        )
        #expect(try CertificateRequest(canonicalBytes: full.canonicalBytes) == full)
        let over = CertificateRequest(
            epoch: .zero,
            finalisedView: .zero,
            notarisations: (1...33).map { View($0) },
            nullifications: (1...32).map { View($0) }
        )
        #expect(throws: DecodeError.lengthOverLimit(found: 32, limit: 31)) {
            try CertificateRequest(canonicalBytes: over.canonicalBytes)
        }
        let twice = CertificateRequest(epoch: .zero, finalisedView: .zero, notarisations: [View(2), View(2)])
        #expect(throws: DecodeError.self) { try CertificateRequest(canonicalBytes: twice.canonicalBytes) }
    }

    @Test func echoesHoldThreeVotesAtMost() {
        let over = VoteEcho(epoch: .zero, votes: votes + [votes[0]])
        #expect(throws: DecodeError.lengthOverLimit(found: 4, limit: 3)) {
            try VoteEcho(canonicalBytes: over.canonicalBytes)
        }
    }

    @Test(
        arguments: [
            (1, 16, 0, 1, true), (60_000, 65_536, 86_400_000, 3_600_000, true), (0, 256, 5000, 2000, false),
            (60_001, 256, 5000, 2000, false), (100, 15, 5000, 2000, false), (100, 65_537, 5000, 2000, false),
            (100, 256, 999, 2000, false), (100, 256, 1000, 2000, true), (100, 256, 86_400_001, 2000, false),
            (100, 256, 5000, 0, false), (100, 256, 5000, 3_600_001, false),
        ] as [(UInt32, UInt32, UInt32, UInt32, Bool)]
    )
    func parametersStayWithinTheirRanges(
        delta: UInt32,
        retention: UInt32,
        heartbeat: UInt32,
        clockAhead: UInt32,
        isAllowed: Bool
    ) {
        let parameters = ConsensusParameters(
            deltaMilliseconds: delta,
            retentionViews: retention,
            heartbeatMilliseconds: heartbeat,
            clockAheadMilliseconds: clockAhead
        )
        #expect(parameters.isWithinLimits == isAllowed)
        #expect(((try? ConsensusParameters(canonicalBytes: parameters.canonicalBytes)) != nil) == isAllowed)
    }
}
