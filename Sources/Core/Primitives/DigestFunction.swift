/// A collision-resistant function with 32 bytes of output, fixed per network: SHA-256 or SM3.
///
/// The pure targets take it as a value; the implementations live in `Cryptography`, a slow independent one in `TestKit`.
package protocol DigestFunction: Sendable {
    /// The digest of `bytes`.
    func digest(_ bytes: UnsafeRawBufferPointer) -> Digest
}

extension DigestFunction {
    /// The digest of an array of bytes.
    package func digest(_ bytes: [UInt8]) -> Digest {
        bytes.withUnsafeBytes { digest($0) }
    }

    /// The digest of `value` under its type's domain: H(ULEB128 length of the tag ‖ tag ‖ canonical bytes).
    ///
    /// Values of two types never share a digest, whatever their bytes. `docs/formats.md` lists the tags.
    package func digest<Value: CanonicalCodable>(of value: Value, domain: Domain) -> Digest {
        digest(domain.frame(value))
    }
}
