package import Primitives

/// The salted commitments by which the ledger holds facts without holding what they say.
package enum Commitments {
    /// Bytes of every salt: 128 bits.
    package static let saltByteCount = 16

    /// A certificate's commitment: H(tag ‖ salt ‖ H(issuer-signed JWT)).
    package static func certificate(
        salt: [UInt8],
        issuerSignedJWT: [UInt8],
        digestFunction: any DigestFunction
    ) -> Digest {
        salted(.certificateCommitment, salt: salt, content: issuerSignedJWT, digestFunction: digestFunction)
    }

    /// A subject's commitment to the identifier (citizen id or social credit code) it was registered with.
    package static func subject(salt: [UInt8], identifier: String, digestFunction: any DigestFunction) -> Digest {
        salted(.subjectCommitment, salt: salt, content: Array(identifier.utf8), digestFunction: digestFunction)
    }

    /// An access record's commitment to its opening.
    package static func access(salt: [UInt8], opening: [UInt8], digestFunction: any DigestFunction) -> Digest {
        salted(.accessCommitment, salt: salt, content: opening, digestFunction: digestFunction)
    }

    /// A case's commitment to its decision receipt.
    package static func receipt(salt: [UInt8], receipt: [UInt8], digestFunction: any DigestFunction) -> Digest {
        salted(.caseCommitment, salt: salt, content: receipt, digestFunction: digestFunction)
    }

    private static func salted(
        _ domain: Domain,
        salt: [UInt8],
        content: [UInt8],
        digestFunction: any DigestFunction
    ) -> Digest {
        precondition(salt.count == saltByteCount, "a salt is 16 bytes")
        return digestFunction.digest(domain.frame(raw: salt + digestFunction.digest(content).bytes))
    }
}

/// Identifiers of access heads.
package enum AccessHeads {
    /// A head's id: the digest of its public key.
    package static func identifier(of key: PublicKey, digestFunction: any DigestFunction) -> Digest {
        digestFunction.digest(of: key, domain: .accessHead)
    }
}
