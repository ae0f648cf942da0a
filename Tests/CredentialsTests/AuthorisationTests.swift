import Credentials
import Primitives
import TestKit
import Testing

struct AuthorisationTests {
    private static let function = ReferenceSHA256()
    private static let record = AccessRecordID(unchecked: [UInt8](repeating: 7, count: 16))

    private static func request(_ matter: MatterDefinition) throws -> AuthorisationRequest {
        var random = SeededRandom(seed: 6)
        return AuthorisationRequest(
            network: Definitions.digest(1),
            department: 3,
            service: 1,
            clientID: "civil-affairs/kiosk",
            nonce: Nonce(random: &random),
            matter: matter.code,
            matterVersion: matter.version,
            items: try matter.evidence.map { try #require(RequestedItem(evidence: $0, issuer: 1, type: 1)) },
            purpose: matter.purpose,
            expiry: Timestamp(seconds: 1_000),
            responseAddress: "https://gateway.example.org/answer"
        )
    }

    private static func authorisation(_ request: AuthorisationRequest) -> Authorisation {
        Authorisation(
            granting: request,
            subject: Definitions.digest(9),
            expiry: Timestamp(seconds: 900),
            accessRecord: record,
            digestFunction: function
        )
    }

    private static func with(_ items: [RequestedItem], _ from: Authorisation) -> Authorisation {
        Authorisation(
            network: from.network,
            subject: from.subject,
            department: from.department,
            service: from.service,
            request: from.request,
            matter: from.matter,
            matterVersion: from.matterVersion,
            items: items,
            expiry: from.expiry,
            accessRecord: from.accessRecord
        )
    }

    @Test func requestsAndAuthorisationsAreReadBackAndSigned() throws {
        let scheme = FakeSignatures(seed: 1)
        let request = try Self.request(Definitions.matter(Definitions.registerExtract))
        let signed = try Signed(signing: request, with: scheme.signer(1))
        let again = try Signed<AuthorisationRequest>(canonicalBytes: signed.canonicalBytes)
        #expect(again == signed)
        #expect(again.isSigned(by: scheme.signer(1).publicKey, verifier: scheme))
        #expect(!again.isSigned(by: scheme.signer(2).publicKey, verifier: scheme))
        let permission = try Signed(signing: Self.authorisation(request), with: scheme.signer(3))
        #expect(try Signed<Authorisation>(canonicalBytes: permission.canonicalBytes) == permission)
        let renamed = Signed(
            content: Self.with([request.items[0]], permission.content),
            signature: permission.signature
        )
        #expect(!renamed.isSigned(by: scheme.signer(3).publicKey, verifier: scheme))
    }

    @Test func anAuthorisationReachesNoFurtherThanItsRequest() throws {
        let request = try Self.request(Definitions.matter(Definitions.registerExtract))
        let whole = Self.authorisation(request)
        let time = Timestamp(seconds: 899)
        try whole.check(answers: request, at: time, digestFunction: Self.function)
        #expect(throws: AuthorisationFault.expired) {
            try whole.check(answers: request, at: Timestamp(seconds: 900), digestFunction: Self.function)
        }
        func item(_ content: RequestedContent, id: String = "household") -> RequestedItem {
            RequestedItem(id: id, issuer: 1, type: 1, content: content)
        }
        let fewer = Self.with([item(.fields(["holder_name"]))], whole)
        try fewer.check(answers: request, at: time, digestFunction: Self.function)
        for more in [
            item(.fields(["members"])), item(.noEntry), item(.noEntry, id: "other"),
            RequestedItem(id: "no-property", issuer: 2, type: 1, content: .noEntry),
            RequestedItem(id: "no-property", issuer: 1, type: 2, content: .noEntry),
        ] {
            #expect(throws: AuthorisationFault.itemNotAsked(more.id)) {
                try Self.with([more], whole).check(answers: request, at: time, digestFunction: Self.function)
            }
        }
        let other = try Self.request(Definitions.matter(Definitions.allowance))
        #expect(throws: AuthorisationFault.otherRequest) {
            try whole.check(answers: other, at: time, digestFunction: Self.function)
        }
    }

    @Test func requestsStayWithinTheMattersRule() throws {
        let matter = try Definitions.matter(Definitions.registerExtract)
        let code = "household-register"
        for evidence in matter.evidence {
            let item = try #require(RequestedItem(evidence: evidence, issuer: 1, type: 1))
            #expect(item.isWithin(matter, typeCode: code))
            #expect(!item.isWithin(matter, typeCode: "property-register"))
        }
        func item(_ id: String, _ content: RequestedContent) -> RequestedItem {
            RequestedItem(id: id, issuer: 1, type: 1, content: content)
        }
        #expect(item("household", .fields(["holder_name"])).isWithin(matter, typeCode: code))
        #expect(!item("household", .fields(["holder_name", "members"])).isWithin(matter, typeCode: code))
        #expect(!item("household", .noEntry).isWithin(matter, typeCode: code))
        #expect(!item("elsewhere", .noEntry).isWithin(matter, typeCode: code))
        let allowance = try Definitions.matter(Definitions.allowance)
        let other = try CanonicalJSONObject(Predicate.ageAtLeast(field: "holder_identifier", years: 59).json)
        #expect(!item("age", .predicate(other)).isWithin(allowance, typeCode: code))
    }

    private static func releases() throws -> [ReleaseStatement] {
        let expression = try CanonicalJSONObject(Predicate.hasPrefix(field: "a", prefix: "4406").json)
        let contents: [ReleaseContent] = [
            .presentation("a.b.c~"), .predicate(expression: expression, holds: true), .noEntry(holds: false),
            .nothingFound,
        ]
        return contents.map {
            ReleaseStatement(
                network: Definitions.digest(1),
                issuer: 4,
                department: 3,
                accessRecord: record,
                item: "age",
                type: 2,
                content: $0,
                height: Height(12),
                time: Timestamp(seconds: 5)
            )
        }
    }

    @Test func releasesAreReadBackUnderTheirOwnDomains() throws {
        for release in try Self.releases() {
            #expect(try ReleaseStatement(canonicalBytes: release.canonicalBytes) == release)
            if case .presentation = release.content {
                #expect(release.domain == .release)
                #expect(release.statementEvidence(typeCode: "x") == nil)
            } else {
                #expect(release.domain == .statement)
                let evidence = try #require(release.statementEvidence(typeCode: "household-register"))
                #expect(evidence.height == Height(12) && evidence.item == "age" && evidence.issuer == 4)
                #expect(try Evidence(canonicalBytes: evidence.canonicalBytes) == evidence)
            }
        }
    }

    @Test func formsOtherThanTheCanonicalAreRefused() throws {
        let request = try Self.request(Definitions.matter(Definitions.registerExtract))
        func refuses(_ items: [RequestedItem]) -> Bool {
            let value = Self.with(items, Self.authorisation(request))
            return (try? Authorisation(canonicalBytes: value.canonicalBytes)) == nil
        }
        func fields(_ names: [String]) -> RequestedItem {
            RequestedItem(id: "household", issuer: 1, type: 1, content: .fields(names))
        }
        #expect(!refuses([fields(["a", "b"])]))
        #expect(refuses([]))
        #expect(refuses([fields([])]))
        #expect(refuses([fields(["b", "a"])]))
        #expect(refuses([fields(["a", "a"])]))
        #expect(refuses([fields(["A"])]))
        #expect(refuses([fields(["a"]), fields(["b"])]))
        let strange = try CanonicalJSONObject(["kind": "always"])
        #expect(refuses([RequestedItem(id: "a", issuer: 1, type: 1, content: .predicate(strange))]))
    }

    @Test func mutatedBytesAreReadBackEqualOrRefused() throws {
        var random = SeededRandom(seed: 12)
        let request = try Self.request(Definitions.matter(Definitions.allowance))
        let matter = try Definitions.matter(Definitions.registerExtract)
        let decision = DecisionFunction.decide(
            matter: matter,
            evidence: [],
            accessRecord: Self.record,
            at: Timestamp(seconds: 5)
        )
        for _ in 0..<400 {
            Self.check(request, &random)
            Self.check(Self.authorisation(request), &random)
            for release in try Self.releases() {
                Self.check(release, &random)
                if let evidence = release.statementEvidence(typeCode: "a") { Self.check(evidence, &random) }
            }
            Self.check(decision, &random)
            let noise = random.bytes(count: 64)
            _ = try? Authorisation(canonicalBytes: noise)
            _ = try? DecisionReceipt(canonicalBytes: noise)
        }
    }

    private static func check<Value: CanonicalCodable & Equatable>(_ value: Value, _ random: inout SeededRandom) {
        let changed = mutated(value.canonicalBytes, by: &random)
        guard let read = try? Value(canonicalBytes: changed) else { return }
        #expect(read.canonicalBytes == changed)
    }
}
