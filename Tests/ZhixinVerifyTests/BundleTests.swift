import Consensus
import Credentials
import LedgerModel
import Merkle
import Primitives
import TestKit
import Testing
import ZhixinVerify

struct BundleTests {
    private let world: BundleWorld
    private let bundle: OfflineBundle

    init() throws {
        world = try BundleWorld()
        bundle = try world.bundle()
    }

    @Test func aBundleSaysWhoIssuedWhatAndAsOfWhen() throws {
        let verified = try world.verifier.verify(bytes: bundle.canonicalBytes, now: BundleWorld.now)
        #expect(verified.claims["field_0"] == "值 0")
        #expect(verified.claims["field_4"] == "值 4")
        #expect(verified.claims["field_5"] == nil)
        #expect(Set(verified.disclosedNames) == ["field_0", "field_1", "field_2", "field_3", "field_4"])
        #expect(verified.issuer.name == "市场监督管理局")
        #expect(verified.type.code.text == "licence")
        #expect(verified.record.status == .active)
        #expect(verified.record.validUntilSeconds == BundleWorld.validUntilSeconds)
        #expect(verified.asOf.header.height == Height(3))
        #expect(verified.asOf.header.timestamp == world.chain.newest.timestamp)
        #expect(verified.asOf.signers == [0, 1, 2].map(ReplicaIndex.init))
        #expect(verified.asOf.departments == [LedgerFixture.police, LedgerFixture.market, LedgerFixture.health])
        #expect(verified.keyBinding == nil)
    }

    @Test(arguments: [CertificateStatus.suspended, .revoked])
    func aCertificateThatIsNotActiveIsRefused(status: CertificateStatus) throws {
        var world = try BundleWorld()
        let before = try world.bundle()
        try world.change(to: status, id: 10)
        let expected: BundleError = status == .suspended ? .suspended(since: Height(4)) : .revoked(since: Height(4))
        #expect(world.refusal(of: try world.bundle()) == expected)
        // The older bundle still proves what was true then; only its age says that it may be outdated.
        #expect(world.refusal(of: before) == nil)
        // The newer register does not hold the older record.
        let mixed = try world.bundle().replacing(record: before.record)
        guard case .record(.notInRegister) = world.refusal(of: mixed) else {
            Issue.record("\(String(describing: world.refusal(of: mixed)))")
            return
        }
    }

    @Test func aResumedCertificateIsAcceptedAgain() throws {
        var world = try BundleWorld()
        try world.change(to: .suspended, id: 10)
        try world.change(to: .active, id: 11)
        #expect(world.refusal(of: try world.bundle()) == nil)
    }

    @Test func aSupersededCertificateIsRefused() throws {
        var world = try BundleWorld()
        let fixture = world.fixture
        let newer = IssuedCertificate(
            commitment: fixture.digest(99),
            validFromSeconds: 0,
            validUntilSeconds: .max,
            replaces: world.commitment
        )
        let batch = CertificateBatch(type: LedgerFixture.licenceType, certificates: [newer])
        let transaction = fixture.transaction(
            by: LedgerFixture.market,
            id: 10,
            expiry: world.chain.expiry,
            .issueCertificates(batch)
        )
        try world.chain.append([transaction])
        #expect(world.refusal(of: try world.bundle()) == .superseded(since: Height(4)))
    }

    /// docs/protocol.md [CERT-EXPIRED]
    @Test func datesHoldFromTheirFirstToBeforeTheirLastSecond() throws {
        let from = BundleWorld.validFromSeconds
        let until = BundleWorld.validUntilSeconds
        let lenient = BundleVerifier(
            ledger: world.verifier.ledger,
            freshness: FreshnessPolicy(maximumAgeMilliseconds: .max)
        )
        func refusal(_ now: Timestamp) -> BundleError? {
            do throws(BundleError) {
                _ = try lenient.verify(bundle, now: now)
                return nil
            } catch {
                return error
            }
        }
        let early = Timestamp(from * 1000 - 1)
        #expect(refusal(early) == .notYetValid(fromSeconds: from, now: early))
        #expect(refusal(Timestamp(seconds: from)) == nil)
        #expect(refusal(Timestamp(until * 1000 - 1)) == nil)
        let late = Timestamp(seconds: until)
        #expect(refusal(late) == .expired(untilSeconds: until, now: late))
    }

    @Test func aTokenThatExpiresBeforeItsRecordIsRefused() throws {
        let expiry = BundleWorld.now.seconds - 61
        let world = try BundleWorld(expirySeconds: expiry)
        let error = world.refusal(of: try world.bundle())
        #expect(error == .credential(.expired(atSeconds: Int64(expiry))))
        #expect(error?.code == "expired")
    }

    @Test func anOldHeaderIsRefusedAfterExactlyADay() throws {
        let made = bundle.header.timestamp
        let limit = FreshnessPolicy.maximumAgeMillisecondsDefault
        let last = made.adding(milliseconds: limit)
        #expect(world.refusal(of: bundle, now: last) == nil)
        let late = made.adding(milliseconds: limit + 1)
        let expected = FreshnessError.tooOld(timestamp: made, now: late, limitMilliseconds: limit)
        #expect(world.refusal(of: bundle, now: late) == .freshness(expected))
    }

