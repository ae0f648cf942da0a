package import Primitives

/// Why a quorum certificate proves nothing. Its sender is to blame.
package enum CertificateError: Error, Equatable, Sendable {
    /// The certificate is of another epoch than the validator set.
    case wrongEpoch(found: Epoch, expected: Epoch)
    /// The bitmap has not the length that the number of validators gives.
    case bitmapLength(found: Int, expected: Int)
    /// The bitmap names a validator that the set does not have.
    case signerOutOfRange(ReplicaIndex)
    /// There are not as many signatures as bits.
    case signatureCount(found: Int, expected: Int)
    /// Fewer signers than a quorum.
    case tooFewSigners(found: Int, needed: Int)
    /// The signature of this signer is not over the certificate's ballot.
    case badSignature(signer: ReplicaIndex)
}
