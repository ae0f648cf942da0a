import COpenSSL
package import Primitives

/// SM3 (GB/T 32905-2016), the digest function of the suite `guomi`.
package struct SM3Function: DigestFunction {
    private let algorithm: SM3Algorithm

    /// - Throws: `CryptographyError.unavailable` where this host's OpenSSL was built without SM3.
    package init() throws(CryptographyError) {
        guard let algorithm = SM3Algorithm.shared else { throw .unavailable(algorithm: "SM3") }
        self.algorithm = algorithm
    }

    package func digest(_ bytes: UnsafeRawBufferPointer) -> Digest {
        algorithm.digest(bytes)
    }
}

/// OpenSSL's SM3, looked up once: a look-up costs several times what a short digest does.
private final class SM3Algorithm: Sendable {
    static let shared = SM3Algorithm()

    // SAFETY: an EVP_MD is immutable and counted atomically; OpenSSL allows any number of threads to use it at once.
    nonisolated(unsafe) private let pointer: OpaquePointer

    private init?() {
        guard let pointer = EVP_MD_fetch(nil, "SM3", nil) else {
            ERR_clear_error()
            return nil
        }
        self.pointer = pointer
    }

    deinit { EVP_MD_free(pointer) }

    func digest(_ bytes: UnsafeRawBufferPointer) -> Digest {
        withUnsafeTemporaryAllocation(byteCount: Digest.byteCount, alignment: 8) { output in
            let written = EVP_Digest(
                bytes.baseAddress,
                bytes.count,
                output.baseAddress?.assumingMemoryBound(to: UInt8.self),
                nil,
                pointer,
                nil
            )
            precondition(written == 1, "OpenSSL could not allocate for an SM3 digest")
            return Digest(reading: UnsafeRawBufferPointer(output))
        }
    }
}
