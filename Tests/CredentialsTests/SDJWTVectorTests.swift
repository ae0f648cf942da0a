import Credentials
import Primitives
import TestKit
import Testing

private let documents = [
    "sd-jwt/rfc9901_vectors.json", "sd-jwt/sd_jwt_vc_18_vectors.json", "sd-jwt/sd_jwt_python_testcases.json",
]
private let areVectorsPresent = documents.allSatisfy(Standards.contains)

/// The published examples of RFC 9901, of SD-JWT VC and of the reference implementation's test cases.
@Suite(.enabled(if: areVectorsPresent, "sd-jwt/*.json is absent"))
struct SDJWTVectorTests {
    private let verifier = SDJWTVerifier(verifier: ReferenceP256(), digestFunctions: ["sha-256": ReferenceSHA256()])

    private static func key(_ name: String, in document: JSONObject) throws -> PublicKey {
        var members = try #require(document[name]?.object)
        members["d"] = nil
        return try JSONWebKey.decode(.object(members))
    }

    /// The time of the vector's key binding, or one at which its credential holds.
    private static func time(of token: SDJWT) throws -> Timestamp {
        let issued = try token.keyBinding?.payloadObject()["iat"]?.integer ?? 1_750_000_000
        return Timestamp(seconds: UInt64(issued))
    }

    private static func policy(of token: SDJWT, audience: String, nonce: String) -> KeyBindingPolicy {
        token.keyBinding == nil
            ? .notExpected : .required(audience: audience, nonce: nonce, ageSecondsMax: 60)
    }

