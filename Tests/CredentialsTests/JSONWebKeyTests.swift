import Credentials
import Primitives
import TestKit
import Testing

struct JSONWebKeyTests {
    /// The public key of RFC 7515 §A.3.1.
    private static let published: JSONValue = [
        "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    ]

    @Test func aPublishedKeyIsCompressedAndExpandedAgain() throws {
        let key = try JSONWebKey.decode(Self.published)
        #expect(key.algorithm == .p256)
        #expect(key.bytes[0] == 3)
        #expect(JSONWebKey.encode(key).map(JSONValue.object) == Self.published)
    }

    @Test func keysOfAllAlgorithmsAreReadBack() throws {
        var random = SeededRandom(seed: 5)
        for _ in 0..<8 {
            let key = ReferenceP256().signer(privateKey: [0] + random.bytes(count: 31)).publicKey
            let web = try #require(JSONWebKey.encode(key))
            #expect(try JSONWebKey.decode(.object(web)) == key)
        }
        let edwards = try #require(PublicKey(algorithm: .ed25519, bytes: random.bytes(count: 32)))
        let edwardsWeb = try #require(JSONWebKey.encode(edwards))
        #expect(try JSONWebKey.decode(.object(edwardsWeb)) == edwards)
        // The generator of the SM2 curve (GB/T 32918.5).
        let generator = "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"
        let point = try #require(Hexadecimal.decode(generator))
        let sm2 = try #require(PublicKey(algorithm: .sm2, bytes: [2] + point))
        let web = try #require(JSONWebKey.encode(sm2))
        let y = try #require(web["y"]?.string.flatMap { Base64URL.decode($0) })
        #expect(Hexadecimal.encode(y) == "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0")
        #expect(try JSONWebKey.decode(.object(web)) == sm2)
    }

    @Test func keysThatAreNoPublicPointAreRefused() throws {
        var object = try #require(Self.published.object)
        func refusal(_ name: String, _ value: JSONValue?) -> JSONWebKeyError? {
            var changed = object
            changed[name] = value
            do throws(JSONWebKeyError) {
                _ = try JSONWebKey.decode(.object(changed))
                return nil
            } catch {
                return error
            }
        }
        #expect(refusal("kid", "k") == nil)
        #expect(refusal("d", "AA") == .privateKey)
        #expect(refusal("kty", nil) == .malformed(member: "kty"))
        #expect(refusal("kty", "RSA") == .unsupported(keyType: "RSA", curve: "P-256"))
        #expect(refusal("crv", "P-384") == .unsupported(keyType: "EC", curve: "P-384"))
        #expect(refusal("x", "AA") == .badCoordinate(member: "x"))
        #expect(refusal("y", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU") == .notOnCurve)
        #expect(refusal("x", .string(Base64URL.encode([UInt8](repeating: 255, count: 32)))) == .notOnCurve)
        #expect(refusal("use", "enc") == .otherPurpose(member: "use"))
        #expect(refusal("use", "sig") == nil)
        #expect(refusal("key_ops", ["sign"]) == .otherPurpose(member: "key_ops"))
        #expect(refusal("alg", "ECDH-ES") == .otherPurpose(member: "alg"))
        object["crv"] = "SM2"
        #expect(refusal("kid", "k") == .notOnCurve)
        let noPoint = try #require(PublicKey(algorithm: .p256, bytes: [2] + [UInt8](repeating: 255, count: 32)))
        #expect(JSONWebKey.encode(noPoint) == nil)
    }

    /// Wycheproof's JSON Web Signatures with P-256 keys; the other algorithms are not spoken here.
    @Test(.enabled(if: Standards.contains("wycheproof/json_web_signature_test.json"), "the file is absent"))
    func publishedSignaturesAreJudgedRight() throws {
        let groups = try #require(vectors("wycheproof/json_web_signature_test.json")["testGroups"]?.array)
        var judged = 0
        for group in groups.compactMap(\.object) {
            var key = group["public"]?.object ?? group["private"]?.object ?? [:]
            guard key["crv"] == "P-256" else { continue }
            key["d"] = nil
            for test in try #require(group["tests"]?.array).compactMap(\.object) {
                let text: String
                switch test["jws"] {
                case .string(let compact)?: text = compact
                case let other?: text = other.compactText
                case nil: continue
                }
                let isValid = Self.accepts(text, .object(key))
                #expect(isValid == (test["result"] == "valid"), "\(test["tcId"] ?? .null) \(test["comment"] ?? .null)")
                judged += 1
            }
        }
        #expect(judged >= 40)
    }

    private static func accepts(_ text: String, _ key: JSONValue) -> Bool {
        guard let token = try? JSONWebSignature(parsing: text), let key = try? JSONWebKey.decode(key) else {
            return false
        }
        return (try? token.verify(with: key, types: nil, verifier: ReferenceP256())) != nil
    }
}
