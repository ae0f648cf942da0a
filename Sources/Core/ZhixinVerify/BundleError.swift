package import Credentials
package import LedgerModel
package import Primitives

/// Why a bundle is refused. The order of the cases is the order of the checks.
package enum BundleError: Error, Equatable, Sendable {
    /// The bytes are no bundle of a known version.
    case malformed(DecodeError)
    /// The bundle is of another network than the pinned one.
    case otherNetwork(found: Digest, expected: Digest)
    /// The header is not final.
    case header(HeaderError)
    /// The record is not in the header's register.
    case record(RecordProofError)
    /// The presentation is no SD-JWT.
    case presentation(SelectiveDisclosureError)
    /// The record's commitment is not that of the certificate and salt shown.
    case otherCertificate(found: Digest, expected: Digest)
    /// The record names an issuer that genesis does not.
    case issuerUnknown(DepartmentID)
    /// The record names a certificate type that genesis does not.
    case certificateTypeUnknown(CertificateTypeID)
    /// The issuer suspended the certificate at this height.
    case suspended(since: Height)
    /// The issuer revoked the certificate at this height.
    case revoked(since: Height)
    /// A newer certificate took this one's place at this height.
    case superseded(since: Height)
    /// The certificate holds only from `fromSeconds`.
    case notYetValid(fromSeconds: UInt64, now: Timestamp)
    /// The certificate held until `untilSeconds`.
    case expired(untilSeconds: UInt64, now: Timestamp)
    /// The header is too old or ahead of the clock.
    case freshness(FreshnessError)
    /// The issuer's signature, a disclosure, the credential type, the token's own dates or the key binding do not hold.
    case credential(SelectiveDisclosureError)

    /// The stable name of the case, for programs and pages.
    package var code: String {
        switch self {
        case .malformed: "malformed"
        case .otherNetwork: "other-network"
        case .header: "header-not-certified"
        case .record: "record-not-in-register"
        case .presentation: "presentation-malformed"
        case .otherCertificate: "other-certificate"
        case .issuerUnknown: "issuer-unknown"
        case .certificateTypeUnknown: "certificate-type-unknown"
        case .suspended: "suspended"
        case .revoked: "revoked"
        case .superseded: "superseded"
        case .notYetValid: "not-yet-valid"
        case .expired: "expired"
        case .freshness(let error): error.code
        case .credential(let error): error.bundleCode
        }
    }
}

extension SelectiveDisclosureError {
    /// The stable name under which a bundle's verifier reports this error.
    fileprivate var bundleCode: String {
        switch self {
        case .token: "issuer-signature-invalid"
        case .unreferencedDisclosures, .repeatedDisclosure, .repeatedDigest, .wrongDisclosureKind, .nameTaken:
            "disclosure-not-in-certificate"
        case .expired: "expired"
        case .notYetValid: "not-yet-valid"
        case .keyBindingMissing, .keyBindingNotExpected, .holderKey, .keyBindingToken, .keyBinding: "key-binding"
        case .wrongCredentialType: "other-certificate-type"
        default: "credential-malformed"
        }
    }
}
