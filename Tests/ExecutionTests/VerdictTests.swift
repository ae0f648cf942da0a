import Execution
import LedgerModel
import Merkle
import Primitives
import TestKit
import Testing

/// One way to a verdict: what is executed before, and the transaction that is judged.
struct VerdictCase: CustomTestStringConvertible, Sendable {
    let name: String
    let expected: Verdict
    let make: @Sendable (Bench) throws -> SealedTransaction
    var testDescription: String { name }

    init(_ expected: Verdict, _ name: String, _ make: @escaping @Sendable (Bench) throws -> SealedTransaction) {
        self.expected = expected
        self.name = name
        self.make = make
    }
}

@Suite struct VerdictTests {
    @Test(arguments: VerdictCase.all)
    func eachRuleHasItsVerdict(example: VerdictCase) throws {
        let bench = Bench()
        let transaction = try example.make(bench)
        let before = bench.ledger.allRecords
        let verdict = try bench.verdict(transaction)
        #expect(verdict == example.expected)
        // Whatever is refused changes nothing.
        if verdict != .accepted { #expect(bench.ledger.allRecords == before) }
    }

    @Test func everyVerdictIsReached() {
        #expect(Set(VerdictCase.all.map(\.expected)) == Set(Verdict.allCases))
    }

    /// A transaction that breaks every general rule, mended one rule after the other.
    /// [TX-NETWORK] [TX-EXPIRY] [TX-AUTHOR] [SUBJECT-REGISTER] [SUBJECT-STATUS] [CERT-STATUS] [CASE-RECORD]
    @Test func theFirstBrokenRuleDecides() throws {
        let bench = Bench()
        let fixture = bench.fixture
        try bench.commit([bench.department(LedgerFixture.police, id: 1, fixture.registration(subject: 1, id: 1))])
        let rotation = fixture.rotation(to: fixture.subjectSigner(1), id: 50)
        let used = bench.subject(1, id: 50, signer: fixture.subjectSigner(1), rotation)
        #expect(try bench.verdict(used) == .accepted)
        let suspension = Payload.setSubjectStatus(
            SubjectStatusChange(subject: fixture.subjectID(1), status: .suspended)
        )
        try bench.commit([bench.department(LedgerFixture.police, suspension)])

        let now = bench.now
        let expired = Timestamp(now.rawValue - 1)
        let far = now.adding(milliseconds: 600_001)
        let good = now.adding(milliseconds: 600_000)
        let subject = Author.subject(fixture.subjectID(1))
        let stranger = Author.subject(fixture.subjectID(77))
        let own = fixture.subjectSigner(1)
        let other = fixture.subjectSigner(2)
        // What a subject may not ask for, and malformed besides.
        let foreign = fixture.issue(LedgerFixture.licenceType, [])
        func verdict(
            _ network: Digest,
            _ author: Author,
            _ id: UInt64,
            _ expiry: Timestamp,
            _ signer: FakeSigner
        ) throws -> Verdict {
            let body = TransactionBody(
                network: network,
                author: author,
                id: LedgerFixture.transactionID(id),
                expiry: expiry,
                payload: foreign
            )
            return try bench.execute([fixture.sealed(body, signer: signer)], at: now).verdicts[0]
        }
        #expect(try verdict(.zero, subject, 50, expired, other) == .networkMismatch)
        #expect(try verdict(fixture.network, subject, 50, expired, other) == .expired)
        #expect(try verdict(fixture.network, subject, 50, far, other) == .expiryTooFar)
        #expect(try verdict(fixture.network, subject, 50, good, other) == .repeated)
        #expect(try verdict(fixture.network, stranger, 51, good, other) == .authorUnknown)
        #expect(try verdict(fixture.network, subject, 51, good, other) == .signatureInvalid)
        #expect(try verdict(fixture.network, subject, 51, good, own) == .authorSuspended)
        let resumption = Payload.setSubjectStatus(SubjectStatusChange(subject: fixture.subjectID(1), status: .active))
        try bench.commit([bench.department(LedgerFixture.police, resumption)], at: now)
        #expect(try verdict(fixture.network, subject, 51, good, own) == .authorNotAllowed)
    }

    @Test(
        arguments: [
            (-60_001, Verdict.expired), (-1, .expired), (0, .accepted), (1, .accepted), (600_000, .accepted),
            (600_001, .expiryTooFar),
        ] as [(Int, Verdict)]
    )
    func expiriesLieBetweenBlockTimeAndBlockTimePlusLifetime(difference: Int, expected: Verdict) throws {
        let bench = Bench()
        let time = bench.now
        let expiry = Timestamp(UInt64(Int(time.rawValue) + difference))
        let payload = bench.fixture.decision(case: 1)
        let transaction = bench.fixture.transaction(by: LedgerFixture.market, id: 1, expiry: expiry, payload)
        #expect(try bench.verdict(transaction, at: time) == expected)
    }

    @Test func theLatestExpiryThereIsIsTooFarUnlessTimeIsAtItsEnd() throws {
        let bench = Bench()
        let payload = bench.fixture.decision(case: 1)
        let transaction = bench.fixture.transaction(by: LedgerFixture.market, id: 1, expiry: Timestamp(.max), payload)
        #expect(try bench.execute([transaction]).verdicts == [.expiryTooFar])
        #expect(try bench.execute([transaction], at: Timestamp(.max - 5)).verdicts == [.accepted])
    }
}

extension VerdictCase {
    static let all: [VerdictCase] = general + subjects + certificates + accessRecords + cases + governance

