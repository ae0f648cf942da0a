import Cryptography
import Primitives
import TestKit
import Testing

struct SuitesTests {
    @Test func suitesGoByTheirNames() throws {
        #expect(SuiteName.allCases.map(\.rawValue) == ["international", "guomi"])
        let message = Array("abc".utf8)
        #expect(
            try SuiteName.international.suite.digestFunction.digest(message).description
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
        #expect(
            try SuiteName.guomi.suite.digestFunction.digest(message).description
                == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
        )
    }

    @Test(arguments: SuiteName.allCases, SignatureAlgorithm.allCases)
    func aVerifierAcceptsTheAlgorithmsOfItsSuiteAlone(name: SuiteName, algorithm: SignatureAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)
        let message = Array("a vote".utf8)
        let signature = try key.sign(message)
        let isValid = try name.suite.verifier.isValid(signature, of: message, by: key.publicKey)
        #expect(isValid == name.signatureAlgorithms.contains(algorithm))
    }

    /// The examples of RFC 8032 §7.1: TEST 1, TEST 2 and TEST 3.
    @Test(arguments: [
        (
            secret: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            key: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            message: "",
            signature: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b4"
                + "6bd25bf5f0595bbe24655141438e7a100b"
        ),
        (
            secret: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            message: "72",
            signature: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d"
                + "8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
        (
            secret: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            key: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            message: "af82",
            signature: "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6"
                + "594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ])
    func ed25519HasTheValuesOfItsStandard(
        secret: String,
        key: String,
        message: String,
        signature: String
    ) throws {
        let signer = try SigningKey(algorithm: .ed25519, secretBytes: try bytes(secret))
        #expect(Hexadecimal.encode(signer.publicKey.bytes) == key)
        let bytes = try bytes(message)
        let made = try signer.sign(bytes)
        #expect(Hexadecimal.encode(made.bytes) == signature)
        #expect(Suites.international.verifier.isValid(made, of: bytes, by: signer.publicKey))
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func aChangedBitIsRefused(algorithm: SignatureAlgorithm) throws {
        let verifier = try verifier(of: algorithm)
        let key = try SigningKey.generate(algorithm)
        let message = Array("the message".utf8)
        let signature = try key.sign(message)
        try #require(verifier.isValid(signature, of: message, by: key.publicKey))
        for bit in 0..<(8 * Signature.byteCount) {
            let changed = try #require(Signature(flipping(bit, of: signature.bytes)))
            #expect(!verifier.isValid(changed, of: message, by: key.publicKey), "bit \(bit) of the signature")
        }
        for bit in 0..<(8 * message.count) {
            #expect(!verifier.isValid(signature, of: flipping(bit, of: message), by: key.publicKey))
        }
        for bit in 0..<(8 * key.publicKey.bytes.count) {
            let bytes = flipping(bit, of: key.publicKey.bytes)
            let changed = try #require(PublicKey(algorithm: algorithm, bytes: bytes))
            #expect(!verifier.isValid(signature, of: message, by: changed), "bit \(bit) of the key")
        }
        #expect(!verifier.isValid(signature, of: [], by: key.publicKey))
        #expect(!verifier.isValid(signature, of: message + [0], by: key.publicKey))
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func randomKeysAndSignaturesAreRefused(algorithm: SignatureAlgorithm) throws {
        let verifier = try verifier(of: algorithm)
        var random = SeededRandom(seed: UInt64(algorithm.rawValue))
        for _ in 0..<200 {
            let bytes = random.bytes(count: algorithm.publicKeyByteCount)
            let key = try #require(PublicKey(algorithm: algorithm, bytes: bytes))
            let signature = try #require(Signature(random.bytes(count: Signature.byteCount)))
            #expect(!verifier.isValid(signature, of: bytes, by: key))
        }
    }

    @Test func manyThreadsMayVerifyAtOnce() async throws {
        for algorithm in SignatureAlgorithm.allCases {
            let verifier = try verifier(of: algorithm)
            let key = try SigningKey.generate(algorithm)
            let verdicts = try await withThrowingTaskGroup(of: Bool.self) { group in
                for task in 0..<8 {
                    group.addTask {
                        try (0..<25).allSatisfy { round in
                            let message = Array("\(task) \(round)".utf8)
                            return verifier.isValid(try key.sign(message), of: message, by: key.publicKey)
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(verdicts == [Bool](repeating: true, count: 8))
        }
    }

    private func verifier(of algorithm: SignatureAlgorithm) throws -> any SignatureVerifier {
        let name = try #require(SuiteName.allCases.first { $0.signatureAlgorithms.contains(algorithm) })
        return try name.suite.verifier
    }
}
