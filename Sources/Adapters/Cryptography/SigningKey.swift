import Crypto
package import Primitives

/// A private key held in memory, of one of the three algorithms.
///
/// A P-256 key signs the SHA-256 of its message and answers r ‖ s, which is ES256 of RFC 7518: the message is then
/// the JWS signing input itself. Ed25519 signatures repeat, the others differ every time.
package struct SigningKey: MessageSigner {
    /// Bytes in the stored form of every algorithm's secret.
    package static let secretByteCount = 32

    private enum Secret: Sendable {
        case ed25519(Curve25519.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
        case sm2(SM2Key, scalar: [UInt8])
    }

    package let publicKey: PublicKey
    private let secret: Secret

    package var algorithm: SignatureAlgorithm { publicKey.algorithm }

    /// The key whose stored form is `secretBytes`: the seed of RFC 8032, or the big-endian secret number.
    ///
    /// - Throws: `keyLength`; `keyInvalid` for a number that is out of range; `unavailable` for SM2 without it.
    package init(algorithm: SignatureAlgorithm, secretBytes: [UInt8]) throws(CryptographyError) {
        guard secretBytes.count == Self.secretByteCount else {
            throw .keyLength(found: secretBytes.count, expected: Self.secretByteCount)
        }
        let invalid = CryptographyError.keyInvalid(algorithm: "\(algorithm)")
        let publicBytes: [UInt8]
        // `try?`: the only thing that a library can have against 32 bytes is that they are no key.
        switch algorithm {
        case .ed25519:
            guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: secretBytes) else { throw invalid }
            secret = .ed25519(key)
            publicBytes = [UInt8](key.publicKey.rawRepresentation)
        case .p256:
            guard let key = try? P256.Signing.PrivateKey(rawRepresentation: secretBytes) else { throw invalid }
            secret = .p256(key)
            publicBytes = [UInt8](key.publicKey.compressedRepresentation)
        case .sm2:
            guard let curve = SM2Curve.shared else { throw .unavailable(algorithm: "SM2") }
            guard
                SM2Curve.isScalar(secretBytes),
                let point = curve.publicKey(ofSecret: secretBytes),
                let key = SM2Key(secret: secretBytes, publicKey: point)
            else { throw invalid }
            secret = .sm2(key, scalar: secretBytes)
            publicBytes = point
        }
        guard let publicKey = PublicKey(algorithm: algorithm, bytes: publicBytes) else { throw invalid }
        self.publicKey = publicKey
    }

    /// A new key from the system's randomness.
    ///
    /// - Throws: `unavailable` for SM2 where this host's OpenSSL was built without it.
    package static func generate(_ algorithm: SignatureAlgorithm) throws(CryptographyError) -> SigningKey {
        // Fewer than one in 2^31 draws is no number of the curve: if two are refused, it is the library that fails.
        do {
            return try SigningKey(algorithm: algorithm, secretBytes: SystemEntropy.randomBytes(secretByteCount))
        } catch .keyInvalid {
            return try SigningKey(algorithm: algorithm, secretBytes: SystemEntropy.randomBytes(secretByteCount))
        }
    }

    /// The stored form, 32 bytes, for a key file or a sealed backup and nothing else.
    package var secretBytes: [UInt8] {
        switch secret {
        case .ed25519(let key): [UInt8](key.rawRepresentation)
        case .p256(let key): [UInt8](key.rawRepresentation)
        case .sm2(_, let scalar): scalar
        }
    }

    /// The signature over exactly `message`, of any length.
    ///
    /// - Throws: `signingFailed`, which no message explains.
    package func sign(_ message: [UInt8]) throws(CryptographyError) -> Signature {
        let signature: Signature?
        // `try?`: what a library reports here is a failure of its own, and the caller can do nothing with its kind.
        switch secret {
        case .ed25519(let key): signature = (try? key.signature(for: message)).flatMap { Signature([UInt8]($0)) }
        case .p256(let key):
            signature = (try? key.signature(for: message)).flatMap { Signature([UInt8]($0.rawRepresentation)) }
        case .sm2(let key, _): signature = key.sign(message)
        }
        guard let signature else { throw .signingFailed(algorithm: algorithm) }
        return signature
    }
}

extension SigningKey: CustomStringConvertible, CustomReflectable {
    /// The public half; a log line never shows the secret.
    package var description: String { "SigningKey(\(publicKey))" }

    package var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey]) }
}
