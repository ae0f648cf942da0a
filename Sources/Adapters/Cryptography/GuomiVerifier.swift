package import Primitives

/// Checks SM2 signatures with the default identity and refuses keys of every other algorithm.
package struct GuomiVerifier: SignatureVerifier {
    /// - Throws: `CryptographyError.unavailable` where this host's OpenSSL was built without SM2.
    package init() throws(CryptographyError) {
        guard SM2Curve.shared != nil else { throw .unavailable(algorithm: "SM2") }
    }

    package func isValid(_ signature: Signature, of message: [UInt8], by publicKey: PublicKey) -> Bool {
        guard
            publicKey.algorithm == .sm2,
            let key = SM2Key(publicKey: publicKey.bytes)
        else { return false }
        return key.isValid(signature, of: message)
    }
}
