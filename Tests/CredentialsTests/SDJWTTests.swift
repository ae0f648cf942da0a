import Credentials
import Primitives
import TestKit
import Testing

/// What RFC 9901 §7.1 and §7.3 say to reject, one by one.
struct SDJWTTests {
    private static let digest = ReferenceSHA256()
    private static let curve = ReferenceP256()
    private static let issuer = curve.signer(privateKey: [UInt8](repeating: 1, count: 32))
    private static let holder = curve.signer(privateKey: [UInt8](repeating: 2, count: 32))
    private static let now = Timestamp(seconds: 1_700_000_000)
    private let verifier = SDJWTVerifier(
        verifier: Self.curve,
        digestFunctions: ["sha-256": Self.digest],
        toleranceSeconds: 10
    )

    /// A token with this payload and these disclosures, well signed.
    private static func token(
        _ payload: String,
        _ disclosures: [Disclosure] = [],
        header: JSONObject = ["typ": "dc+sd-jwt"]
    ) throws -> SDJWT {
        let object = try #require(json(payload).object)
        let signed = try JSONWebSignature.sign(header: header, payload: object, with: issuer)
        return SDJWT(issuerSigned: signed, disclosures: disclosures)
    }

    private static func disclosure(_ text: String) throws -> Disclosure {
        try Disclosure(parsing: Base64URL.encode(bytes(text)))
    }

    private func verify(
        _ token: SDJWT,
        at time: Timestamp = Self.now,
        keyBinding: KeyBindingPolicy = .notExpected
    ) throws(SelectiveDisclosureError) -> VerifiedSDJWT {
        try verifier.verify(
            token,
            issuerKey: Self.issuer.publicKey,
            types: ["dc+sd-jwt"],
            at: time,
            keyBinding: keyBinding
        )
    }

    private static func issued(_ random: inout SeededRandom) throws -> SDJWT {
        let key = try #require(JSONWebKey.encode(holder.publicKey))
        return try SDJWTIssuer(digestFunction: digest).issue(
            header: ["typ": "dc+sd-jwt"],
            claims: [
                IssuableMember("vct", "urn:test", isDisclosable: false),
                IssuableMember("cnf", ["jwk": .object(key)], isDisclosable: false),
                IssuableMember("name", "测试甲", isDisclosable: true),
                IssuableMember(
                    "address",
                    .object([
                        IssuableMember("city", "佛山", isDisclosable: true),
                        IssuableMember("street", "Road", isDisclosable: true),
                    ]),
                    isDisclosable: true
                ),
                IssuableMember(
                    "months",
                    .array([
                        IssuableElement(.plain(1), isDisclosable: true),
                        IssuableElement(.plain(2), isDisclosable: false),
                        IssuableElement(.plain(3), isDisclosable: true),
                    ]),
                    isDisclosable: false
                ),
            ],
            decoyCount: 2,
            signer: issuer,
            random: &random
        )
    }

    @Test func issuedClaimsAreReadBackWhole() throws {
        var random = SeededRandom(seed: 1)
        let token = try Self.issued(&random)
        #expect(token.disclosures.count == 6)
        #expect(Set(token.disclosures.map(\.salt)).count == 6)
        #expect(token.disclosures.allSatisfy { Base64URL.decode($0.salt)?.count == 16 })
        let verified = try verify(SDJWT(parsing: token.text))
        #expect(verified.claims["name"] == "测试甲")
        #expect(verified.claims["address"] == ["city": "佛山", "street": "Road"])
        #expect(verified.claims["months"] == [1, 2, 3])
        #expect(verified.holderKey == Self.holder.publicKey)
        #expect(Set(verified.disclosedNames) == ["name", "address"])
        let payload = try token.issuerSigned.payloadObject()
        #expect(payload["_sd"]?.array?.count == 4)
        let digests = try #require(payload["_sd"]?.array).compactMap(\.string)
        #expect(digests == digests.sorted())
        #expect(!token.issuerSigned.text.contains("name"))
    }

