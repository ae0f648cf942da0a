import Cryptography
import Primitives
import TestKit
import Testing

struct SealedBoxTests {
    private let info = Array("zhixin/1/opening".utf8)
    private let associatedData = Array("record 7".utf8)

    @Test(arguments: [0, 1, 31, 32, 1000])
    func theRecipientReadsWhatWasSealed(count: Int) throws {
        let key = AgreementKey.generate()
        let plaintext = SystemEntropy.randomBytes(count)
        let sealed = try seal(plaintext, to: key.publicKey)
        #expect(sealed.count == count + SealedBox.overheadByteCount)
        #expect(try open(sealed, with: key) == plaintext)
        #expect(try open(sealed, with: AgreementKey(secretBytes: key.secretBytes)) == plaintext)
        #expect(try seal(plaintext, to: key.publicKey) != sealed)
    }

    @Test func everyChangedBitIsNoticed() throws {
        let key = AgreementKey.generate()
        let plaintext = Array("110105194912310021".utf8)
        let sealed = try seal(plaintext, to: key.publicKey)
        // X25519 ignores the top bit of a public key (RFC 7748 §5), but HPKE hashes the bytes as they came.
        for bit in 0..<(8 * sealed.count) {
            #expect(throws: CryptographyError.notAuthentic, "bit \(bit)") {
                try open(flipping(bit, of: sealed), with: key)
            }
        }
    }

    @Test func infoAssociatedDataAndRecipientAreBound() throws {
        let key = AgreementKey.generate()
        let sealed = try seal([1, 2, 3], to: key.publicKey)
        #expect(throws: CryptographyError.notAuthentic) { try open(sealed, with: AgreementKey.generate()) }
        #expect(throws: CryptographyError.notAuthentic) {
            try SealedBox.open(sealed, with: key, info: info + [0], associatedData: associatedData)
        }
        #expect(throws: CryptographyError.notAuthentic) {
            try SealedBox.open(sealed, with: key, info: info, associatedData: [])
        }
    }

    @Test func shortMessagesAreRefused() throws {
        let key = AgreementKey.generate()
        let sealed = try seal([], to: key.publicKey)
        #expect(try open(sealed, with: key) == [])
        for count in [0, 31, 32, 47] {
            #expect(throws: CryptographyError.sealedTooShort(found: count, needed: 48)) {
                try open(Array(sealed.prefix(count)), with: key)
            }
        }
    }

    @Test func unfitPublicKeysAreRefused() {
        for count in [0, 31, 33] {
            #expect(throws: CryptographyError.keyLength(found: count, expected: 32)) {
                try seal([1], to: [UInt8](repeating: 9, count: count))
            }
        }
    }

    /// The u coordinates of small order, also not reduced and with the ignored bit (RFC 7748 §6.1, RFC 9180 §7.1.4):
    /// every secret agrees on zero with them, so anyone could open.
    @Test(arguments: [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000080",
    ])
    func pointsOfSmallOrderAreRefused(point: String) throws {
        let point = try bytes(point)
        #expect(throws: CryptographyError.keyInvalid(algorithm: "X25519")) { try seal([1], to: point) }
        let sealed = point + [UInt8](repeating: 0, count: 17)
        #expect(throws: CryptographyError.keyInvalid(algorithm: "X25519")) {
            try open(sealed, with: AgreementKey.generate())
        }
    }

    /// RFC 9180 appendix A.2.1: base mode, sequence number 0.
    @Test func theStandardsExampleOpens() throws {
        let key = try AgreementKey(
            secretBytes: try bytes("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb")
        )
        #expect(
            Hexadecimal.encode(key.publicKey) == "4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a"
        )
        let encapsulatedKey = try bytes("1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a")
        let ciphertext = try bytes(
            "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28"
        )
        let plaintext = try SealedBox.open(
            encapsulatedKey + ciphertext,
            with: key,
            info: Array("Ode on a Grecian Urn".utf8),
            associatedData: Array("Count-0".utf8)
        )
        #expect(plaintext == Array("Beauty is truth, truth beauty".utf8))
    }

    @Test(arguments: [0, 31, 33])
    func secretsOfAnotherLengthAreRefused(count: Int) {
        #expect(throws: CryptographyError.keyLength(found: count, expected: 32)) {
            try AgreementKey(secretBytes: [UInt8](repeating: 1, count: count))
        }
    }

    @Test func anAgreementKeysSecretIsNotShown() {
        let key = AgreementKey.generate()
        var dumped = ""
        dump(key, to: &dumped)
        let shown = "\(key) \(dumped)"
        #expect(!shown.contains("\(key.secretBytes[0]), \(key.secretBytes[1]), \(key.secretBytes[2])"))
        #expect(!shown.contains("PrivateKey"))
    }

    private func seal(_ plaintext: [UInt8], to publicKey: [UInt8]) throws -> [UInt8] {
        try SealedBox.seal(plaintext, to: publicKey, info: info, associatedData: associatedData)
    }

    private func open(_ sealed: [UInt8], with key: AgreementKey) throws -> [UInt8] {
        try SealedBox.open(sealed, with: key, info: info, associatedData: associatedData)
    }
}