    private static let general: [VerdictCase] = [
        VerdictCase(.networkMismatch, "another network's transaction") { bench in
            let other = LedgerFixture(seed: 10)
            return other.transaction(by: LedgerFixture.market, id: 1, expiry: bench.now, other.decision(case: 1))
        },
        VerdictCase(.expired, "too late") { bench in
            let expiry = Timestamp(bench.now.rawValue - 1)
            return bench.fixture.transaction(
                by: LedgerFixture.market,
                id: 1,
                expiry: expiry,
                bench.fixture.decision(case: 1)
            )
        },
        VerdictCase(.expiryTooFar, "too early") { bench in
            let expiry = bench.now.adding(milliseconds: 600_001)
            return bench.fixture.transaction(
                by: LedgerFixture.market,
                id: 1,
                expiry: expiry,
                bench.fixture.decision(case: 1)
            )
        },
        VerdictCase(.repeated, "an id used before") { bench in
            try bench.commit([bench.department(LedgerFixture.market, id: 1, bench.fixture.decision(case: 1))])
            return bench.department(LedgerFixture.market, id: 1, bench.fixture.decision(case: 2))
        },
        VerdictCase(.authorUnknown, "an unknown department") { bench in
            bench.department(DepartmentID(99), bench.fixture.decision(case: 1))
        },
        VerdictCase(.authorUnknown, "an unknown subject") { bench in
            bench.subject(
                5,
                id: 1,
                signer: bench.fixture.subjectSigner(5),
                bench.fixture.rotation(to: bench.fixture.subjectSigner(6), id: 1)
            )
        },
        VerdictCase(.authorSuspended, "a suspended subject") { bench in
            let fixture = bench.fixture
            try bench.register(1)
            try bench.setStatus(1, .suspended)
            let rotation = fixture.rotation(to: fixture.subjectSigner(2), id: 7)
            return bench.subject(1, id: 7, signer: fixture.subjectSigner(1), rotation)
        },
        VerdictCase(.signatureInvalid, "another department's signature") { bench in
            let body = bench.fixture.body(
                .department(LedgerFixture.market),
                id: 1,
                expiry: bench.now,
                bench.fixture.decision(case: 1)
            )
            return bench.fixture.sealed(body, signer: bench.fixture.departmentSigner(LedgerFixture.health))
        },
        VerdictCase(.signatureInvalid, "a proof of possession made for another transaction") { bench in
            bench.department(LedgerFixture.police, id: 2, bench.fixture.registration(subject: 1, id: 1))
        },
        VerdictCase(.authorNotAllowed, "a department rotates a key") { bench in
            let rotation = bench.fixture.rotation(to: bench.fixture.subjectSigner(1), id: 1)
            return bench.department(LedgerFixture.police, id: 1, rotation)
        },
        VerdictCase(.authorNotAllowed, "a subject decides a case") { bench in
            try bench.register(1)
            return bench.subject(1, id: 1, signer: bench.fixture.subjectSigner(1), bench.fixture.decision(case: 1))
        },
        VerdictCase(.contentMalformed, "an empty batch") { bench in
            bench.department(LedgerFixture.market, bench.fixture.issue(LedgerFixture.licenceType, []))
        },
        VerdictCase(.contentMalformed, "no change") { bench in
            bench.department(LedgerFixture.market, bench.fixture.change([], to: .revoked))
        },
        VerdictCase(.contentMalformed, "two changes of one certificate") { bench in
            let digest = try bench.issue([1])[0]
            return bench.department(LedgerFixture.market, bench.fixture.change([digest, digest], to: .revoked))
        },
    ]

