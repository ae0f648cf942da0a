import Credentials
import Cryptography
import LedgerModel
import Merkle
import Primitives
import TestKit
import Testing
import ZhixinClient

@Suite struct AuthorisationComposerTests {
    let fixture: ClientFixture
    let ledger: FixtureLedger
    let keys: WalletKeys

    init() throws {
        fixture = try ClientFixture()
        ledger = try FixtureLedger(fixture)
        keys = try fixture.wallet()
    }

    private func compose(
        _ caseNumber: UInt8 = 1,
        head: AccessHeadRecord? = nil,
        knownCount: UInt64 = 0,
        now: Timestamp? = nil
    ) throws -> WalletUse {
        var random = SeededRandom(seed: UInt64(caseNumber))
        return try fixture.composer(keys).compose(
            try fixture.review(fixture.request(caseNumber: caseNumber)),
            subject: try ledger.subject(keys),
            head: head,
            knownCount: knownCount,
            now: now ?? ledger.now,
            random: &random
        )
    }

    @Test func registrationOfAWalletIsAcceptedByTheLedger() throws {
        #expect(try ledger.register(keys) == .accepted)
        #expect(try ledger.subject(keys).id == keys.subject)
    }

    @Test func registrationRequestSaysWhatItsKeySigned() throws {
        let id = TransactionID(high: 3, low: 4)
        var registration = try WalletRegistration(keys: keys, transaction: id, salt: ClientFixture.salt)
        #expect(registration.isSound(suite: fixture.suite))
        let read = try WalletRegistration(parsing: registration.jsonBytes, byteCountMax: 4096)
        #expect(read == registration)
        registration.transaction = TransactionID(high: 3, low: 5).bytes
        #expect(!registration.isSound(suite: fixture.suite))
    }

    @Test func everyVaultCanCheckWhatTheWalletSigned() throws {
        try ledger.register(keys)
        let use = try compose()
        let authorisation = try Signed<Authorisation>(canonicalBytes: use.submission.authorisation)
        #expect(authorisation.isSigned(by: keys.subjectKey.publicKey, verifier: fixture.suite.verifier))
        let request = fixture.request()
        try authorisation.content.check(
            answers: request,
            at: ledger.now,
            digestFunction: fixture.suite.digestFunction
        )
        #expect(try ledger.record(use) == .accepted)
        let opening = AccessOpening(
            of: authorisation.content,
            request: request,
            caseID: use.caseID,
            digestFunction: fixture.suite.digestFunction
        )
        #expect(opening.canonicalBytes == use.submission.opening)
        #expect(use.submission.sealedIdentifiers.map(\.department) == [1, 4])
        let purpose = SealedPurpose.identifier(
            authorisation: authorisation.content.digest(fixture.suite.digestFunction)
        )
        for sealed in use.submission.sealedIdentifiers {
            let key = try #require(fixture.sealingKeys[DepartmentID(sealed.department)])
            let opened = try IdentifierOpening(
                canonicalBytes: try SealedBox.open(
                    sealed.sealed,
                    with: key,
                    info: purpose.info,
                    associatedData: purpose.associatedData
                )
            )
            #expect(opened.identifier == ClientFixture.citizen)
            #expect(
                AccessHeadSet.isMember(
                    use.head,
                    of: try ledger.subject(keys).accessHeadSet,
                    proof: try InclusionProof(canonicalBytes: opened.membership),
                    hasher: MerkleHasher(fixture.suite.digestFunction)
                )
            )
        }
    }

    @Test func secondUseContinuesTheChainOfTheHead() throws {
        try ledger.register(keys)
        let first = try compose()
        try ledger.record(first)
        let second = try compose(2, head: try ledger.head(first.head), knownCount: 1)
        #expect(second.head == first.head && second.entry.count == 2)
        #expect(second.entry.previousEntry == first.entryDigest(fixture.suite))
        #expect(try ledger.record(second) == .accepted)
    }

    @Test func headThatANodeHidesIsNotSignedFor() throws {
        try ledger.register(keys)
        try ledger.record(try compose())
        #expect(throws: WalletError.headHidden(known: 1, shown: 0)) { try compose(2, head: nil, knownCount: 1) }
    }

    @Test func authorisationEndsWithItsRequestAndWithinTheLedgersLimit() throws {
        try ledger.register(keys)
        let now = ledger.now
        #expect(try compose(now: now).expiry == fixture.request().expiry)
        var random = SeededRandom(seed: 1)
        let long = try fixture.composer(keys).compose(
            try fixture.review(fixture.request(expiry: now.adding(milliseconds: 3_600_000))),
            subject: try ledger.subject(keys),
            head: nil,
            knownCount: 0,
            now: now,
            random: &random
        )
        #expect(long.expiry == now.adding(milliseconds: 540_000))
    }

    @Test func wrongSubjectsAreNotSignedFor() throws {
        try ledger.register(keys)
        let record = try ledger.subject(keys)
        let composer = fixture.composer(keys)
        try composer.check(record)
        var other = record
        other.status = .suspended
        #expect(throws: WalletError.subjectNotActive(.suspended)) { try composer.check(other) }
        other = record
        other.key = try ClientFixture.key(.p256, 9).publicKey
        #expect(throws: WalletError.keyReplaced) { try composer.check(other) }
        other = record
        other.accessHeadSet = .zero
        #expect(throws: WalletError.headSetDiffers) { try composer.check(other) }
        #expect(throws: WalletError.identifierDiffers) {
            try fixture.composer(keys, identifier: "110101199003070012").check(record)
        }
    }

    @Test func eachDepartmentHasAHeadOfItsOwn() throws {
        let indices = fixture.catalogue.departments.map { WalletKeys.headIndex(for: $0.id, in: fixture.catalogue) }
        #expect(indices == [0, 1, 2])
        #expect(WalletKeys.headIndex(for: DepartmentID(5), in: fixture.catalogue) == nil)
        #expect(try keys.headSetIDs().heads.count == 64)
        #expect(try fixture.wallet(seed: 2).headSetRoot() != keys.headSetRoot())
    }

    @Test func useIsReadBackAsItWasWritten() throws {
        try ledger.register(keys)
        let use = try compose()
        #expect(try WalletUse(parsing: use.jsonBytes, byteCountMax: 1 << 20) == use)
    }

    @Test func damagedUsesAreRefusedAndNeverCrash() throws {
        try ledger.register(keys)
        let bytes = try compose().jsonBytes
        var random = SeededRandom(seed: 7)
        for _ in 0..<500 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            do throws(ExchangeError) {
                let use = try WalletUse(parsing: damaged, byteCountMax: 1 << 20)
                #expect(try WalletUse(parsing: use.jsonBytes, byteCountMax: 1 << 20) == use)
            } catch {
                continue
            }
        }
    }
}