    @Test func aHeaderAheadOfTheClockIsRefused() throws {
        let tolerance = FreshnessPolicy.clockToleranceMillisecondsDefault
        let policy = FreshnessPolicy()
        let made = bundle.header.timestamp
        try policy.check(made, now: Timestamp(made.milliseconds - tolerance))
        let early = Timestamp(made.milliseconds - tolerance - 1)
        #expect(throws: FreshnessError.inFuture(timestamp: made, now: early, toleranceMilliseconds: tolerance)) {
            try policy.check(made, now: early)
        }
    }

    @Test func aTokenByAnotherDepartmentIsRefused() throws {
        // The ledger's market committed to a token that health signed.
        let world = try BundleWorld(signerNumber: 203)
        let error = world.refusal(of: try world.bundle())
        #expect(error == .credential(.token(.badSignature)))
        #expect(error?.code == "issuer-signature-invalid")
    }

    @Test func aTokenOfAnotherTypeThanTheRecordIsRefused() throws {
        let world = try BundleWorld(credentialType: "urn:zhixin:certificate-type:identity:1")
        let error = world.refusal(of: try world.bundle())
        #expect(error == .credential(.wrongCredentialType(found: "urn:zhixin:certificate-type:identity:1")))
    }

    @Test func aForeignDisclosureIsRefused() throws {
        var random = SeededRandom(seed: 4)
        let foreign = Disclosure(name: "field_9", value: "forged", random: &random)
        let changed = bundle.replacing(presentation: bundle.presentation + foreign.text + "~")
        let error = world.refusal(of: changed)
        #expect(error == .credential(.unreferencedDisclosures(count: 1)))
        #expect(error?.code == "disclosure-not-in-certificate")
    }

    @Test func aKeyBindingIsDemandedOrForbidden() throws {
        let required = KeyBindingPolicy.required(audience: "counter", nonce: "1", ageSecondsMax: 60)
        #expect(throws: BundleError.credential(.keyBindingMissing)) {
            try world.verifier.verify(bundle, now: BundleWorld.now, keyBinding: required)
        }
        let bound = try SDJWT(parsing: bundle.presentation).bound(
            to: "counter",
            nonce: "1",
            at: BundleWorld.now,
            digestFunction: world.fixture.suite.digestFunction,
            signer: world.fixture.signatures.signer(9)
        )
        #expect(world.refusal(of: bundle.replacing(presentation: bound.text)) == .credential(.keyBindingNotExpected))
    }

    @Test func anotherNetworkIsNamed() throws {
        let other = try BundleWorld(fixture: LedgerFixture(seed: 2))
        let expected = BundleError.otherNetwork(found: other.fixture.network, expected: world.fixture.network)
        #expect(world.refusal(of: try other.bundle()) == expected)
    }

    @Test func aWrongSaltIsRefused() throws {
        let salt = [UInt8](repeating: 0, count: 16)
        guard case .otherCertificate(_, expected: world.commitment) = world.refusal(of: bundle.replacing(salt: salt))
        else {
            Issue.record("a wrong salt was accepted")
            return
        }
    }

    @Test func anotherVersionIsMalformed() throws {
        var bytes = bundle.canonicalBytes
        bytes[0] = 2
        #expect(throws: BundleError.malformed(.unknownTag(type: "OfflineBundle", found: 2))) {
            try world.verifier.verify(bytes: bytes, now: BundleWorld.now)
        }
    }

    @Test func anEndlessInputIsRefusedUnread() throws {
        let bytes = [UInt8](repeating: 1, count: OfflineBundle.byteCountMax + 1)
        let limit = OfflineBundle.byteCountMax
        #expect(throws: BundleError.malformed(.lengthOverLimit(found: UInt64(limit + 1), limit: limit))) {
            try world.verifier.verify(bytes: bytes, now: BundleWorld.now)
        }
    }

    @Test func theTypeNameIsThatOfItsDefinition() throws {
        let definition = try CertificateTypeDefinition(json: Array(definitionText.utf8))
        let record = CertificateTypeRecord(
            id: CertificateTypeID(definition.id),
            code: LedgerFixture.code(definition.code),
            version: definition.version,
            issuers: [],
            definition: definition.canonicalJSON
        )
        #expect(record.credentialType == definition.credentialType)
    }

    private let definitionText = """
        {"code":"test-licence","id":7,"version":3,"name":{"zh":"证","en":"licence"},"issuers":["market"],
         "subject":"natural","validity":{"end":"open"},"numberField":"number","holderIdentifierField":"holder",
         "holderNameField":"name","fields":[{"name":"number","header":"编号","kind":"text"},
         {"name":"holder","header":"身份号码","kind":"citizen-identifier"},
         {"name":"name","header":"姓名","kind":"text"}]}
        """
}