    private static let subjects: [VerdictCase] = [
        VerdictCase(.accepted, "a registration") { bench in
            bench.department(LedgerFixture.police, id: 1, bench.fixture.registration(subject: 1, id: 1))
        },
        VerdictCase(.subjectExists, "a key that was registered before") { bench in
            try bench.register(1)
            return bench.department(LedgerFixture.health, id: 2, bench.fixture.registration(subject: 1, id: 2))
        },
        VerdictCase(.subjectUnknown, "a status of nobody") { bench in
            bench.department(LedgerFixture.police, bench.status(of: 1, .suspended))
        },
        VerdictCase(.subjectNotAttestedByAuthor, "a status by another department") { bench in
            try bench.register(1)
            return bench.department(LedgerFixture.market, bench.status(of: 1, .suspended))
        },
        VerdictCase(.subjectTransitionNotAllowed, "back from deactivation") { bench in
            try bench.register(1)
            try bench.setStatus(1, .deactivated)
            return bench.department(LedgerFixture.police, bench.status(of: 1, .active))
        },
    ]

    private static let certificates: [VerdictCase] = [
        VerdictCase(.certificateTypeUnknown, "an unknown type") { bench in
            bench.department(LedgerFixture.market, bench.fixture.issue(CertificateTypeID(9), [bench.fixture.digest(1)]))
        },
        VerdictCase(.issuerNotAuthorised, "a type of others") { bench in
            let payload = bench.fixture.issue(LedgerFixture.identityType, [bench.fixture.digest(1)])
            return bench.department(LedgerFixture.market, payload)
        },
        VerdictCase(.validityMalformed, "an end that is no later than the beginning") { bench in
            let certificate = IssuedCertificate(
                commitment: bench.fixture.digest(1),
                validFromSeconds: 5,
                validUntilSeconds: 5,
                replaces: nil
            )
            let batch = CertificateBatch(type: LedgerFixture.licenceType, certificates: [certificate])
            return bench.department(LedgerFixture.market, .issueCertificates(batch))
        },
        VerdictCase(.certificateExists, "a commitment used before") { bench in
            let digests = try bench.issue([1])
            return bench.department(LedgerFixture.health, bench.fixture.issue(LedgerFixture.licenceType, digests))
        },
        VerdictCase(.certificateExists, "one commitment twice in a batch") { bench in
            let digest = bench.fixture.digest(1)
            return bench.department(
                LedgerFixture.market,
                bench.fixture.issue(LedgerFixture.licenceType, [digest, digest])
            )
        },
        VerdictCase(.certificateUnknown, "a change of nothing") { bench in
            bench.department(LedgerFixture.market, bench.fixture.change([bench.fixture.digest(1)], to: .revoked))
        },
        VerdictCase(.certificateUnknown, "a successor of nothing") { bench in
            bench.department(LedgerFixture.market, bench.successor(of: bench.fixture.digest(1)))
        },
        VerdictCase(.certificateNotIssuedByAuthor, "a change by another issuer") { bench in
            let digests = try bench.issue([1])
            return bench.department(LedgerFixture.health, bench.fixture.change(digests, to: .revoked))
        },
        VerdictCase(.certificateNotIssuedByAuthor, "a successor by another issuer") { bench in
            let digests = try bench.issue([1])
            return bench.department(LedgerFixture.health, bench.successor(of: digests[0]))
        },
        VerdictCase(.certificateTypeMismatch, "a successor of another type") { bench in
            // Only a department that issues both types comes this far.
            let digest = bench.fixture.digest(1)
            try bench.commit([
                bench.department(LedgerFixture.health, bench.fixture.issue(LedgerFixture.permitType, [digest]))
            ])
            return bench.department(LedgerFixture.health, bench.successor(of: digest))
        },
        VerdictCase(.certificateTransitionNotAllowed, "back from revocation") { bench in
            let digests = try bench.issue([1])
            try bench.commit([bench.department(LedgerFixture.market, bench.fixture.change(digests, to: .revoked))])
            return bench.department(LedgerFixture.market, bench.fixture.change(digests, to: .active))
        },
        VerdictCase(.certificateTransitionNotAllowed, "two successors of one certificate") { bench in
            let old = try bench.issue([1])[0]
            let payload = bench.fixture.issue(
                LedgerFixture.licenceType,
                [bench.fixture.digest(2), bench.fixture.digest(3)],
                replacing: [old, old]
            )
            return bench.department(LedgerFixture.market, payload)
        },
    ]

