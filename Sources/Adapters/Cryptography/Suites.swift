package import Primitives

/// The name of a network's suite, as genesis and `node.yaml` write it.
package enum SuiteName: String, Sendable, CaseIterable {
    /// SHA-256, Ed25519 and P-256.
    case international
    /// SM3 and SM2, the commercial cryptography of GB/T 32905 and GB/T 32918.
    case guomi

    /// The suite of this name.
    ///
    /// - Throws: `CryptographyError.unavailable` for `guomi` where this host's OpenSSL has no SM3 or SM2.
    package var suite: Suite {
        get throws(CryptographyError) {
            switch self {
            case .international: Suites.international
            case .guomi: try Suites.guomi
            }
        }
    }

    /// The algorithms whose signatures the suite accepts.
    package var signatureAlgorithms: Set<SignatureAlgorithm> {
        switch self {
        case .international: [.ed25519, .p256]
        case .guomi: [.sm2]
        }
    }
}

/// The two suites that a network's genesis can choose.
package enum Suites {
    /// SHA-256, and signatures by Ed25519 and P-256 keys.
    package static let international = Suite(
        digestFunction: SHA256Function(),
        verifier: InternationalVerifier()
    )

    /// SM3, and signatures by SM2 keys with the identity 1234567812345678.
    ///
    /// - Throws: `CryptographyError.unavailable` where this host's OpenSSL has no SM3 or SM2.
    package static var guomi: Suite {
        get throws(CryptographyError) {
            Suite(digestFunction: try SM3Function(), verifier: try GuomiVerifier())
        }
    }
}
