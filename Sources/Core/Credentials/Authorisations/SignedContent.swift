package import Primitives

/// A value that a department or subject signs under a domain of its own.
package protocol SignedContent: Hashable, Sendable, CanonicalCodable {
    var domain: Domain { get }
}

extension SignedContent {
    /// The bytes to sign: the domain's tag and the canonical bytes.
    package var signingBytes: [UInt8] { domain.frame(self) }

    /// The digest by which others refer to it.
    package func digest(_ digestFunction: any DigestFunction) -> Digest {
        digestFunction.digest(of: self, domain: domain)
    }
}

/// A value with a signature over its `signingBytes`. Who must have signed is for the reader to know.
package struct Signed<Content: SignedContent>: Hashable, Sendable, CanonicalCodable {
    package let content: Content
    package let signature: Signature

    package init(content: Content, signature: Signature) {
        self.content = content
        self.signature = signature
    }

    /// Signs `content`.
    ///
    /// - Throws: What the signer throws.
    package init(signing content: Content, with signer: any MessageSigner) throws {
        self.content = content
        signature = try signer.sign(content.signingBytes)
    }

    /// Whether `key` signed exactly this content.
    package func isSigned(by key: PublicKey, verifier: any SignatureVerifier) -> Bool {
        verifier.isValid(signature, of: content.signingBytes, by: key)
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(content)
        encoder.append(signature)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        content = try decoder.read()
        signature = try decoder.read()
    }
}
