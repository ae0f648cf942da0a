import Execution
import LedgerModel
import Merkle
import Primitives
import TestKit
import Testing

@Suite struct LedgerRuleTests {
    private let bench = Bench()
    private var fixture: LedgerFixture { bench.fixture }

    // MARK: Batches

    /// [TX-ALL-OR-NOTHING] [CERT-ISSUE]
    @Test func aBatchIsIssuedWholeOrNotAtAll() throws {
        let old = try bench.issue([1])[0]
        let before = bench.ledger.allRecords
        // The last of many is not allowed: the first ones are not issued, and nothing is superseded.
        let digests = (10..<20 as Range<UInt64>).map(fixture.digest)
        let payload = fixture.issue(LedgerFixture.licenceType, digests + [old], replacing: [old])
        #expect(try bench.verdict(bench.department(LedgerFixture.market, payload)) == .certificateExists)
        #expect(bench.ledger.allRecords == before)
        let good = fixture.issue(LedgerFixture.licenceType, digests, replacing: [old])
        #expect(try bench.verdict(bench.department(LedgerFixture.market, good)) == .accepted)
        #expect(bench.ledger.allRecords.count == before.count + 10)
        #expect(try bench.certificate(old)?.status == .superseded)
    }

    @Test func aStatusBatchChangesAllOrNothing() throws {
        let digests = try bench.issue([1, 2, 3])
        try bench.require(bench.department(LedgerFixture.market, fixture.change([digests[2]], to: .revoked)))
        let payload = fixture.change(digests, to: .suspended)
        #expect(try bench.verdict(bench.department(LedgerFixture.market, payload)) == .certificateTransitionNotAllowed)
        #expect(try bench.certificate(digests[0])?.status == .active)
        try bench.require(
            bench.department(LedgerFixture.market, fixture.change(Array(digests.prefix(2)), to: .suspended))
        )
        #expect(try bench.certificate(digests[0])?.status == .suspended)
        #expect(try bench.certificate(digests[1])?.changedAt == bench.ledger.height)
        #expect(try bench.certificate(digests[2])?.status == .revoked)
    }

    @Test(arguments: CertificateStatus.allCases, CertificateStatus.allCases)
    func certificatesChangeOnlyAlongTheAllowedWays(from old: CertificateStatus, to new: CertificateStatus) throws {
        let digest = try bench.issue([1])[0]
        switch old {
        case .active: break
        case .suspended, .revoked:
            try bench.require(bench.department(LedgerFixture.market, fixture.change([digest], to: old)))
        case .superseded: try bench.require(bench.department(LedgerFixture.market, bench.successor(of: digest)))
        }
        let allowed: [(CertificateStatus, CertificateStatus)] = [
            (.active, .suspended), (.suspended, .active), (.active, .revoked), (.suspended, .revoked),
        ]
        let isAllowed = allowed.contains { $0 == (old, new) }
        let verdict = try bench.verdict(bench.department(LedgerFixture.market, fixture.change([digest], to: new)))
        #expect(verdict == (isAllowed ? .accepted : .certificateTransitionNotAllowed))
        #expect(try bench.certificate(digest)?.status == (isAllowed ? new : old))
    }

    @Test(arguments: CertificateStatus.allCases)
    func onlyActiveAndSuspendedCertificatesAreSuperseded(status: CertificateStatus) throws {
        let digest = try bench.issue([1])[0]
        switch status {
        case .active: break
        case .suspended, .revoked:
            try bench.require(bench.department(LedgerFixture.market, fixture.change([digest], to: status)))
        case .superseded:
            let first = fixture.issue(LedgerFixture.licenceType, [fixture.digest(7)], replacing: [digest])
            try bench.require(bench.department(LedgerFixture.market, first))
        }
        let isAllowed = status == .active || status == .suspended
        let verdict = try bench.verdict(bench.department(LedgerFixture.market, bench.successor(of: digest)))
        #expect(verdict == (isAllowed ? .accepted : .certificateTransitionNotAllowed))
        #expect(try bench.certificate(fixture.digest(0x5ccc))?.status == (isAllowed ? .active : nil))
    }

