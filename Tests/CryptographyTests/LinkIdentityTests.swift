import Cryptography
import Primitives
import TestKit
import Testing

struct LinkIdentityTests {
    private let now = Timestamp(seconds: 1_800_000_000)

    @Test func anIdentityReadsBack() throws {
        let identity = try LinkIdentity.generate(nodeName: "node-1", now: now)
        let restored = try LinkIdentity(
            certificatePEM: identity.certificatePEM,
            privateKeyPEM: identity.privateKeyPEM
        )
        #expect(restored.nodeName == "node-1")
        #expect(restored.certificateDigest == identity.certificateDigest)
        #expect(try LinkIdentity.certificateDigest(identity.certificatePEM) == identity.certificateDigest)
        let other = try LinkIdentity.generate(nodeName: "node-1", now: now)
        #expect(other.certificateDigest != identity.certificateDigest)
    }

    @Test func aCertificateLastsTenYears() throws {
        let identity = try LinkIdentity.generate(nodeName: "node-1", now: now)
        let expiry = try LinkIdentity.certificateExpiry(identity.certificatePEM)
        #expect(expiry == Timestamp(seconds: now.seconds - 3600 + 3652 * 86_400))
        // The certificate of a machine whose clock stands at its beginning still has a beginning.
        let early = try LinkIdentity.generate(nodeName: "node-1", now: Timestamp(seconds: 5))
        #expect(try LinkIdentity.certificateExpiry(early.certificatePEM) == Timestamp(seconds: 3652 * 86_400))
    }

    @Test func aKeyOfAnotherCertificateIsRefused() throws {
        let first = try LinkIdentity.generate(nodeName: "node-1", now: now)
        let second = try LinkIdentity.generate(nodeName: "node-1", now: now)
        #expect(throws: CryptographyError.certificateInvalid(reason: "the private key is not the certificate's")) {
            try LinkIdentity(certificatePEM: first.certificatePEM, privateKeyPEM: second.privateKeyPEM)
        }
        #expect(throws: CryptographyError.certificateInvalid(reason: "not a certificate in PEM")) {
            try LinkIdentity(certificatePEM: first.privateKeyPEM, privateKeyPEM: first.privateKeyPEM)
        }
        #expect(
            throws: CryptographyError.certificateInvalid(reason: "the private key is not a P-256 key in PEM")
        ) {
            try LinkIdentity(certificatePEM: first.certificatePEM, privateKeyPEM: first.certificatePEM)
        }
        #expect(throws: CryptographyError.certificateInvalid(reason: "not a certificate in PEM")) {
            try LinkIdentity.certificateExpiry("")
        }
    }

    @Test func aDamagedCertificateNeitherTrapsNorKeepsItsDigest() throws {
        let identity = try LinkIdentity.generate(nodeName: "node-1", now: now)
        var random = SeededRandom(seed: 3)
        let original = Array(identity.certificatePEM.utf8)
        for _ in 0..<500 {
            var bytes = original
            let place = Int.random(in: 30..<(original.count - 30), using: &random)
            bytes[place] = UInt8.random(in: 0x20...0x7e, using: &random)
            let text = String(decoding: bytes, as: UTF8.self)
            guard bytes != original, let digest = try? LinkIdentity.certificateDigest(text) else { continue }
            #expect(digest != identity.certificateDigest)
        }
    }

    @Test(arguments: ["", "two words", "数据局", "a_b", String(repeating: "a", count: 64)])
    func unfitNamesAreRefused(name: String) {
        #expect(throws: CryptographyError.self) { try LinkIdentity.generate(nodeName: name, now: now) }
        #expect(throws: CryptographyError.self) {
            try LinkIdentity.generate(nodeName: "node", now: now, dnsNames: [name])
        }
    }

    @Test func theLongestNameAndFurtherAddressesAreTaken() throws {
        let name = String(repeating: "a", count: 63)
        let identity = try LinkIdentity.generate(
            nodeName: name,
            now: now,
            dnsNames: ["gateway.example", "localhost"],
            addresses: [[10, 0, 0, 7], [UInt8](repeating: 0, count: 15) + [1]]
        )
        #expect(identity.nodeName == name)
        for count in [0, 3, 5, 17] {
            #expect(throws: CryptographyError.self) {
                try LinkIdentity.generate(nodeName: name, now: now, addresses: [[UInt8](repeating: 1, count: count)])
            }
        }
    }

    @Test func filesHaveTheirModesAndAreNeverOverwritten() throws {
        let folder = try TemporaryFolder()
        let identity = try LinkIdentity.generate(nodeName: "node-1", now: now)
        let certificate = folder.file("link.pem")
        let key = folder.file("link-key.pem")
        try identity.write(certificatePath: certificate, privateKeyPath: key)
        #expect(try folder.mode("link.pem") == 0o644)
        #expect(try folder.mode("link-key.pem") == 0o600)
        #expect(try folder.names() == ["link-key.pem", "link.pem"])
        let restored = try LinkIdentity.read(certificatePath: certificate, privateKeyPath: key)
        #expect(restored.certificateDigest == identity.certificateDigest)

        #expect(throws: KeyFileError.exists(path: key)) {
            try identity.write(certificatePath: folder.file("new.pem"), privateKeyPath: key)
        }
        #expect(throws: KeyFileError.exists(path: certificate)) {
            try identity.write(certificatePath: certificate, privateKeyPath: folder.file("new-key.pem"))
        }
        // A refused pair leaves nothing behind.
        #expect(try folder.names() == ["link-key.pem", "link.pem"])

        try folder.setMode(0o640, of: "link-key.pem")
        #expect(throws: KeyFileError.readableByOthers(path: key, mode: 0o640)) {
            try LinkIdentity.read(certificatePath: certificate, privateKeyPath: key)
        }
        try folder.setMode(0o600, of: "link-key.pem")
        try folder.write(Array("nothing".utf8), to: "link.pem")
        #expect(throws: KeyFileError.damaged(path: certificate, reason: "not a certificate in PEM")) {
            try LinkIdentity.read(certificatePath: certificate, privateKeyPath: key)
        }
    }
}
