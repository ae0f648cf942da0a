import Primitives

/// The keys and salts of a subject's access heads, all of which follow from the wallet's seed.
///
/// A wallet that keeps its 32-byte seed can make every head of every set again, so that a lost phone loses no access
/// record. Nobody without the seed can tell that two heads belong to one subject.
///
/// Key and salt are HKDF-SHA256 of the seed with an empty salt; the info is the BCS string `zhixin/1/access-head-key`
/// or `zhixin/1/access-head-salt`, then the set (32 bits, little-endian), then the index (one byte).
package struct AccessHeadKeys: Sendable {
    /// Bytes in a wallet's seed.
    package static let seedByteCount = 32
    /// Bytes in a salt: 128 bits, so that a commitment does not yield to guessing.
    package static let saltByteCount = 16

    private let seed: [UInt8]

    /// - Throws: `keyLength` for a seed that is not 32 bytes.
    package init(seed: [UInt8]) throws(CryptographyError) {
        guard seed.count == Self.seedByteCount else {
            throw .keyLength(found: seed.count, expected: Self.seedByteCount)
        }
        self.seed = seed
    }

    /// The Ed25519 key of head `index`, below 64, in the set of number `set`, from 0.
    ///
    /// - Throws: `accessHeadOutOfRange`.
    package func signingKey(set: UInt32, index: UInt8) throws(CryptographyError) -> SigningKey {
        let secret = try derive("zhixin/1/access-head-key", set: set, index: index, byteCount: 32)
        return try SigningKey(algorithm: .ed25519, secretBytes: secret)
    }

    /// The 16-byte salt that goes with head `index` of the set.
    ///
    /// - Throws: `accessHeadOutOfRange`.
    package func salt(set: UInt32, index: UInt8) throws(CryptographyError) -> [UInt8] {
        try derive("zhixin/1/access-head-salt", set: set, index: index, byteCount: Self.saltByteCount)
    }

    private func derive(
        _ purpose: String,
        set: UInt32,
        index: UInt8,
        byteCount: Int
    ) throws(CryptographyError) -> [UInt8] {
        guard index < Limits.accessHeadsInSet else {
            throw .accessHeadOutOfRange(found: index, count: Limits.accessHeadsInSet)
        }
        var info = CanonicalEncoder()
        info.append(purpose)
        info.append(set)
        info.append(index)
        return KeyDerivation.derive(secret: seed, salt: [], info: info.bytes, byteCount: byteCount)
    }
}
