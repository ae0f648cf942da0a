import Primitives
import TestKit
import Testing

struct KeysTests {
    @Test(arguments: SignatureAlgorithm.allCases)
    func keyHasTheLengthOfItsAlgorithm(algorithm: SignatureAlgorithm) throws {
        let count = algorithm == .ed25519 ? 32 : 33
        #expect(algorithm.publicKeyByteCount == count)
        #expect(PublicKey(algorithm: algorithm, bytes: [UInt8](repeating: 2, count: count - 1)) == nil)
        #expect(PublicKey(algorithm: algorithm, bytes: [UInt8](repeating: 2, count: count + 1)) == nil)
        let key = try #require(PublicKey(algorithm: algorithm, bytes: [UInt8](repeating: 2, count: count)))
        #expect(key.canonicalBytes == [algorithm.rawValue] + key.bytes)
        #expect(try PublicKey(canonicalBytes: key.canonicalBytes) == key)
        #expect(throws: DecodeError.truncated(needed: count, left: count - 1)) {
            try PublicKey(canonicalBytes: Array(key.canonicalBytes.dropLast()))
        }
        #expect(throws: DecodeError.trailingBytes(count: 1)) { try PublicKey(canonicalBytes: key.canonicalBytes + [0]) }
    }

    /// The tags are on the wire: a change of one is a change of the format.
    @Test func algorithmTagsAreFixed() {
        #expect(SignatureAlgorithm.allCases.map(\.rawValue) == [0, 1, 2])
        #expect(SignatureAlgorithm(rawValue: 0) == .ed25519)
        #expect(SignatureAlgorithm(rawValue: 1) == .p256)
        #expect(SignatureAlgorithm(rawValue: 2) == .sm2)
    }

    @Test(arguments: [3, 127, 128, 255] as [UInt8])
    func unknownAlgorithmIsRefused(tag: UInt8) {
        #expect(throws: DecodeError.unknownTag(type: "PublicKey", found: UInt64(tag))) {
            try PublicKey(canonicalBytes: [tag] + [UInt8](repeating: 0, count: 33))
        }
    }

    @Test func keysOfTwoAlgorithmsDiffer() throws {
        let bytes = [UInt8](repeating: 2, count: 33)
        let p256 = try #require(PublicKey(algorithm: .p256, bytes: bytes))
        let sm2 = try #require(PublicKey(algorithm: .sm2, bytes: bytes))
        #expect(p256 != sm2)
        #expect(p256.description == "p256:" + String(repeating: "02", count: 33))
    }

    @Test(arguments: [0, 63, 64, 65])
    func signatureIs64Bytes(count: Int) throws {
        let bytes = [UInt8](repeating: 9, count: count)
        if count == 64 {
            let signature = try #require(Signature(bytes))
            #expect(signature.canonicalBytes == bytes)
            #expect(try Signature(canonicalBytes: bytes) == signature)
        } else {
            #expect(Signature(bytes) == nil)
            #expect(throws: DecodeError.self) { try Signature(canonicalBytes: bytes) }
        }
    }
}
