import Credentials
import Primitives
import TestKit
import Testing

/// Key binding (RFC 9901 §7.3) and the credential profile (SD-JWT VC draft 18).
struct KeyBindingTests {
    private static let digest = ReferenceSHA256()
    private static let curve = ReferenceP256()
    private static let issuer = curve.signer(privateKey: [UInt8](repeating: 1, count: 32))
    private static let holder = curve.signer(privateKey: [UInt8](repeating: 2, count: 32))
    private static let now = Timestamp(seconds: 1_700_000_000)
    private static let policy = KeyBindingPolicy.required(audience: "aud", nonce: "n", ageSecondsMax: 60)
    private let verifier = SDJWTVerifier(
        verifier: Self.curve,
        digestFunctions: ["sha-256": Self.digest],
        toleranceSeconds: 10
    )

    private static func issued(
        _ extra: [IssuableMember] = [],
        type: String = "dc+sd-jwt",
        vct: JSONValue? = "urn:test",
        holdsKey: Bool = true
    ) throws -> SDJWT {
        var random = SeededRandom(seed: 9)
        var claims = extra
        if let vct { claims.append(IssuableMember("vct", vct, isDisclosable: false)) }
        if holdsKey {
            let key = try #require(JSONWebKey.encode(holder.publicKey))
            claims.append(IssuableMember("cnf", ["jwk": .object(key)], isDisclosable: false))
        }
        claims.append(IssuableMember("name", "测试甲", isDisclosable: true))
        return try SDJWTIssuer(digestFunction: digest).issue(
            header: ["typ": .string(type)],
            claims: claims,
            signer: issuer,
            random: &random
        )
    }

    private func verify(
        _ token: SDJWT,
        vct: [String]? = ["urn:test"],
        at time: Timestamp = Self.now,
        _ policy: KeyBindingPolicy = Self.policy
    ) throws(SelectiveDisclosureError) -> VerifiedSDJWT {
        try verifier.verifyCredential(
            token,
            issuerKey: Self.issuer.publicKey,
            vct: vct,
            at: time,
            keyBinding: policy
        )
    }

    private static func bound(
        _ token: SDJWT,
        audience: String = "aud",
        nonce: String = "n",
        at time: Timestamp = now,
        by signer: ReferenceP256Signer = holder
    ) throws -> SDJWT {
        try token.bound(to: audience, nonce: nonce, at: time, digestFunction: digest, signer: signer)
    }

    @Test func aBoundPresentationVerifies() throws {
        let token = try Self.bound(Self.issued())
        let parsed = try SDJWT(parsing: token.text)
        let verified = try verify(parsed)
        #expect(verified.keyBinding?["nonce"] == "n")
        #expect(verified.claims["name"] == "测试甲")
        #expect(parsed.text == token.text)
    }

