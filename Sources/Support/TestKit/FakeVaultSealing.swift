import Ports
package import Primitives

/// Seals quickly and without randomness: a key stream and a check that follow from the key and what is sealed. For tests.
package struct FakeVaultSealing: VaultSealing {
    /// What was sealed with another key, under another name, or changed.
    package struct NotAuthentic: Error, Equatable {}

    private let key: Digest

    package init(seed: UInt64) {
        var mixer = KeyedMixer(key: .zero)
        mixer.absorb(seed)
        key = mixer.squeeze()
    }

    package func seal(_ plaintext: [UInt8], associatedData: [UInt8]) -> [UInt8] {
        check(plaintext, associatedData).bytes + applyStream(plaintext, associatedData)
    }

    package func open(_ sealed: [UInt8], associatedData: [UInt8]) throws(NotAuthentic) -> [UInt8] {
        let plaintext = applyStream(Array(sealed.dropFirst(Digest.byteCount)), associatedData)
        guard Array(sealed.prefix(Digest.byteCount)) == check(plaintext, associatedData).bytes else {
            throw NotAuthentic()
        }
        return plaintext
    }

    package func keyedDigest(_ content: [UInt8]) -> Digest { mix(2, content, []) }

    private func check(_ plaintext: [UInt8], _ associatedData: [UInt8]) -> Digest { mix(0, plaintext, associatedData) }

    private func applyStream(_ bytes: [UInt8], _ associatedData: [UInt8]) -> [UInt8] {
        let stream = mix(1, [], associatedData).bytes
        return bytes.enumerated().map { $0.element ^ stream[$0.offset % stream.count] }
    }

    private func mix(_ use: UInt64, _ first: [UInt8], _ second: [UInt8]) -> Digest {
        var mixer = KeyedMixer(key: key)
        mixer.absorb(use)
        mixer.absorb(UInt64(first.count))
        first.withUnsafeBytes { mixer.absorb($0) }
        second.withUnsafeBytes { mixer.absorb($0) }
        return mixer.squeeze()
    }
}
