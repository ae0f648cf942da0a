import Cryptography
import Primitives
import TestKit
import Testing

/// The public vectors of project Wycheproof, each case of them.
struct WycheproofTests {
    private struct SignatureFile: Decodable {
        struct Group: Decodable {
            let publicKey: Key
            let tests: [Case]
        }
        struct Key: Decodable {
            let pk: String?
            let uncompressed: String?
        }
        struct Case: Decodable {
            let tcId: Int
            let comment: String
            let msg: String
            let sig: String
            let result: String
        }
        let numberOfTests: Int
        let testGroups: [Group]
    }

    private struct CipherFile: Decodable {
        struct Group: Decodable {
            let ivSize: Int
            let keySize: Int
            let tagSize: Int
            let tests: [Case]
        }
        struct Case: Decodable {
            let tcId: Int
            let comment: String
            let key: String
            let iv: String
            let aad: String
            let msg: String
            let ct: String
            let tag: String
            let result: String
        }
        let numberOfTests: Int
        let testGroups: [Group]
    }

    private static let ed25519 = "wycheproof/ed25519_test.json"
    private static let p256 = "wycheproof/ecdsa_secp256r1_sha256_p1363_test.json"
    private static let cipher = "wycheproof/aes_gcm_test.json"

    @Test(.enabled(if: Standards.contains(ed25519), "wycheproof/ed25519_test.json is absent"))
    func ed25519AcceptsExactlyWhatItShould() throws {
        try checkSignatures(Self.ed25519) { key in
            let bytes = try bytes(key.pk)
            return try #require(PublicKey(algorithm: .ed25519, bytes: bytes))
        }
    }

    @Test(.enabled(if: Standards.contains(p256), "wycheproof/ecdsa_secp256r1_sha256_p1363_test.json is absent"))
    func p256AcceptsExactlyWhatItShould() throws {
        try checkSignatures(Self.p256) { key in
            let point = try bytes(key.uncompressed)
            try #require(point.count == 65 && point[0] == 4)
            let compressed = [2 + (point[64] & 1)] + point[1...32]
            return try #require(PublicKey(algorithm: .p256, bytes: compressed))
        }
    }

    @Test(.enabled(if: Standards.contains(cipher), "wycheproof/aes_gcm_test.json is absent"))
    func vaultCipherOpensExactlyWhatItShould() throws {
        let file = try Standards.load(Self.cipher, as: CipherFile.self)
        var verdicts: [String: Int] = [:]
        for group in file.testGroups where group.keySize == 256 && group.ivSize == 96 && group.tagSize == 128 {
            for test in group.tests {
                let cipher = try VaultCipher(key: try bytes(test.key))
                let sealed = try bytes(test.iv) + bytes(test.ct) + bytes(test.tag)
                let opened = try? cipher.open(sealed, associatedData: try bytes(test.aad))
                let expected = test.result == "valid" ? try bytes(test.msg) : nil
                #expect(opened == expected, "case \(test.tcId): \(test.comment)")
                verdicts[test.result, default: 0] += 1
            }
        }
        #expect(try #require(verdicts["valid"]) > 0)
        #expect(try #require(verdicts["invalid"]) > 0)
    }

    private func checkSignatures(_ path: String, key: (SignatureFile.Key) throws -> PublicKey) throws {
        let file = try Standards.load(path, as: SignatureFile.self)
        var count = 0
        for group in file.testGroups {
            let publicKey = try key(group.publicKey)
            for test in group.tests {
                count += 1
                let message = try bytes(test.msg)
                let isValid =
                    Signature(try bytes(test.sig)).map {
                        Suites.international.verifier.isValid($0, of: message, by: publicKey)
                    } ?? false
                #expect(isValid == (test.result == "valid"), "case \(test.tcId): \(test.comment)")
            }
        }
        #expect(count == file.numberOfTests)
    }
}