    @Test func onlyChosenClaimsArePresented() throws {
        var random = SeededRandom(seed: 2)
        let token = try Self.issued(&random)
        let name = try token.presenting([ClaimPath("name")], digestFunction: Self.digest)
        #expect(try verify(name).claims.names.sorted() == ["cnf", "months", "name", "vct"])
        #expect(try verify(name).claims["months"] == [2])
        let city = try token.presenting([ClaimPath([.name("address"), .name("city")])], digestFunction: Self.digest)
        #expect(try verify(city).claims["address"] == ["city": "佛山"])
        let months = try token.presenting([ClaimPath([.name("months"), .index(2)])], digestFunction: Self.digest)
        #expect(try verify(months).claims["months"] == [2, 3])
        let none = try token.presenting([], digestFunction: Self.digest)
        #expect(none.disclosures.isEmpty)
        #expect(throws: SelectiveDisclosureError.noSuchClaim(path: ".age")) {
            try token.presenting([ClaimPath("age")], digestFunction: Self.digest)
        }
        #expect(none.issuerSigned.text == token.issuerSigned.text)
    }

    @Test func malformedTextIsRefused() throws {
        var random = SeededRandom(seed: 3)
        let text = try Self.issued(&random).text
        #expect(throws: SelectiveDisclosureError.self) { try SDJWT(parsing: String(text.dropLast())) }
        #expect(throws: SelectiveDisclosureError.self) { try SDJWT(parsing: text + "~") }
        #expect(throws: SelectiveDisclosureError.self) { try SDJWT(parsing: "") }
        #expect(throws: SelectiveDisclosureError.token(.partCount(found: 1))) { try SDJWT(parsing: "a~") }
        let jwt = String(text.prefix { $0 != "~" })
        #expect(throws: SelectiveDisclosureError.malformedText(reason: "no ~ after the issuer's token")) {
            try SDJWT(parsing: jwt)
        }
        let many = jwt + String(repeating: "~" + text.split(separator: "~")[1], count: 513) + "~"
        #expect(throws: SelectiveDisclosureError.tooLong(found: 513, limit: 512)) { try SDJWT(parsing: many) }
    }

    @Test(arguments: [
        "{}", "[]", "[\"s\"]", "[\"s\",\"n\",1,2]", "[1,\"n\",1]", "[\"s\",1,1]", "[\"s\",\"_sd\",1]",
        "[\"s\",\"...\",1]", "[\"s\",\"n\",1]x",
    ])
    func malformedDisclosuresAreRefused(_ text: String) {
        #expect(throws: SelectiveDisclosureError.self) { try Self.disclosure(text) }
    }

    @Test func disclosuresMustHaveTheirPlace() throws {
        let claim = try Self.disclosure(#"["salt","a",1]"#)
        let element = try Self.disclosure(#"["salt",1]"#)
        let (claimDigest, elementDigest) = (claim.digestText(Self.digest), element.digestText(Self.digest))
        #expect(try verify(Self.token(#"{"_sd":["\#(claimDigest)"]}"#, [claim])).claims["a"] == 1)
        #expect(try verify(Self.token(#"{"l":[{"...":"\#(elementDigest)"}]}"#, [element])).claims["l"] == [1])
        let cases: [(String, [Disclosure], SelectiveDisclosureError)] = [
            ("{}", [claim], .unreferencedDisclosures(count: 1)),
            (#"{"_sd":["\#(claimDigest)"]}"#, [claim, claim], .repeatedDisclosure),
            (#"{"_sd":["\#(claimDigest)","\#(claimDigest)"]}"#, [claim], .repeatedDigest(path: "")),
            (#"{"_sd":["\#(claimDigest)"],"b":{"_sd":["\#(claimDigest)"]}}"#, [], .repeatedDigest(path: "")),
            (#"{"_sd":["\#(elementDigest)"]}"#, [element], .wrongDisclosureKind(path: "")),
            (#"{"l":[{"...":"\#(claimDigest)"}]}"#, [claim], .wrongDisclosureKind(path: ".l")),
            (#"{"_sd":["\#(claimDigest)"],"a":2}"#, [claim], .nameTaken(path: ".a")),
            (#"{"_sd":"\#(claimDigest)"}"#, [], .malformedDigests(path: "")),
            (#"{"_sd":[1]}"#, [], .malformedDigests(path: "")),
            (#"{"l":[{"...":1}]}"#, [], .malformedDigests(path: ".l")),
            (#"{"l":[{"...":"x","y":1}]}"#, [], .malformedDigests(path: ".l")),
            (#"{"l":{"...":"x"}}"#, [], .malformedDigests(path: ".l")),
            (#"{"l":{"_sd_alg":"sha-256"}}"#, [], .malformedDigests(path: ".l")),
            (#"{"_sd_alg":"md5"}"#, [], .unknownDigestFunction("md5")),
            (#"{"_sd_alg":1}"#, [], .badClaim(name: "_sd_alg")),
        ]
        for (payload, disclosures, expected) in cases {
            #expect(throws: expected, "\(payload)") { try verify(Self.token(payload, disclosures)) }
        }
    }

    @Test func twoDisclosuresOfOneNameAreRefused() throws {
        let first = try Self.disclosure(#"["salt1","a",1]"#)
        let second = try Self.disclosure(#"["salt2","a",2]"#)
        let digests = [first, second].map { "\"\($0.digestText(Self.digest))\"" }.joined(separator: ",")
        #expect(throws: SelectiveDisclosureError.nameTaken(path: ".a")) {
            try verify(Self.token("{\"_sd\":[\(digests)]}", [first, second]))
        }
    }

    @Test func disclosuresInsideDisclosuresAreChecked() throws {
        let inner = try Self.disclosure(#"["salt","b",1]"#)
        let digest = inner.digestText(Self.digest)
        let outer = try Self.disclosure(#"["salt","a",{"_sd":["\#(digest)"]}]"#)
        let payload = #"{"_sd":["\#(outer.digestText(Self.digest))"]}"#
        #expect(try verify(Self.token(payload, [outer, inner])).claims["a"] == ["b": 1])
        #expect(throws: SelectiveDisclosureError.unreferencedDisclosures(count: 1)) {
            try verify(Self.token(payload, [inner]))
        }
        let doubled = #"{"_sd":["\#(outer.digestText(Self.digest))","\#(digest)"]}"#
        #expect(throws: SelectiveDisclosureError.self) { try verify(Self.token(doubled, [outer, inner])) }
    }

    @Test func datesAreCheckedWithTolerance() throws {
        let now = Self.now.seconds
        #expect(throws: Never.self) { try verify(Self.token("{\"exp\":\(now - 9),\"nbf\":\(now + 10)}")) }
        #expect(throws: SelectiveDisclosureError.expired(atSeconds: Int64(now - 10))) {
            try verify(Self.token("{\"exp\":\(now - 10)}"))
        }
        #expect(throws: SelectiveDisclosureError.notYetValid(notBeforeSeconds: Int64(now + 11))) {
            try verify(Self.token("{\"nbf\":\(now + 11)}"))
        }
        #expect(throws: SelectiveDisclosureError.badClaim(name: "exp")) { try verify(Self.token(#"{"exp":"1"}"#)) }
        #expect(throws: SelectiveDisclosureError.expired(atSeconds: 1)) { try verify(Self.token(#"{"exp":1.9}"#)) }
    }

    @Test func disclosedDatesCountToo() throws {
        let expiry = try Self.disclosure(#"["salt","exp",5]"#)
        let payload = #"{"_sd":["\#(expiry.digestText(Self.digest))"]}"#
        #expect(throws: SelectiveDisclosureError.expired(atSeconds: 5)) { try verify(Self.token(payload, [expiry])) }
    }

    @Test func headersAreCheckedStrictly() throws {
        let plain = try Self.token("{}")
        #expect(throws: SelectiveDisclosureError.token(.type(found: ""))) {
            try verify(Self.token("{}", header: [:]))
        }
        #expect(throws: SelectiveDisclosureError.token(.type(found: "jwt"))) {
            try verify(Self.token("{}", header: ["typ": "jwt"]))
        }
        #expect(throws: Never.self) { try verify(Self.token("{}", header: ["typ": "application/dc+sd-jwt"])) }
        for name in ["crit", "b64"] {
            #expect(throws: SelectiveDisclosureError.token(.criticalHeader(name: name))) {
                var header: JSONObject = ["typ": "dc+sd-jwt"]
                header[name] = ["x"]
                return try verify(Self.token("{}", header: header))
            }
        }
        let parts = plain.issuerSigned.text.split(separator: ".").map(String.init)
        for algorithm in ["none", "HS256", "EdDSA", "es256"] {
            let header = Base64URL.encode(bytes("{\"alg\":\"\(algorithm)\",\"typ\":\"dc+sd-jwt\"}"))
            let token = try SDJWT(parsing: header + "." + parts[1] + "." + parts[2] + "~")
            #expect(throws: SelectiveDisclosureError.token(.algorithm(found: algorithm))) { try verify(token) }
        }
        let empty = try SDJWT(parsing: parts[0] + "." + parts[1] + ".~")
        #expect(throws: SelectiveDisclosureError.token(.signatureLength(found: 0))) { try verify(empty) }
        let other = Self.curve.signer(privateKey: [UInt8](repeating: 3, count: 32))
        #expect(throws: SelectiveDisclosureError.token(.badSignature)) {
            try verifier.verify(
                plain,
                issuerKey: other.publicKey,
                types: nil,
                at: Self.now,
                keyBinding: .notExpected
            )
        }
    }
}
