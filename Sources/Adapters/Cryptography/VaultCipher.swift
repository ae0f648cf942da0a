import Crypto
import Foundation

/// Seals the bodies that a vault keeps on disk: AES-256 in Galois/Counter mode (NIST SP 800-38D).
///
/// A sealed body is the nonce, 12 random bytes, then the ciphertext, then the 16-byte tag. One key seals at most 2^32
/// bodies (SP 800-38D §8.3), which is far beyond a vault.
package struct VaultCipher: Sendable {
    /// Bytes in a key.
    package static let keyByteCount = 32
    /// Bytes that sealing adds: the nonce and the tag.
    package static let overheadByteCount = 12 + 16

    private let key: SymmetricKey

    /// - Throws: `keyLength` for a key that is not 32 bytes.
    package init(key: [UInt8]) throws(CryptographyError) {
        guard key.count == Self.keyByteCount else {
            throw .keyLength(found: key.count, expected: Self.keyByteCount)
        }
        self.key = SymmetricKey(data: key)
    }

    /// The sealed form of `plaintext`. `associatedData`, such as its key in the store, is not in it; opening needs it.
    ///
    /// - Throws: `sealingFailed`, which no plaintext explains.
    package func seal(_ plaintext: [UInt8], associatedData: [UInt8]) throws(CryptographyError) -> [UInt8] {
        // `try?`: no input of the right length makes sealing fail.
        guard
            let box = try? AES.GCM.seal(plaintext, using: key, authenticating: associatedData),
            let combined = box.combined
        else { throw .sealingFailed }
        return [UInt8](combined)
    }

    /// The plaintext of `sealed`.
    ///
    /// - Throws: `sealedTooShort`; `notAuthentic` for another key, other associated data or a changed byte.
    package func open(_ sealed: [UInt8], associatedData: [UInt8]) throws(CryptographyError) -> [UInt8] {
        guard sealed.count >= Self.overheadByteCount else {
            throw .sealedTooShort(found: sealed.count, needed: Self.overheadByteCount)
        }
        // `try?`: telling reasons apart would tell a forger how far a forgery came.
        guard
            let box = try? AES.GCM.SealedBox(combined: sealed),
            let plaintext = try? AES.GCM.open(box, using: key, authenticating: associatedData)
        else { throw .notAuthentic }
        return [UInt8](plaintext)
    }
}