    /// [CERT-SUPERSEDE]
    @Test func aCertificateCannotReplaceOneOfItsOwnBatch() throws {
        let digests = [fixture.digest(1), fixture.digest(2)]
        let payload = fixture.issue(LedgerFixture.licenceType, digests, replacing: [nil, digests[0]])
        #expect(try bench.verdict(bench.department(LedgerFixture.market, payload)) == .certificateUnknown)
    }

    /// [REGISTER]
    @Test func certificatesKeepTheirPositions() throws {
        let digests = try bench.issue([1, 2])
        let positions = try digests.map { try bench.state.position(of: .certificate($0)) }
        try bench.require(bench.department(LedgerFixture.market, fixture.change([digests[0]], to: .revoked)))
        #expect(try digests.map { try bench.state.position(of: .certificate($0)) } == positions)
        #expect(positions[1]?.rawValue == positions[0].map { $0.rawValue + 1 })
    }

    // MARK: Subjects

    @Test(arguments: SubjectStatus.allCases, SubjectStatus.allCases)
    func subjectsChangeOnlyAlongTheAllowedWays(from old: SubjectStatus, to new: SubjectStatus) throws {
        try bench.register(1)
        if old != .active { try bench.setStatus(1, old) }
        let isAllowed = old != .deactivated && old != new
        let verdict = try bench.verdict(bench.department(LedgerFixture.police, bench.status(of: 1, new)))
        #expect(verdict == (isAllowed ? .accepted : .subjectTransitionNotAllowed))
        #expect(try bench.subjectRecord(1)?.status == (isAllowed ? new : old))
    }

    /// [SUBJECT-ROTATE]
    @Test func aRotatedKeyActsAndTheOldOneNoLonger() throws {
        try bench.register(1)
        let old = fixture.subjectSigner(1)
        let new = fixture.subjectSigner(2)
        try bench.require(bench.subject(1, id: 7, signer: old, fixture.rotation(to: new, id: 7)))
        #expect(try bench.subjectRecord(1)?.key == new.publicKey)
        #expect(try bench.subjectRecord(1)?.accessHeadSet == fixture.digest(7 ^ 0xcccc))
        let byOld = bench.subject(1, id: 8, signer: old, fixture.rotation(to: old, id: 8))
        #expect(try bench.verdict(byOld) == .signatureInvalid)
        try bench.require(bench.subject(1, id: 9, signer: new, fixture.rotation(to: old, id: 9)))
    }

    @Test func aKeyThatWasCheckedBeforeItChangedIsCheckedAgain() throws {
        try bench.register(1)
        let old = fixture.subjectSigner(1)
        let late = bench.subject(1, id: 8, signer: old, fixture.rotation(to: fixture.subjectSigner(3), id: 8))
        let checked = try #require(VerifiedTransaction(late, authorKey: old.publicKey, suite: fixture.suite))
        let rotation = bench.subject(1, id: 7, signer: old, fixture.rotation(to: fixture.subjectSigner(2), id: 7))
        let context = BlockContext(view: View(50), timestamp: bench.now, proposer: ReplicaIndex(0))
        let block = try fixture.executor.execute(
            [.unverified(rotation), .verified(checked)],
            context: context,
            on: bench.state
        )
        #expect(block.verdicts == [.accepted, .signatureInvalid])
    }

    // MARK: Access heads

    /// [ACCESS-CHAIN]
    @Test func headsCountAndChainTheirEntries() throws {
        var newest = Digest.zero
        for count in 1...5 as ClosedRange<UInt64> {
            newest = try bench.access(head: 1, count: count, previous: newest, id: count)
            let head = try #require(try bench.head(1))
            #expect(head.count == count && head.newestEntry == newest && head.department == LedgerFixture.housing)
            #expect(head.changedAt == bench.ledger.height)
        }
        try bench.access(head: 2, count: 1, previous: .zero, id: 9)
        #expect(try bench.head(1)?.count == 5)
    }

