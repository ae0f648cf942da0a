import Crypto
import Foundation

/// HKDF with HMAC-SHA256 (RFC 5869).
package enum KeyDerivation {
    /// The most bytes that one derivation gives: 255 outputs of the hash.
    package static let byteCountMax = 255 * 32

    /// `byteCount` bytes that only someone with `secret` can compute; each `info` gives independent ones.
    ///
    /// `salt` may be public and may be empty. `byteCount` is 1 to 8,160.
    package static func derive(secret: [UInt8], salt: [UInt8], info: [UInt8], byteCount: Int) -> [UInt8] {
        precondition((1...byteCountMax).contains(byteCount), "HKDF gives 1 to 8,160 bytes")
        let derived = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: secret),
            salt: salt,
            info: info,
            outputByteCount: byteCount
        )
        return derived.withUnsafeBytes { Array($0) }
    }
}
