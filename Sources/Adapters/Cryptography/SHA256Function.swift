import COpenSSL
package import Primitives

/// SHA-256 (FIPS 180-4), the digest function of the suite `international`.
///
/// Hashing a node of a Merkle tree, 65 bytes, is what a node does most often after checking signatures. OpenSSL's
/// function without allocation takes about a third of the time of swift-crypto's, which allocates its state.
package struct SHA256Function: DigestFunction {
    package init() {}

    package func digest(_ bytes: UnsafeRawBufferPointer) -> Digest {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        return withUnsafeMutableBytes(of: &words) { output in
            zhixin_sha256(bytes.baseAddress, bytes.count, output.baseAddress)
            return Digest(reading: UnsafeRawBufferPointer(output))
        }
    }
}
