/// Which signature scheme a key belongs to. The raw value is the tag on the wire.
package enum SignatureAlgorithm: UInt8, Sendable, CaseIterable {
    /// Ed25519 (RFC 8032): 32-byte public keys.
    case ed25519 = 0
    /// ECDSA over P-256 with SHA-256 (FIPS 186-5; ES256 in JOSE): 33-byte compressed public keys.
    case p256 = 1
    /// SM2 with SM3 (GB/T 32918, default identity 1234567812345678): 33-byte compressed public keys.
    case sm2 = 2

    /// Bytes in a public key.
    package var publicKeyByteCount: Int { self == .ed25519 ? 32 : 33 }
}

/// A public key: one tag byte, then 32 or 33 bytes by the algorithm. It may still be no point of its curve; verifying
/// with such a key fails.
package struct PublicKey: Hashable, Sendable, CanonicalCodable, CustomStringConvertible {
    package let algorithm: SignatureAlgorithm
    package let bytes: [UInt8]

    /// The key, or nil when the length is not the algorithm's.
    package init?(algorithm: SignatureAlgorithm, bytes: [UInt8]) {
        guard bytes.count == algorithm.publicKeyByteCount else { return nil }
        self.algorithm = algorithm
        self.bytes = bytes
    }

    package var description: String { "\(algorithm):\(Hexadecimal.encode(bytes))" }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(algorithm.rawValue)
        encoder.appendRaw(bytes)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        let tag = try decoder.readUInt8()
        guard let algorithm = SignatureAlgorithm(rawValue: tag) else {
            throw .unknownTag(type: "PublicKey", found: UInt64(tag))
        }
        self.algorithm = algorithm
        self.bytes = try decoder.readRaw(count: algorithm.publicKeyByteCount)
    }
}

/// A signature of 64 bytes: Ed25519's own form, or r ‖ s, each 32 bytes big-endian, for P-256 and SM2.
package struct Signature: Hashable, Sendable, CanonicalCodable {
    package static let byteCount = 64
    package let bytes: [UInt8]

    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Signature.byteCount else { return nil }
        self.bytes = bytes
    }

    package func encode(to encoder: inout CanonicalEncoder) { encoder.appendRaw(bytes) }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        bytes = try decoder.readRaw(count: Signature.byteCount)
    }
}

/// Checks signatures. A pure function of its arguments: no key store, no randomness.
package protocol SignatureVerifier: Sendable {
    /// Whether `signature` over exactly `message` was made with the private half of `publicKey`.
    func isValid(_ signature: Signature, of message: [UInt8], by publicKey: PublicKey) -> Bool
}

/// What a network hashes and verifies with; fixed in its genesis.
package struct Suite: Sendable {
    package let digestFunction: any DigestFunction
    package let verifier: any SignatureVerifier

    package init(digestFunction: any DigestFunction, verifier: any SignatureVerifier) {
        self.digestFunction = digestFunction
        self.verifier = verifier
    }

    /// The digest of `value` under its domain.
    package func digest<Value: CanonicalCodable>(of value: Value, domain: Domain) -> Digest {
        digestFunction.digest(of: value, domain: domain)
    }
}
