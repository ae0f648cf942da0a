import Cryptography
import Foundation
import Primitives
import TestKit
import Testing

/// The `openssl` command judges signatures made here, and the other way round.
@Suite(.enabled(if: CommandLineTool.openssl != nil, "the openssl command is absent"))
struct OpenSSLInteroperabilityTests {
    private let identity = "distid:1234567812345678"

    @Test func opensslAcceptsOurSM2Signature() throws {
        let openssl = try #require(CommandLineTool.openssl)
        let folder = try TemporaryFolder()
        let key = try SigningKey.generate(.sm2)
        let message = Array("某市政务服务".utf8)
        let signature = try key.sign(message)
        try folder.write(message, to: "message")
        try folder.write(SignatureEncoding.der(of: signature), to: "signature")
        try folder.write(Array(pem(of: key.publicKey).utf8), to: "key.pem")

        func verify(_ file: String, _ identity: String) throws -> CommandLineTool.Result {
            try openssl.run([
                "dgst", "-sm3", "-verify", folder.file("key.pem"), "-signature", folder.file("signature"),
                "-sigopt", identity, folder.file(file),
            ])
        }
        let accepted = try verify("message", identity)
        #expect(accepted.status == 0, "\(accepted.output)")
        #expect(accepted.output.contains("Verified OK"))
        #expect(try verify("message", "distid:someone else").status != 0)
        try folder.write(message + [0], to: "changed")
        #expect(try verify("changed", identity).status != 0)
    }

    @Test func weAcceptOpenSSLsSM2Signature() throws {
        let openssl = try #require(CommandLineTool.openssl)
        let folder = try TemporaryFolder()
        let message = Array("signed elsewhere".utf8)
        try folder.write(message, to: "message")
        for arguments in [
            ["genpkey", "-algorithm", "SM2", "-out", folder.file("key.pem")],
            [
                "pkey", "-in", folder.file("key.pem"), "-pubout", "-outform", "DER", "-out",
                folder.file("public.der"),
            ],
            [
                "dgst", "-sm3", "-sign", folder.file("key.pem"), "-sigopt", identity, "-out", folder.file("signature"),
                folder.file("message"),
            ],
        ] {
            let result = try openssl.run(arguments)
            try #require(result.status == 0, "\(result.output)")
        }
        let der = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("public.der"))))
        let encoded = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("signature"))))
        let point = Array(der.suffix(65))
        try #require(point.first == 4)
        let publicKey = try #require(PublicKey(algorithm: .sm2, bytes: [2 | point[64] & 1] + point[1...32]))
        let signature = try #require(SignatureEncoding.signature(fromDER: encoded))
        #expect(try Suites.guomi.verifier.isValid(signature, of: message, by: publicKey))
        #expect(try !Suites.guomi.verifier.isValid(signature, of: message + [0], by: publicKey))
    }

    @Test func opensslReadsALinkCertificate() throws {
        let openssl = try #require(CommandLineTool.openssl)
        let folder = try TemporaryFolder()
        let identity = try LinkIdentity.generate(
            nodeName: "civil-affairs",
            now: Timestamp(seconds: UInt64(Date().timeIntervalSince1970))
        )
        try identity.write(
            certificatePath: folder.file("certificate.pem"),
            privateKeyPath: folder.file("key.pem")
        )
        let text = try openssl.run(["x509", "-in", folder.file("certificate.pem"), "-noout", "-text"]).output
        for part in [
            "Subject: CN = civil-affairs", "Issuer: CN = civil-affairs", "CA:FALSE",
            "TLS Web Server Authentication, TLS Web Client Authentication",
            "DNS:civil-affairs, DNS:localhost, IP Address:127.0.0.1", "ecdsa-with-SHA256", "prime256v1",
        ] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
        let digest = try openssl.run([
            "x509", "-in", folder.file("certificate.pem"), "-noout", "-fingerprint", "-sha256",
        ]).output
        #expect(
            digest.filter { $0 != ":" }.lowercased().contains(identity.certificateDigest.description)
        )
        // It is its own trust root, for servers and for clients.
        for purpose in ["sslserver", "sslclient"] {
            let verified = try openssl.run([
                "verify", "-x509_strict", "-purpose", purpose, "-CAfile", folder.file("certificate.pem"),
                folder.file("certificate.pem"),
            ])
            #expect(verified.status == 0, "\(verified.output)")
        }
        let key = try openssl.run(["pkey", "-in", folder.file("key.pem"), "-noout", "-check"])
        #expect(key.status == 0, "\(key.output)")
    }

    /// A SubjectPublicKeyInfo with the object identifiers of an elliptic curve and of SM2, and a compressed point.
    private func pem(of key: PublicKey) -> String {
        let prefix: [UInt8] = [
            0x30, 0x39, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x81,
            0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d, 0x03, 0x22, 0x00,
        ]
        let body = Data(prefix + key.bytes).base64EncodedString()
        return "-----BEGIN PUBLIC KEY-----\n\(body.prefix(64))\n\(body.dropFirst(64))\n-----END PUBLIC KEY-----\n"
    }
}
