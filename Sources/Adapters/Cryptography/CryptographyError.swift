package import Primitives

/// Why a key could not be used or bytes could not be opened. It never carries key material.
package enum CryptographyError: Error, Equatable, Sendable {
    /// This host's OpenSSL was built without `algorithm`. Another build of it helps; a retry does not.
    case unavailable(algorithm: String)
    /// A secret or public key of `found` bytes where the algorithm's has `expected`.
    case keyLength(found: Int, expected: Int)
    /// Bytes of the right length that are no key: no point of the curve, or a number out of range.
    case keyInvalid(algorithm: String)
    /// Signing with a key of `algorithm` failed inside its library.
    case signingFailed(algorithm: SignatureAlgorithm)
    /// A sealed message of `found` bytes, shorter than its fixed parts, `needed`.
    case sealedTooShort(found: Int, needed: Int)
    /// The sealed bytes, the associated data or the key are not those of the sealing. Which, nobody can tell.
    case notAuthentic
    /// The library could not seal, which no input of the right length explains.
    case sealingFailed
    /// A certificate that cannot be read, or that does not belong to its key.
    case certificateInvalid(reason: String)
    /// An access head of number `found` where a set has `count`.
    case accessHeadOutOfRange(found: UInt8, count: Int)
}