    @Test func entriesOfOneBlockFollowEachOther() throws {
        let first = fixture.access(head: 1, department: LedgerFixture.housing, id: 1, count: 1, previous: .zero)
        let link = fixture.entryDigest(first, department: LedgerFixture.housing, id: 1)
        let second = fixture.access(head: 1, department: LedgerFixture.housing, id: 2, count: 2, previous: link)
        let transactions = [
            bench.department(LedgerFixture.housing, id: 1, .recordAccess(first)),
            bench.department(LedgerFixture.housing, id: 2, .recordAccess(second)),
        ]
        let backwards = try bench.execute(transactions.reversed()).verdicts
        #expect(backwards == [.accessCountOutOfOrder, .accepted])
        #expect(try bench.commit(transactions) == [.accepted, .accepted])
        #expect(try bench.head(1)?.count == 2)
    }

    @Test func anEntrySignedForAnotherDepartmentIsNotAccepted() throws {
        let access = fixture.access(head: 1, department: LedgerFixture.housing, id: 1, count: 1, previous: .zero)
        let stolen = bench.department(LedgerFixture.market, id: 1, .recordAccess(access))
        #expect(try bench.verdict(stolen) == .signatureInvalid)
        #expect(try bench.head(1) == nil)
    }

    // MARK: Once only

    /// [TX-ONCE] [TX-AUTHOR]
    @Test func anIdIsUsedUpByWhateverItsAuthorSigned() throws {
        // Refused for its content, and still used up.
        let bad = bench.department(LedgerFixture.market, id: 1, fixture.decision(case: 1, version: 9))
        #expect(try bench.verdict(bad) == .matterVersionNotCurrent)
        let good = bench.department(LedgerFixture.market, id: 1, fixture.decision(case: 1))
        #expect(try bench.verdict(good) == .repeated)
        // Another author's id of the same value is another id.
        let other = bench.department(LedgerFixture.health, id: 1, fixture.decision(case: 1))
        #expect(try bench.verdict(other) == .matterOfOtherDepartment)
    }

    @Test func anUnsignedCopyDoesNotUseUpAnId() throws {
        let good = bench.department(LedgerFixture.market, id: 1, fixture.decision(case: 1))
        let copy = fixture.sealed(good.transaction.body, signer: fixture.departmentSigner(LedgerFixture.police))
        #expect(try bench.commit([copy, good, good, copy]) == [.signatureInvalid, .accepted, .repeated, .repeated])
    }

    @Test func aSuspendedAuthorsIdIsUsedUpOnlyByItsSignature() throws {
        try bench.register(1)
        try bench.setStatus(1, .suspended)
        let rotation = fixture.rotation(to: fixture.subjectSigner(2), id: 7)
        let own = bench.subject(1, id: 7, signer: fixture.subjectSigner(1), rotation)
        let foreign = bench.subject(1, id: 7, signer: fixture.subjectSigner(5), rotation)
        #expect(try bench.commit([foreign, own, own]) == [.signatureInvalid, .authorSuspended, .repeated])
    }

    @Test func anIdIsRememberedUntilItsExpiryHasPassed() throws {
        let expiry = bench.now.adding(milliseconds: 10_000)
        let first = fixture.transaction(by: LedgerFixture.market, id: 1, expiry: expiry, fixture.decision(case: 1))
        #expect(try bench.verdict(first) == .accepted)
        func again(at time: Timestamp) throws -> Verdict {
            let expiry = time.adding(milliseconds: 1000)
            let other = fixture.transaction(by: LedgerFixture.market, id: 1, expiry: expiry, fixture.decision(case: 2))
            return try bench.execute([other], at: time).verdicts[0]
        }
        // Whether the store has forgotten the id by then or not makes no difference.
        let after = expiry.adding(milliseconds: 1)
        #expect(try again(at: expiry) == .repeated)
        #expect(try again(at: after) == .accepted)
        try bench.commit([], at: expiry)
        #expect(try again(at: after) == .accepted)
        try bench.commit([], at: after)
        #expect(try again(at: after.adding(milliseconds: 1)) == .accepted)
        // The first transaction itself can come no more.
        #expect(try bench.execute([first], at: after).verdicts == [.expired])
    }

    @Test func refusedForTimeDoesNotUseUpAnId() throws {
        let early = fixture.transaction(
            by: LedgerFixture.market,
            id: 1,
            expiry: bench.now.adding(milliseconds: 601_000),
            fixture.decision(case: 1)
        )
        #expect(try bench.verdict(early) == .expiryTooFar)
        #expect(try bench.verdict(early) == .accepted)
    }
}
