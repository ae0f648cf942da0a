package import Primitives

/// A certificate of some type as an SD-JWT VC: what an issuer signs and a vault keeps.
package enum CertificateCredential {
    /// Signs a certificate.
    ///
    /// Claims stand in the order of the type's fields; those that the type calls disclosable can be withheld.
    /// - Parameters:
    ///   - claims: As in `CertificateRow.claims`, or the outcome of a decision.
    ///   - issuer: The value of `iss`, a URL or DID.
    ///   - identifier: The value of `jti`, for a certificate that has one.
    ///   - holderKey: The wallet's key for a derived certificate; nil for a body that only the vault holds.
    /// - Throws: `CertificateIssueError`, or what the signer throws.
    package static func issue(
        type: CertificateTypeDefinition,
        claims: JSONObject,
        issuer: String,
        period: ValidityPeriod,
        identifier: String? = nil,
        holderKey: PublicKey? = nil,
        digestName: String = "sha-256",
        digestFunction: any DigestFunction,
        signer: any MessageSigner,
        random: inout some RandomNumberGenerator
    ) throws -> SDJWT {
        var members = [
            IssuableMember("iss", .string(issuer), isDisclosable: false),
            IssuableMember("vct", .string(type.credentialType), isDisclosable: false),
            IssuableMember("nbf", .integer(Int64(clamping: period.fromSeconds)), isDisclosable: false),
        ]
        if period.untilSeconds != .max {
            members.append(IssuableMember("exp", .integer(Int64(clamping: period.untilSeconds)), isDisclosable: false))
        }
        if let identifier { members.append(IssuableMember("jti", .string(identifier), isDisclosable: false)) }
        if let holderKey {
            guard let key = JSONWebKey.encode(holderKey) else { throw CertificateIssueError.holderKeyIsNoPoint }
            members.append(IssuableMember("cnf", ["jwk": .object(key)], isDisclosable: false))
        }
        for field in type.fields {
            guard let value = claims[field.name] else {
                guard !field.isRequired else { throw CertificateIssueError.missingClaim(field.name) }
                continue
            }
            members.append(IssuableMember(field.name, value, isDisclosable: field.isDisclosable))
        }
        for name in claims.names where type.field(name) == nil { throw CertificateIssueError.unknownClaim(name) }
        return try SDJWTIssuer(digestName: digestName, digestFunction: digestFunction).issue(
            header: ["typ": "dc+sd-jwt"],
            claims: members,
            signer: signer,
            random: &random
        )
    }

    /// The claims of a verified credential that are fields of `type`, without `iss`, `vct` and the like.
    package static func fieldClaims(of verified: VerifiedSDJWT, type: CertificateTypeDefinition) -> JSONObject {
        JSONObject(distinct: verified.claims.members.filter { type.field($0.name) != nil })
    }
}

/// Why claims do not make a certificate of a type.
package enum CertificateIssueError: Error, Equatable, Sendable {
    case missingClaim(String)
    case unknownClaim(String)
    /// The holder's key is no point of its curve.
    case holderKeyIsNoPoint
}