    private static let accessRecords: [VerdictCase] = [
        VerdictCase(.accessHeadOfOtherDepartment, "a head that another department uses") { bench in
            let newest = try bench.access(head: 1, count: 1, previous: .zero, id: 1)
            let access = bench.fixture.access(
                head: 1,
                department: LedgerFixture.market,
                id: 2,
                count: 2,
                previous: newest
            )
            return bench.department(LedgerFixture.market, id: 2, .recordAccess(access))
        },
        VerdictCase(.accessCountOutOfOrder, "a first entry that is not number 1") { bench in
            let access = bench.fixture.access(
                head: 1,
                department: LedgerFixture.housing,
                id: 1,
                count: 2,
                previous: .zero
            )
            return bench.department(LedgerFixture.housing, id: 1, .recordAccess(access))
        },
        VerdictCase(.accessCountOutOfOrder, "a number left out") { bench in
            let newest = try bench.access(head: 1, count: 1, previous: .zero, id: 1)
            let access = bench.fixture.access(
                head: 1,
                department: LedgerFixture.housing,
                id: 2,
                count: 3,
                previous: newest
            )
            return bench.department(LedgerFixture.housing, id: 2, .recordAccess(access))
        },
        VerdictCase(.accessEntryMismatch, "a first entry with a predecessor") { bench in
            let previous = bench.fixture.digest(1)
            let access = bench.fixture.access(
                head: 1,
                department: LedgerFixture.housing,
                id: 1,
                count: 1,
                previous: previous
            )
            return bench.department(LedgerFixture.housing, id: 1, .recordAccess(access))
        },
        VerdictCase(.accessEntryMismatch, "another predecessor than the newest entry") { bench in
            try bench.access(head: 1, count: 1, previous: .zero, id: 1)
            let access = bench.fixture.access(
                head: 1,
                department: LedgerFixture.housing,
                id: 2,
                count: 2,
                previous: .zero
            )
            return bench.department(LedgerFixture.housing, id: 2, .recordAccess(access))
        },
    ]

    private static let cases: [VerdictCase] = [
        VerdictCase(.matterUnknown, "an unknown matter") { bench in
            let payload = bench.fixture.decision(case: 1, matter: LedgerFixture.code("nothing"))
            return bench.department(LedgerFixture.market, payload)
        },
        VerdictCase(.matterVersionNotCurrent, "an old version") { bench in
            bench.department(LedgerFixture.market, bench.fixture.decision(case: 1, version: 2))
        },
        VerdictCase(.matterVersionNotCurrent, "a future version") { bench in
            bench.department(LedgerFixture.market, bench.fixture.decision(case: 1, version: 4))
        },
        VerdictCase(.matterOfOtherDepartment, "a matter of another department") { bench in
            bench.department(LedgerFixture.housing, bench.fixture.decision(case: 1))
        },
        VerdictCase(.caseExists, "a case decided before") { bench in
            try bench.commit([bench.department(LedgerFixture.market, bench.fixture.decision(case: 1))])
            return bench.department(LedgerFixture.market, bench.fixture.decision(case: 1))
        },
    ]
}

/// Steps towards a verdict, each of which must be accepted.
extension Bench {
    struct StepRefused: Error { let verdicts: [Verdict] }

    func require(_ transaction: SealedTransaction) throws {
        let verdicts = try commit([transaction])
        guard verdicts == [.accepted] else { throw StepRefused(verdicts: verdicts) }
    }

    func register(_ subject: UInt64) throws {
        let id = self.id()
        try require(department(LedgerFixture.police, id: id, fixture.registration(subject: subject, id: id)))
    }

    func status(of subject: UInt64, _ status: SubjectStatus) -> Payload {
        .setSubjectStatus(SubjectStatusChange(subject: fixture.subjectID(subject), status: status))
    }

    func setStatus(_ subject: UInt64, _ status: SubjectStatus) throws {
        try require(department(LedgerFixture.police, self.status(of: subject, status)))
    }

    /// Issues licences of `market` and gives their commitments.
    @discardableResult
    func issue(_ numbers: [UInt64]) throws -> [Digest] {
        let digests = numbers.map(fixture.digest)
        try require(department(LedgerFixture.market, fixture.issue(LedgerFixture.licenceType, digests)))
        return digests
    }

    func successor(of digest: Digest) -> Payload {
        fixture.issue(LedgerFixture.licenceType, [fixture.digest(0x5ccc)], replacing: [digest])
    }

    /// Puts an entry of `housing` on a head and gives its digest.
    @discardableResult
    func access(head: UInt64, count: UInt64, previous: Digest, id: UInt64) throws -> Digest {
        let access = fixture.access(
            head: head,
            department: LedgerFixture.housing,
            id: id,
            count: count,
            previous: previous
        )
        try require(department(LedgerFixture.housing, id: id, .recordAccess(access)))
        return fixture.entryDigest(access, department: LedgerFixture.housing, id: id)
    }
}
