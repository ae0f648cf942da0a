import Cryptography
import Primitives
import TestKit
import Testing

struct KeyDerivationTests {
    /// RFC 5869 appendix A.1, A.2 and A.3.
    @Test(arguments: [
        (
            secret: [UInt8](repeating: 0x0b, count: 22), salt: Array(0x00...0x0c) as [UInt8],
            info: Array(0xf0...0xf9) as [UInt8],
            output: "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
        ),
        (
            secret: Array(0x00...0x4f) as [UInt8], salt: Array(0x60...0xaf) as [UInt8],
            info: Array(0xb0...0xff) as [UInt8],
            output: "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e59"
                + "0e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"
        ),
        (
            secret: [UInt8](repeating: 0x0b, count: 22), salt: [], info: [],
            output: "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
        ),
    ])
    func theValuesAreTheStandards(secret: [UInt8], salt: [UInt8], info: [UInt8], output: String) {
        let derived = KeyDerivation.derive(secret: secret, salt: salt, info: info, byteCount: output.count / 2)
        #expect(Hexadecimal.encode(derived) == output)
    }

    @Test func bothEndsOfTheLengthWork() {
        for count in [1, KeyDerivation.byteCountMax] {
            let derived = KeyDerivation.derive(secret: [1], salt: [], info: [], byteCount: count)
            #expect(derived.count == count)
        }
    }

    @Test func aLengthOfNothingIsAMistakeOfTheCaller() async {
        await #expect(processExitsWith: .failure) {
            _ = KeyDerivation.derive(secret: [1], salt: [], info: [], byteCount: 0)
        }
    }

    @Test func allKeysAndSaltsOfASeedDiffer() throws {
        let heads = try AccessHeadKeys(seed: Array(0..<32))
        var keys: Set<PublicKey> = []
        var salts: Set<[UInt8]> = []
        for set in [0, 1, UInt32.max] {
            for index in 0..<UInt8(Limits.accessHeadsInSet) {
                let key = try heads.signingKey(set: set, index: index)
                #expect(key.algorithm == .ed25519)
                keys.insert(key.publicKey)
                salts.insert(try heads.salt(set: set, index: index))
            }
        }
        #expect(keys.count == 3 * Limits.accessHeadsInSet)
        #expect(salts.count == 3 * Limits.accessHeadsInSet)
        #expect(salts.allSatisfy { $0.count == AccessHeadKeys.saltByteCount })
    }

    /// The derivation is frozen: a wallet must find its heads again in ten years. Computed by hand from the parts.
    @Test func theDerivationIsTheWrittenOne() throws {
        let seed = Array(0..<32) as [UInt8]
        let heads = try AccessHeadKeys(seed: seed)
        let place: [UInt8] = [0x04, 0x03, 0x02, 0x01, 63]
        let keyInfo = [24] + Array("zhixin/1/access-head-key".utf8) + place
        let secret = KeyDerivation.derive(secret: seed, salt: [], info: keyInfo, byteCount: 32)
        #expect(try heads.signingKey(set: 0x0102_0304, index: 63).secretBytes == secret)
        let saltInfo = [25] + Array("zhixin/1/access-head-salt".utf8) + place
        let salt = KeyDerivation.derive(secret: seed, salt: [], info: saltInfo, byteCount: 16)
        #expect(try heads.salt(set: 0x0102_0304, index: 63) == salt)
    }

    @Test func headsBeyondASetAndUnfitSeedsAreRefused() throws {
        let heads = try AccessHeadKeys(seed: Array(0..<32))
        _ = try heads.signingKey(set: 0, index: 63)
        #expect(throws: CryptographyError.accessHeadOutOfRange(found: 64, count: 64)) {
            try heads.signingKey(set: 0, index: 64)
        }
        #expect(throws: CryptographyError.accessHeadOutOfRange(found: 255, count: 64)) {
            try heads.salt(set: 0, index: 255)
        }
        for count in [0, 31, 33] {
            #expect(throws: CryptographyError.keyLength(found: count, expected: 32)) {
                try AccessHeadKeys(seed: [UInt8](repeating: 0, count: count))
            }
        }
    }
}
