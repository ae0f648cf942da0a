package import Primitives

/// A quick signature scheme for the simulator: what a signer did not sign does not verify, as long as everyone keeps to
/// the signers they were handed.
///
/// Each key's secret follows from the scheme's seed and the public key. The scheme itself, which can check any
/// signature, and the signers keep their secrets private, so a simulated traitor can sign with its own keys only. Keys
/// look like Ed25519's: 32 bytes of public key, 64 bytes of signature.
package struct FakeSignatures: SignatureVerifier {
    private let root: Digest

    /// A scheme whose keys have nothing in common with those of another seed.
    package init(seed: UInt64) {
        var mixer = KeyedMixer(key: .zero)
        mixer.absorb(seed)
        root = mixer.squeeze()
    }

    /// The signer with this number. Repeating the call gives a signer with the same key.
    package func signer(_ number: UInt64) -> FakeSigner {
        var mixer = KeyedMixer(key: root)
        mixer.absorb(0)
        mixer.absorb(number)
        guard let publicKey = PublicKey(algorithm: .ed25519, bytes: mixer.squeeze().bytes) else {
            preconditionFailure("a digest has the length of an Ed25519 key")
        }
        return FakeSigner(publicKey: publicKey, secret: secret(of: publicKey))
    }

    package func isValid(_ signature: Signature, of message: [UInt8], by publicKey: PublicKey) -> Bool {
        publicKey.algorithm == .ed25519
            && FakeSigner(publicKey: publicKey, secret: secret(of: publicKey)).sign(message) == signature
    }

    private func secret(of publicKey: PublicKey) -> Digest {
        var mixer = KeyedMixer(key: root)
        mixer.absorb(1)
        publicKey.bytes.withUnsafeBytes { mixer.absorb($0) }
        return mixer.squeeze()
    }
}

/// One key of `FakeSignatures`.
package struct FakeSigner: MessageSigner {
    package let publicKey: PublicKey
    private let secret: Digest

    fileprivate init(publicKey: PublicKey, secret: Digest) {
        self.publicKey = publicKey
        self.secret = secret
    }

    /// The signature of `message`; the same message has one signature.
    package func sign(_ message: [UInt8]) -> Signature {
        var mixer = KeyedMixer(key: secret)
        message.withUnsafeBytes { mixer.absorb($0) }
        var bytes = mixer.squeeze().bytes
        bytes += mixer.squeeze().bytes
        guard let signature = Signature(bytes) else {
            preconditionFailure("two digests have the length of a signature")
        }
        return signature
    }
}
