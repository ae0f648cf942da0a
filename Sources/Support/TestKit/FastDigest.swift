package import Primitives

/// A digest function for long simulations: quick, well mixed, and of no use against an attacker.
package struct FastDigest: DigestFunction {
    private static let key = Digest(words: (1, 2, 3, 4))

    package init() {}

    package func digest(_ bytes: UnsafeRawBufferPointer) -> Digest {
        var mixer = KeyedMixer(key: Self.key)
        mixer.absorb(bytes)
        return mixer.squeeze()
    }
}
