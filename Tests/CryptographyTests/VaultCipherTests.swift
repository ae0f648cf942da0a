import Cryptography
import Primitives
import TestKit
import Testing

struct VaultCipherTests {
    private let associatedData = Array("body/42".utf8)

    @Test(arguments: [0, 1, 16, 4096])
    func aSealedBodyOpens(count: Int) throws {
        let key = SystemEntropy.randomBytes(VaultCipher.keyByteCount)
        let body = SystemEntropy.randomBytes(count)
        let sealed = try VaultCipher(key: key).seal(body, associatedData: associatedData)
        #expect(sealed.count == count + VaultCipher.overheadByteCount)
        #expect(try VaultCipher(key: key).open(sealed, associatedData: associatedData) == body)
    }

    @Test func noNonceComesTwice() throws {
        let cipher = try VaultCipher(key: SystemEntropy.randomBytes(32))
        let nonces = try (0..<1000).map { _ in
            Array(try cipher.seal([], associatedData: []).prefix(12))
        }
        #expect(Set(nonces).count == 1000)
    }

    @Test func everyChangedBitIsNoticed() throws {
        let cipher = try VaultCipher(key: SystemEntropy.randomBytes(32))
        let sealed = try cipher.seal(Array("a certificate's body".utf8), associatedData: associatedData)
        for bit in 0..<(8 * sealed.count) {
            #expect(throws: CryptographyError.notAuthentic, "bit \(bit)") {
                try cipher.open(flipping(bit, of: sealed), associatedData: associatedData)
            }
        }
        #expect(throws: CryptographyError.notAuthentic) { try cipher.open(sealed, associatedData: []) }
        let other = try VaultCipher(key: SystemEntropy.randomBytes(32))
        #expect(throws: CryptographyError.notAuthentic) {
            try other.open(sealed, associatedData: associatedData)
        }
    }

    @Test func shortBodiesAndUnfitKeysAreRefused() throws {
        let cipher = try VaultCipher(key: SystemEntropy.randomBytes(32))
        for count in [0, 12, 27] {
            #expect(throws: CryptographyError.sealedTooShort(found: count, needed: 28)) {
                try cipher.open([UInt8](repeating: 0, count: count), associatedData: [])
            }
        }
        for count in [0, 16, 31, 33] {
            #expect(throws: CryptographyError.keyLength(found: count, expected: 32)) {
                try VaultCipher(key: [UInt8](repeating: 0, count: count))
            }
        }
    }
}
