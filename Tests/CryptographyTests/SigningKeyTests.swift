import Cryptography
import Primitives
import TestKit
import Testing

struct SigningKeyTests {
    @Test(arguments: SignatureAlgorithm.allCases)
    func aStoredKeyIsTheSameKey(algorithm: SignatureAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)
        #expect(key.algorithm == algorithm)
        #expect(key.publicKey.bytes.count == algorithm.publicKeyByteCount)
        let stored = key.secretBytes
        #expect(stored.count == SigningKey.secretByteCount)
        let restored = try SigningKey(algorithm: algorithm, secretBytes: stored)
        #expect(restored.publicKey == key.publicKey)
        #expect(restored.secretBytes == stored)
        #expect(try SigningKey.generate(algorithm).publicKey != key.publicKey)
    }

    @Test(arguments: SignatureAlgorithm.allCases, [0, 31, 33])
    func secretsOfAnotherLengthAreRefused(algorithm: SignatureAlgorithm, count: Int) {
        #expect(throws: CryptographyError.keyLength(found: count, expected: 32)) {
            try SigningKey(algorithm: algorithm, secretBytes: [UInt8](repeating: 1, count: count))
        }
    }

    /// n of P-256 (FIPS 186-5) and its neighbours.
    @Test func p256SecretsOutsideTheirRangeAreRefused() throws {
        let order = try bytes("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
        var largest = order
        largest[31] -= 1
        _ = try SigningKey(algorithm: .p256, secretBytes: largest)
        for secret in [[UInt8](repeating: 0, count: 32), order, [UInt8](repeating: 0xff, count: 32)] {
            #expect(throws: CryptographyError.keyInvalid(algorithm: "p256")) {
                try SigningKey(algorithm: .p256, secretBytes: secret)
            }
        }
    }

    /// An ES256 signature checked by an implementation that shares no code with this one.
    @Test func p256SignaturesAreES256() throws {
        let key = try SigningKey.generate(.p256)
        for message in ["", "eyJhbGciOiJFUzI1NiJ9.e30"].map({ Array($0.utf8) }) {
            let signature = try key.sign(message)
            #expect(signature.bytes.count == 64)
            #expect(ReferenceP256().isValid(signature, of: message, by: key.publicKey))
        }
    }

    @Test func aSecretIsNotShown() throws {
        for algorithm in SignatureAlgorithm.allCases {
            let key = try SigningKey.generate(algorithm)
            var dumped = ""
            dump(key, to: &dumped)
            let shown = "\(key) \(String(reflecting: key)) \(dumped)"
            #expect(shown.contains(Hexadecimal.encode(key.publicKey.bytes)))
            #expect(!shown.contains("secret"))
            #expect(!shown.contains(Hexadecimal.encode(key.secretBytes)))
        }
    }

    @Test func randomBytesHaveTheirCountAndDiffer() {
        for count in [0, 1, 7, 8, 9, 31, 32, 33] {
            #expect(SystemEntropy.randomBytes(count).count == count)
        }
        #expect(SystemEntropy.randomBytes(32) != SystemEntropy.randomBytes(32))
        // Each byte of 16 is not zero at least once in 64 draws, or one in 2^512 runs fails.
        let seen = (0..<64).map { _ in SystemEntropy.randomBytes(16) }.reduce([UInt8](repeating: 0, count: 16)) {
            zip($0, $1).map(|)
        }
        #expect(!seen.contains(0))
        var generator = SystemEntropy()
        #expect(generator.next() != generator.next())
    }
}
