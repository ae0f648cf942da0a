import Crypto
package import Primitives

/// Checks Ed25519 and P-256 signatures and refuses keys of every other algorithm.
///
/// Ed25519 follows RFC 8032 without the cofactor; a P-256 signature is over the SHA-256 of the message (ES256).
package struct InternationalVerifier: SignatureVerifier {

    package init() {}

    package func isValid(_ signature: Signature, of message: [UInt8], by publicKey: PublicKey) -> Bool {
        switch publicKey.algorithm {
        case .ed25519: isValidEd25519(signature, of: message, by: publicKey.bytes)
        case .p256: isValidP256(signature, of: message, by: publicKey.bytes)
        case .sm2: false
        }
    }

    private func isValidEd25519(_ signature: Signature, of message: [UInt8], by keyBytes: [UInt8]) -> Bool {
        // `try?`: bytes that are no key verify nothing, whatever is wrong with them.
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: keyBytes) else { return false }
        return key.isValidSignature(signature.bytes, for: message)
    }

    private func isValidP256(_ signature: Signature, of message: [UInt8], by keyBytes: [UInt8]) -> Bool {
        // `try?`: bytes that are no key or no signature verify nothing, whatever is wrong with them.
        guard
            let key = try? P256.Signing.PublicKey(compressedRepresentation: keyBytes),
            let parsed = try? P256.Signing.ECDSASignature(rawRepresentation: signature.bytes)
        else { return false }
        return key.isValidSignature(parsed, for: message)
    }
}
