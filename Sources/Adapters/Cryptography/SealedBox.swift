import Crypto
import Foundation

/// Bytes that only one recipient can read: HPKE in base mode (RFC 9180) with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256
/// and ChaCha20-Poly1305.
///
/// A sealed message is the encapsulated key, 32 bytes, then the ciphertext with its tag. Each has a key of its own, so
/// sealing one plaintext twice gives two messages. The sender is not authenticated; a signature does that.
package enum SealedBox {
    /// Bytes that sealing adds: the encapsulated key and the tag.
    package static let overheadByteCount = encapsulatedKeyByteCount + 16

    private static let encapsulatedKeyByteCount = 32
    private static let suite = HPKE.Ciphersuite.Curve25519_SHA256_ChachaPoly

    /// The sealed form of `plaintext` for the holder of `recipientPublicKey`.
    ///
    /// `info` says what the message is for and `associatedData` what it belongs to; opening needs both, unchanged.
    /// - Throws: `keyLength`; `keyInvalid` for a public key of small order, with which anyone could open.
    package static func seal(
        _ plaintext: [UInt8],
        to recipientPublicKey: [UInt8],
        info: [UInt8],
        associatedData: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        // `try?`: of a public key the library checks the length alone, and of the rest nothing that an input decides.
        guard let recipient = try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: recipientPublicKey) else {
            throw .keyLength(found: recipientPublicKey.count, expected: AgreementKey.byteCount)
        }
        try requireLargeOrder(recipient, against: Curve25519.KeyAgreement.PrivateKey())
        // `try?`, here and below: the key was checked, and no other input makes the library fail.
        guard var sender = try? HPKE.Sender(recipientKey: recipient, ciphersuite: suite, info: Data(info)) else {
            throw .sealingFailed
        }
        guard let ciphertext = try? sender.seal(plaintext, authenticating: associatedData) else {
            throw .sealingFailed
        }
        return [UInt8](sender.encapsulatedKey) + ciphertext
    }

    /// The plaintext of `sealed`.
    ///
    /// - Throws: `sealedTooShort`; `keyInvalid` for an encapsulated key of small order; `notAuthentic` for another
    ///   recipient, `info`, associated data or a changed byte.
    package static func open(
        _ sealed: [UInt8],
        with key: AgreementKey,
        info: [UInt8],
        associatedData: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        guard sealed.count >= overheadByteCount else {
            throw .sealedTooShort(found: sealed.count, needed: overheadByteCount)
        }
        let encapsulatedKey = Data(sealed.prefix(encapsulatedKeyByteCount))
        // `try?`: the library checks the length alone, which is right already.
        guard let sender = try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: encapsulatedKey) else {
            throw .keyInvalid(algorithm: "X25519")
        }
        try requireLargeOrder(sender, against: key.key)
        do {
            var recipient = try HPKE.Recipient(
                privateKey: key.key,
                ciphersuite: suite,
                info: Data(info),
                encapsulatedKey: encapsulatedKey
            )
            let ciphertext = sealed.dropFirst(encapsulatedKeyByteCount)
            return [UInt8](try recipient.open(ciphertext, authenticating: associatedData))
        } catch {
            throw .notAuthentic
        }
    }

    /// Refuses a point with which every secret agrees on zero. RFC 9180 §7.1.4 demands it of both sides; swift-crypto
    /// leaves it to its caller.
    private static func requireLargeOrder(
        _ point: Curve25519.KeyAgreement.PublicKey,
        against secret: Curve25519.KeyAgreement.PrivateKey
    ) throws(CryptographyError) {
        // `try?`: a library that does check the point throws, and the answer is the same.
        guard
            let shared = try? secret.sharedSecretFromKeyAgreement(with: point),
            shared.withUnsafeBytes({ $0.contains { $0 != 0 } })
        else { throw .keyInvalid(algorithm: "X25519") }
    }
}
