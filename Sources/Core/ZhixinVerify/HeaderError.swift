package import Consensus
package import Primitives

/// Why a header with its certificate proves nothing.
package enum HeaderError: Error, Equatable, Sendable {
    /// The header is of another network.
    case otherNetwork(found: Digest, expected: Digest)
    /// A later protocol, which this verifier does not know.
    case unknownProtocolVersion(found: UInt16)
    /// The header is of an epoch whose validator set this verifier was not given.
    case epochNotFollowed(found: Epoch)
    /// A header names another validator set than that of its epoch.
    case otherValidatorSet(found: Digest, expected: Digest)
    /// The certificate is of votes that finalise nothing.
    case notFinalising(found: VoteKind)
    /// The certificate is for a block of another epoch.
    case certificateOfOtherEpoch(found: Epoch, expected: Epoch)
    /// The certificate is for a block of another view.
    case certificateOfOtherView(found: View, expected: View)
    /// The certificate is for another block of the view.
    case certificateOfOtherHeader(found: Digest, expected: Digest)
    /// The certificate itself is not one.
    case certificate(CertificateError)

    /// The stable name of the case, for programs and pages.
    package var code: String {
        switch self {
        case .otherNetwork: "other-network"
        case .unknownProtocolVersion: "unknown-protocol-version"
        case .epochNotFollowed: "epoch-not-followed"
        case .otherValidatorSet: "other-validator-set"
        case .notFinalising: "not-finalising"
        case .certificateOfOtherEpoch: "certificate-of-other-epoch"
        case .certificateOfOtherView: "certificate-of-other-view"
        case .certificateOfOtherHeader: "certificate-of-other-header"
        case .certificate(let error): error.code
        }
    }
}

extension CertificateError {
    /// The stable name of the case, for programs and pages.
    package var code: String {
        switch self {
        case .wrongEpoch: "certificate-of-other-epoch"
        case .bitmapLength: "bitmap-length"
        case .signerOutOfRange: "signer-out-of-range"
        case .signatureCount: "signature-count"
        case .tooFewSigners: "too-few-signers"
        case .badSignature: "bad-signature"
        }
    }
}