    @Test(arguments: documents.prefix(2))
    func compactExamplesVerify(_ path: String) throws {
        let document = try vectors(path)
        let issuerKey = try Self.key("issuer_key", in: document)
        let examples = try #require(document["compact"]?.array)
        #expect(!examples.isEmpty)
        for example in examples.compactMap(\.object) {
            var text = try #require(example["value"]?.string)
            if example["kind"] == "issuer_signed_jwt" { text += "~" }
            let token = try SDJWT(parsing: text)
            #expect(token.text == text)
            #expect(try .object(token.issuerSigned.payloadObject()) == example["payload"])
            let binding = example["kb_payload"]?.object ?? document
            let audience = try #require((binding["aud"] ?? binding["verifier_aud"])?.string)
            let nonce = try #require(binding["nonce"]?.string)
            let verified = try verifier.verify(
                token,
                issuerKey: issuerKey,
                types: ["example+sd-jwt", "dc+sd-jwt"],
                at: Self.time(of: token),
                keyBinding: Self.policy(of: token, audience: audience, nonce: nonce)
            )
            #expect(verified.claims["_sd"] == nil && verified.claims["_sd_alg"] == nil)
            if let payload = example["kb_payload"] { #expect(verified.keyBinding.map(JSONValue.object) == payload) }
            if path.contains("vc_18") {
                _ = try verifier.verifyCredential(
                    token,
                    issuerKey: issuerKey,
                    vct: [try #require(verified.claims["vct"]?.string)],
                    at: Self.time(of: token),
                    keyBinding: Self.policy(of: token, audience: audience, nonce: nonce)
                )
            }
        }
    }

    @Test(arguments: documents.prefix(2))
    func disclosuresHaveThePublishedDigests(_ path: String) throws {
        let examples = try #require(vectors(path)["disclosures"]?.array)
        #expect(examples.count >= 37)
        for example in examples.compactMap(\.object) {
            let disclosure = try Disclosure(parsing: #require(example["disclosure"]?.string))
            #expect(disclosure.digestText(ReferenceSHA256()) == example["sha256"]?.string)
            let contents = try #require(example["contents"]?.array)
            #expect(disclosure.salt == contents.first?.string)
            #expect(disclosure.value == contents.last)
            #expect(disclosure.name == (contents.count == 3 ? contents[1].string : nil))
        }
    }

    @Test(arguments: documents.prefix(2))
    func publishedObjectsKeepTheirMeaningInOurText(_ path: String) throws {
        for block in try #require(vectors(path)["json_blocks"]?.array) {
            let value = try #require(block.object?["json"])
            #expect(try json(value.compactText) == value)
        }
    }

    @Test func testCasesOfTheReferenceImplementationVerify() throws {
        let document = try vectors(documents[2])
        let issuerKey = try Self.key("issuer_key", in: document)
        let cases = try #require(document["cases"]?.array)
        #expect(cases.count == 32)
        for testCase in cases.compactMap(\.object) {
            let name = try #require(testCase["name"]?.string)
            var presentation = try Self.token(testCase, "sd_jwt_presentation")
            let policy = Self.policy(
                of: presentation,
                audience: try #require(testCase["aud"]?.string),
                nonce: try #require(testCase["nonce"]?.string)
            )
            if name.hasPrefix("json_serialization"), presentation.keyBinding != nil {
                // The reference implementation hashes the JSON text; RFC 9901 §4.3.1 and §8 hash the compact form.
                #expect(throws: SelectiveDisclosureError.keyBinding(claim: "sd_hash")) {
                    try verifier.verify(
                        presentation,
                        issuerKey: issuerKey,
                        types: nil,
                        at: Self.time(of: presentation),
                        keyBinding: policy
                    )
                }
                presentation = SDJWT(
                    issuerSigned: presentation.issuerSigned,
                    disclosures: presentation.disclosures
                )
            }
            let verified = try verifier.verify(
                presentation,
                issuerKey: issuerKey,
                types: nil,
                at: Self.time(of: presentation),
                keyBinding: presentation.keyBinding == nil ? .notExpected : policy
            )
            var claims = verified.claims
            let expected = try #require(testCase["verified_contents"]?.object)
            // The case's own file leaves the holder's key out of some expectations.
            if expected["cnf"] == nil { claims["cnf"] = nil }
            #expect(claims == expected, "\(name)")
            try Self.checkSelection(testCase, presentation, name)
        }
    }

    /// Asking for the claims that the case disclosed gives at least what it disclosed, and verifies.
    private static func checkSelection(_ testCase: JSONObject, _ presentation: SDJWT, _ name: String) throws {
        let issuance = try token(testCase, "sd_jwt_issuance")
        let paths = presentation.disclosures.compactMap(\.name).map { ClaimPath($0) }
        for path in paths {
            guard let chosen = try? issuance.presenting([path], digestFunction: ReferenceSHA256()) else { continue }
            #expect(chosen.disclosures.contains { $0.name == path.elements.first.flatMap(Self.name) }, "\(name)")
            #expect(chosen.disclosures.allSatisfy(issuance.disclosures.contains))
        }
    }

    private static func name(_ element: ClaimPath.Element) -> String? {
        if case .name(let name) = element { name } else { nil }
    }

    private static func token(_ testCase: JSONObject, _ member: String) throws -> SDJWT {
        let text = try #require(testCase[member]?.string)
        guard text.hasPrefix("{"), var object = try json(text).object else { return try SDJWT(parsing: text) }
        #expect(throws: SelectiveDisclosureError.self) { try SDJWT(parsingJSON: bytes(text)) }
        // The reference implementation still writes an earlier draft's form: what RFC 9901 §8 has in the (first)
        // unprotected header stands at the top.
        var header = JSONObject()
        for name in ["disclosures", "kb_jwt"] {
            header[name] = object[name]
            object[name] = nil
        }
        if var signatures = object["signatures"]?.array, var first = signatures.first?.object {
            first["header"] = .object(header)
            signatures[0] = .object(first)
            object["signatures"] = .array(signatures)
        } else {
            object["header"] = .object(header)
        }
        return try SDJWT(parsingJSON: JSONValue.object(object).compactBytes)
    }
}
