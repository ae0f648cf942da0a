import Cryptography
import Primitives
import TestKit
import Testing

struct SM2Tests {
    private struct File: Decodable {
        struct Vector: Decodable {
            let id: String
            let msg_hex: String
            let d: String
            let pub_compressed: String
            let r: String
            let s: String
            let sig_der: String
        }
        struct Negative: Decodable {
            let name: String
            let id: String
            let msg: String
            let r: String
            let s: String
            let expect: String
        }
        let default_id: String
        let vectors: [Vector]
        let negative: [Negative]
    }

    private static let path = "cn/sm2_sign.json"
    private static let order = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123"

    @Test(.enabled(if: Standards.contains(path), "cn/sm2_sign.json is absent"))
    func publishedSignaturesAreValid() throws {
        let file = try Standards.load(Self.path, as: File.self)
        #expect(Array(file.default_id.utf8) == SM2Key.standardIdentity)
        #expect(!file.vectors.isEmpty)
        let verifier = try Suites.guomi.verifier
        for vector in file.vectors {
            let signer = try SigningKey(algorithm: .sm2, secretBytes: try bytes(vector.d))
            #expect(Hexadecimal.encode(signer.publicKey.bytes) == vector.pub_compressed)
            let message = try bytes(vector.msg_hex)
            let signature = try #require(Signature(bytes(vector.r + vector.s)))
            #expect(Hexadecimal.encode(SignatureEncoding.der(of: signature)) == vector.sig_der)
            let key = try #require(SM2Key(publicKey: signer.publicKey.bytes))
            #expect(key.isValid(signature, of: message, identity: Array(vector.id.utf8)))
            // The ledger knows the standard identity alone.
            let isStandard = vector.id == file.default_id
            #expect(verifier.isValid(signature, of: message, by: signer.publicKey) == isStandard)
        }
    }

    @Test(.enabled(if: Standards.contains(path), "cn/sm2_sign.json is absent"))
    func publishedForgeriesAreRefused() throws {
        let file = try Standards.load(Self.path, as: File.self)
        #expect(!file.negative.isEmpty)
        let publicKey = try bytes(file.vectors.first?.pub_compressed)
        let key = try #require(SM2Key(publicKey: publicKey))
        for forgery in file.negative {
            try #require(forgery.expect == "reject")
            // A number of more than 256 bits has no place in a signature of 64 bytes.
            guard forgery.r.count <= 64, forgery.s.count <= 64 else { continue }
            let text = padded(forgery.r) + padded(forgery.s)
            let signature = try #require(Signature(bytes(text)))
            let message = Array(forgery.msg.utf8)
            #expect(!key.isValid(signature, of: message, identity: Array(forgery.id.utf8)), "\(forgery.name)")
        }
    }

    @Test func secretsOutsideTheirRangeAreRefused() throws {
        let zero = [UInt8](repeating: 0, count: 32)
        var one = zero
        one[31] = 1
        let order = try bytes(Self.order)
        var largest = order
        largest[31] -= 2
        var overLargest = order
        overLargest[31] -= 1
        for secret in [one, largest] {
            let key = try SigningKey(algorithm: .sm2, secretBytes: secret)
            #expect(try Suites.guomi.verifier.isValid(key.sign([1]), of: [1], by: key.publicKey))
        }
        for secret in [zero, overLargest, order, [UInt8](repeating: 0xff, count: 32)] {
            #expect(throws: CryptographyError.keyInvalid(algorithm: "sm2")) {
                try SigningKey(algorithm: .sm2, secretBytes: secret)
            }
        }
    }

    /// The point of d = 1 is the generator, whose coordinates GB/T 32918.5 gives.
    @Test func thePublicKeyOfOneIsTheGenerator() throws {
        let secret = [UInt8](repeating: 0, count: 31) + [1]
        let key = try SigningKey(algorithm: .sm2, secretBytes: secret)
        #expect(
            Hexadecimal.encode(key.publicKey.bytes)
                == "0232c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"
        )
    }

    @Test func bytesThatAreNoCompressedPointAreNoKey() throws {
        let point = try SigningKey.generate(.sm2).publicKey.bytes
        #expect(SM2Key(publicKey: point) != nil)
        for prefix in [0, 1, 4, 5, 6, 7, 0xff] as [UInt8] {
            #expect(SM2Key(publicKey: [prefix] + point.dropFirst()) == nil)
        }
        #expect(SM2Key(publicKey: [2] + [UInt8](repeating: 0xff, count: 32)) == nil)
        #expect(SM2Key(publicKey: Array(point.dropLast())) == nil)
        #expect(SM2Key(publicKey: point + [0]) == nil)
        #expect(SM2Key(publicKey: []) == nil)
    }

    private func padded(_ digits: String) -> String {
        String(repeating: "0", count: 64 - digits.count) + digits
    }
}
