import Ports
import Primitives

/// A quick stand-in for HPKE: what was sealed to one key opens with that key, purpose and associated data alone, and shows
/// nothing of the plaintext. Of no use against an attacker.
///
/// The "public key" is the whole secret, so tests must not hand it to anyone who should not open.
package struct FakeSealing: Sealing {
    /// The public key, 32 bytes.
    package let publicKey: [UInt8]
    private static let key = Digest(words: (5, 6, 7, 8))

    package init(seed: UInt64) {
        var mixer = KeyedMixer(key: Self.key)
        mixer.absorb(seed)
        publicKey = mixer.squeeze().bytes
    }

    package func seal(
        _ plaintext: [UInt8],
        to recipient: [UInt8],
        info: [UInt8],
        associatedData: [UInt8]
    ) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        let nonce = generator.next() as UInt64
        let masked = Self.mask(plaintext, recipient, info, associatedData, nonce)
        return nonce.canonicalBytes + Self.tag(plaintext, recipient, info, associatedData, nonce) + masked
    }

    package func open(_ sealed: [UInt8], info: [UInt8], associatedData: [UInt8]) throws -> [UInt8] {
        guard sealed.count >= 40 else { throw NotAuthentic() }
        let nonce = try UInt64(canonicalBytes: Array(sealed[..<8]))
        let plaintext = Self.mask(Array(sealed[40...]), publicKey, info, associatedData, nonce)
        guard Self.tag(plaintext, publicKey, info, associatedData, nonce) == Array(sealed[8..<40]) else {
            throw NotAuthentic()
        }
        return plaintext
    }

    /// Another key, purpose or content.
    package struct NotAuthentic: Error {}

    private static func mixer(_ parts: [[UInt8]], _ nonce: UInt64) -> KeyedMixer {
        var mixer = KeyedMixer(key: key)
        mixer.absorb(nonce)
        for part in parts { part.withUnsafeBytes { mixer.absorb($0) } }
        return mixer
    }

    private static func mask(
        _ bytes: [UInt8],
        _ recipient: [UInt8],
        _ info: [UInt8],
        _ associatedData: [UInt8],
        _ nonce: UInt64
    ) -> [UInt8] {
        var mixer = mixer([recipient, info, associatedData], nonce)
        var stream: [UInt8] = []
        while stream.count < bytes.count { stream += mixer.squeeze().bytes }
        return zip(bytes, stream).map { $0 ^ $1 }
    }

    private static func tag(
        _ plaintext: [UInt8],
        _ recipient: [UInt8],
        _ info: [UInt8],
        _ associatedData: [UInt8],
        _ nonce: UInt64
    ) -> [UInt8] {
        var mixer = mixer([recipient, info, associatedData, plaintext], nonce)
        return mixer.squeeze().bytes
    }
}
