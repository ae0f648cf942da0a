import Crypto

/// A private X25519 key (RFC 7748), with which its holder opens what others sealed to its public half.
package struct AgreementKey: Sendable {
    /// Bytes in the stored form and in the public key.
    package static let byteCount = 32

    let key: Curve25519.KeyAgreement.PrivateKey

    /// The public half, 32 bytes, for `SealedBox.seal`.
    package let publicKey: [UInt8]

    private init(_ key: Curve25519.KeyAgreement.PrivateKey) {
        self.key = key
        publicKey = [UInt8](key.publicKey.rawRepresentation)
    }

    /// The key whose stored form is `secretBytes`.
    ///
    /// - Throws: `keyLength` unless there are 32 bytes.
    package init(secretBytes: [UInt8]) throws(CryptographyError) {
        // `try?`: the library checks the length alone.
        guard let key = try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: secretBytes) else {
            throw .keyLength(found: secretBytes.count, expected: Self.byteCount)
        }
        self.init(key)
    }

    /// A new key from the system's randomness.
    package static func generate() -> AgreementKey {
        AgreementKey(Curve25519.KeyAgreement.PrivateKey())
    }

    /// The stored form, 32 bytes, for a key file or a sealed backup and nothing else.
    package var secretBytes: [UInt8] { [UInt8](key.rawRepresentation) }
}

extension AgreementKey: CustomStringConvertible, CustomReflectable {
    /// That there is a key; a log line never shows the secret.
    package var description: String { "AgreementKey" }

    package var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey]) }
}
