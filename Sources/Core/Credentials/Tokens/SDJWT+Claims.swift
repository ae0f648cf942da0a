package import Primitives

extension SDJWT {
    /// The claims that are fields of `type`, as the disclosures at hand show them.
    ///
    /// Nothing is verified: this is for an issuer who reads its own token.
    /// - Throws: `SelectiveDisclosureError` for a token that does not resolve.
    package func disclosedClaims(
        of type: CertificateTypeDefinition,
        digestFunction: any DigestFunction
    ) throws(SelectiveDisclosureError) -> JSONObject {
        let resolved = try DisclosureResolver.resolve(
            payload: try payloadObject(),
            disclosures: disclosures,
            digestFunction: digestFunction
        )
        return JSONObject(distinct: resolved.claims.members.filter { type.field($0.name) != nil })
    }
}