    @Test func bindingIsDemandedOrExcluded() throws {
        let plain = try Self.issued()
        #expect(throws: SelectiveDisclosureError.keyBindingMissing) { try verify(plain) }
        #expect(throws: Never.self) { try verify(plain, .notExpected) }
        #expect(throws: SelectiveDisclosureError.keyBindingNotExpected) {
            try verify(Self.bound(plain), .notExpected)
        }
        #expect(throws: SelectiveDisclosureError.holderKey(nil)) {
            try verify(Self.bound(Self.issued(holdsKey: false)))
        }
    }

    @Test func eachClaimOfTheBindingIsChecked() throws {
        let plain = try Self.issued()
        let seconds = Self.now.seconds
        let cases: [(SDJWT, String)] = [
            (try Self.bound(plain, audience: "other"), "aud"), (try Self.bound(plain, nonce: "m"), "nonce"),
            (try Self.bound(plain, at: Timestamp(seconds: seconds - 71)), "iat"),
            (try Self.bound(plain, at: Timestamp(seconds: seconds + 11)), "iat"),
        ]
        for (token, claim) in cases {
            #expect(throws: SelectiveDisclosureError.keyBinding(claim: claim)) { try verify(token) }
        }
        for shift in [seconds - 70, seconds + 10] {
            #expect(throws: Never.self) { try verify(Self.bound(plain, at: Timestamp(seconds: shift))) }
        }
        #expect(throws: SelectiveDisclosureError.keyBindingToken(.badSignature)) {
            try verify(Self.bound(plain, by: Self.issuer))
        }
    }

    @Test func aBindingCoversExactlyThePresentedDisclosures() throws {
        let token = try Self.bound(Self.issued())
        let stripped = SDJWT(issuerSigned: token.issuerSigned, disclosures: [], keyBinding: token.keyBinding)
        #expect(throws: SelectiveDisclosureError.keyBinding(claim: "sd_hash")) { try verify(stripped) }
    }

    @Test(arguments: ["iat", "aud", "nonce", "sd_hash"])
    func noClaimOfTheBindingMayBeAbsentOrOfAnotherKind(_ name: String) throws {
        let token = try Self.bound(Self.issued())
        for value in [nil, JSONValue.array(["aud"]), .null] {
            var payload = try #require(token.keyBinding).payloadObject()
            payload[name] = value
            let binding = try JSONWebSignature.sign(header: ["typ": "kb+jwt"], payload: payload, with: Self.holder)
            let changed = SDJWT(
                issuerSigned: token.issuerSigned,
                disclosures: token.disclosures,
                keyBinding: binding
            )
            #expect(throws: SelectiveDisclosureError.self) { try verify(changed) }
        }
        let payload = try #require(token.keyBinding).payloadObject()
        let untyped = try JSONWebSignature.sign(header: ["typ": "JWT"], payload: payload, with: Self.holder)
        let changed = SDJWT(issuerSigned: token.issuerSigned, disclosures: token.disclosures, keyBinding: untyped)
        #expect(throws: SelectiveDisclosureError.keyBindingToken(.type(found: "JWT"))) { try verify(changed) }
    }

    @Test func credentialTypesAreChecked() throws {
        #expect(throws: Never.self) { try verify(Self.issued(type: "vc+sd-jwt"), .notExpected) }
        #expect(throws: SelectiveDisclosureError.token(.type(found: "sd-jwt"))) {
            try verify(Self.issued(type: "sd-jwt"), .notExpected)
        }
        #expect(throws: SelectiveDisclosureError.wrongCredentialType(found: "urn:test")) {
            try verify(Self.issued(), vct: ["urn:other"], .notExpected)
        }
        #expect(throws: SelectiveDisclosureError.badClaim(name: "vct")) {
            try verify(Self.issued(vct: nil), vct: nil, .notExpected)
        }
        #expect(throws: SelectiveDisclosureError.badClaim(name: "vct")) {
            try verify(Self.issued(vct: 5), vct: nil, .notExpected)
        }
    }

    @Test(arguments: SDJWTVerifier.openClaims)
    func openClaimsMustNotBeDisclosable(_ name: String) throws {
        let value: JSONValue =
            ["exp", "nbf"].contains(name) ? (name == "exp" ? 1_800_000_000 : 1) : name == "cnf" ? [:] : "x"
        let token = try Self.issued(
            [IssuableMember(name, value, isDisclosable: true)],
            vct: name == "vct" ? nil : "urn:test",
            holdsKey: false
        )
        #expect(throws: SelectiveDisclosureError.mustNotBeDisclosable(name: name)) {
            try verify(token, vct: nil, .notExpected)
        }
    }

    @Test func mutatedPresentationsNeverVerify() throws {
        let text = bytes(try Self.bound(Self.issued()).text)
        var random = SeededRandom(seed: 4)
        var parsedCount = 0
        for _ in 0..<300 {
            let changed = mutated(text, by: &random)
            guard changed != text, let string = String(validating: changed, as: UTF8.self),
                let token = try? SDJWT(parsing: string)
            else { continue }
            parsedCount += 1
            #expect(token.text == string)
            #expect(throws: SelectiveDisclosureError.self) { try verify(token) }
        }
        #expect(parsedCount > 0)
    }
}
