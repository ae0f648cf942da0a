import Crypto
import Foundation
package import Primitives
import SwiftASN1
import X509

/// Who a node is on its links and at its HTTP edge: a P-256 key and a certificate that it signed itself.
///
/// Nobody vouches for the certificate. A peer pins `certificateDigest`, which stands in the node's descriptor.
///
/// The certificate names the node as common name and DNS name, with `localhost`, 127.0.0.1 and what the caller adds. It
/// is for TLS servers and clients and not for issuing: `basicConstraints` says so. `keyUsage` is absent on purpose:
/// BoringSSL takes a certificate for self-signed, and so as its own trust root, only if its key usage is absent or has
/// `keyCertSign`, which RFC 5280 §4.2.1.3 forbids to one that is no authority.
package struct LinkIdentity: Sendable {
    /// How long a new certificate is valid: 3,652 days, which is ten years.
    package static let lifetimeSeconds: UInt64 = 3_652 * 86_400
    /// How long before its making it begins, for peers whose clocks are slow.
    package static let backdateSeconds: UInt64 = 3600

    /// The certificate, PEM, public.
    package let certificatePEM: String
    /// The private key, PKCS #8 in PEM.
    package let privateKeyPEM: String
    /// SHA-256 of the certificate's DER form.
    package let certificateDigest: Primitives.Digest
    /// The name in the certificate's subject.
    package let nodeName: String

    /// A pair of texts that belong together.
    ///
    /// - Throws: `certificateInvalid` for texts that cannot be read or do not belong together.
    package init(certificatePEM: String, privateKeyPEM: String) throws(CryptographyError) {
        let certificate = try Self.parse(certificatePEM)
        // What the library finds wrong may quote the text, which here is a private key: its reason goes no further.
        guard let key = try? P256.Signing.PrivateKey(pemRepresentation: privateKeyPEM) else {
            throw .certificateInvalid(reason: "the private key is not a P-256 key in PEM")
        }
        guard certificate.publicKey == Certificate.PublicKey(key.publicKey) else {
            throw .certificateInvalid(reason: "the private key is not the certificate's")
        }
        guard let name = Self.commonName(of: certificate) else {
            throw .certificateInvalid(reason: "the certificate has no common name")
        }
        self.certificatePEM = certificatePEM
        self.privateKeyPEM = privateKeyPEM
        certificateDigest = try Self.certificateDigest(certificatePEM)
        nodeName = name
    }

    /// A new key and its certificate, valid from an hour before `now` for ten years.
    ///
    /// `nodeName` is 1 to 63 letters, digits, hyphens and dots; `dnsNames` are further names at which the node is
    /// reached, `addresses` further IPv4 addresses, four bytes each, or IPv6 addresses, sixteen.
    /// - Throws: `certificateInvalid` for a name or address of another form.
    package static func generate(
        nodeName: String,
        now: Timestamp,
        dnsNames: [String] = [],
        addresses: [[UInt8]] = []
    ) throws(CryptographyError) -> LinkIdentity {
        for name in [nodeName] + dnsNames where !isName(name) {
            throw .certificateInvalid(reason: "a name is not 1 to 63 letters, digits, hyphens and dots")
        }
        for address in addresses where address.count != 4 && address.count != 16 {
            throw .certificateInvalid(reason: "an address has neither 4 nor 16 bytes")
        }
        var names: [GeneralName] = []
        for name in [nodeName, "localhost"] + dnsNames where !names.contains(.dnsName(name)) {
            names.append(.dnsName(name))
        }
        for address in [[127, 0, 0, 1]] + addresses {
            names.append(.ipAddress(ASN1OctetString(contentBytes: address[...])))
        }
        let key = P256.Signing.PrivateKey()
        do {
            let certificate = try makeCertificate(nodeName: nodeName, names: names, key: key, now: now)
            return try LinkIdentity(
                certificatePEM: certificate.serializeAsPEM().pemString + "\n",
                privateKeyPEM: key.pemRepresentation + "\n"
            )
        } catch let error as CryptographyError {
            throw error
        } catch {
            throw .certificateInvalid(reason: "the certificate could not be made: \(error)")
        }
    }

    // MARK: Files

    /// Makes two files, the key with mode 0600 and the certificate with mode 0644, or neither.
    ///
    /// - Throws: `exists`: nothing is ever overwritten; `missing` without the folder; `system`.
    package func write(certificatePath: String, privateKeyPath: String) throws(KeyFileError) {
        try ExclusiveFile.create(Array(privateKeyPEM.utf8), at: privateKeyPath, mode: 0o600)
        do {
            try ExclusiveFile.create(Array(certificatePEM.utf8), at: certificatePath, mode: 0o644)
        } catch {
            ExclusiveFile.remove(privateKeyPath)
            throw error
        }
    }

    /// The identity in two files.
    ///
    /// - Throws: `readableByOthers` for the key's file, `damaged` for files that do not belong together, `missing`,
    ///   `notAFile`, `system`.
    package static func read(
        certificatePath: String,
        privateKeyPath: String
    ) throws(KeyFileError) -> LinkIdentity {
        let key = try ExclusiveFile.read(privateKeyPath, modeMax: 0o600)
        let certificate = try ExclusiveFile.read(certificatePath, modeMax: 0o777)
        do {
            return try LinkIdentity(
                certificatePEM: String(decoding: certificate, as: UTF8.self),
                privateKeyPEM: String(decoding: key, as: UTF8.self)
            )
        } catch .certificateInvalid(let reason) {
            throw .damaged(path: certificatePath, reason: reason)
        } catch {
            throw .unusable(path: certificatePath, reason: error)
        }
    }

    // MARK: Certificates

    /// When a certificate in PEM ceases to be valid.
    ///
    /// - Throws: `certificateInvalid`.
    package static func certificateExpiry(_ pem: String) throws(CryptographyError) -> Timestamp {
        let seconds = try parse(pem).notValidAfter.timeIntervalSince1970
        guard seconds >= 0 else { throw .certificateInvalid(reason: "the certificate expired before 1970") }
        return Timestamp(seconds: UInt64(seconds))
    }

    /// SHA-256 of the DER form of a certificate in PEM, by which peers pin it.
    ///
    /// - Throws: `certificateInvalid`.
    package static func certificateDigest(_ pem: String) throws(CryptographyError) -> Primitives.Digest {
        do {
            let document = try PEMDocument(pemString: pem)
            _ = try Certificate(pemDocument: document)
            return certificateDigest(der: document.derBytes)
        } catch {
            throw .certificateInvalid(reason: "not a certificate in PEM")
        }
    }

    /// SHA-256 of a certificate's DER form, as a TLS library hands it over.
    package static func certificateDigest(der: [UInt8]) -> Primitives.Digest {
        SHA256Function().digest(der)
    }

    private static func makeCertificate(
        nodeName: String,
        names: [GeneralName],
        key: P256.Signing.PrivateKey,
        now: Timestamp
    ) throws -> Certificate {
        let subject = try DistinguishedName { CommonName(nodeName) }
        let start = now.seconds > backdateSeconds ? now.seconds - backdateSeconds : 0
        return try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: Certificate.PublicKey(key.publicKey),
            notValidBefore: Date(timeIntervalSince1970: TimeInterval(start)),
            notValidAfter: Date(timeIntervalSince1970: TimeInterval(start + lifetimeSeconds)),
            issuer: subject,
            subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                try ExtendedKeyUsage([.serverAuth, .clientAuth])
                SubjectAlternativeNames(names)
            },
            issuerPrivateKey: Certificate.PrivateKey(key)
        )
    }

    private static func parse(_ pem: String) throws(CryptographyError) -> Certificate {
        do {
            return try Certificate(pemEncoded: pem)
        } catch {
            throw .certificateInvalid(reason: "not a certificate in PEM")
        }
    }

    private static func commonName(of certificate: Certificate) -> String? {
        for relativeName in certificate.subject {
            for attribute in relativeName where attribute.type == .RDNAttributeType.commonName {
                return String(attribute.value)
            }
        }
        return nil
    }

    private static func isName(_ name: String) -> Bool {
        (1...63).contains(name.utf8.count)
            && name.utf8.allSatisfy { character in
                switch character {
                case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e: true
                default: false
                }
            }
    }
}
