package import Primitives

/// What a verifier expects of the key binding of a presentation (RFC 9901 §7.3).
package enum KeyBindingPolicy: Hashable, Sendable {
    /// The presentation must be without one.
    case notExpected
    /// The presentation must have one, for exactly this audience and nonce and made at most `ageSecondsMax` ago.
    case required(audience: String, nonce: String, ageSecondsMax: UInt64)
}

/// What was proved by an SD-JWT that passed every check.
package struct VerifiedSDJWT: Hashable, Sendable {
    /// The header of the issuer's token.
    package let header: JSONObject
    /// The payload with what was disclosed, and without digests.
    package let claims: JSONObject
    /// The names of top-level claims that came from disclosures.
    package let disclosedNames: [String]
    /// The key in `cnf.jwk`, if the issuer put one there that is of a known kind.
    package let holderKey: PublicKey?
    /// The payload of the key binding.
    package let keyBinding: JSONObject?
}

/// Verifies SD-JWTs (RFC 9901 §7.1, §7.3) and SD-JWT verifiable credentials (draft-ietf-oauth-sd-jwt-vc-18).
package struct SDJWTVerifier: Sendable {
    /// Values of `typ` of a credential: the present one and the earlier one.
    package static let credentialTypes = ["dc+sd-jwt", "vc+sd-jwt"]
    /// Claims of a credential that must not be selectively disclosable (draft-18 §2.2.2.2).
    package static let openClaims = ["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status"]

    private let verifier: any SignatureVerifier
    private let digestFunctions: [String: any DigestFunction]
    private let toleranceSeconds: UInt64

    /// - Parameters:
    ///   - digestFunctions: By their names in `_sd_alg`; `sha-256` is the default of tokens that name none.
    ///   - toleranceSeconds: How far the clocks of issuer, holder and verifier may differ.
    package init(
        verifier: any SignatureVerifier,
        digestFunctions: [String: any DigestFunction],
        toleranceSeconds: UInt64 = 60
    ) {
        self.verifier = verifier
        self.digestFunctions = digestFunctions
        self.toleranceSeconds = toleranceSeconds
    }

    /// Everything that `token` proves.
    ///
    /// - Parameters:
    ///   - issuerKey: The key that the caller trusts for this issuer.
    ///   - types: Accepted values of the header's `typ`; nil for any.
    /// - Throws: `SelectiveDisclosureError`, for the first check that fails.
    package func verify(
        _ token: SDJWT,
        issuerKey: PublicKey,
        types: [String]?,
        at time: Timestamp,
        keyBinding policy: KeyBindingPolicy
    ) throws(SelectiveDisclosureError) -> VerifiedSDJWT {
        try verifyResolving(token, issuerKey: issuerKey, types: types, at: time, keyBinding: policy).verified
    }

    /// Everything that the credential `token` proves: as `verify`, with the header's type, `vct` and the claims that
    /// must be open checked too.
    ///
    /// - Parameter vct: The credential types that the caller asked for; nil accepts any.
    /// - Throws: `SelectiveDisclosureError`.
    package func verifyCredential(
        _ token: SDJWT,
        issuerKey: PublicKey,
        vct expected: [String]?,
        at time: Timestamp,
        keyBinding policy: KeyBindingPolicy
    ) throws(SelectiveDisclosureError) -> VerifiedSDJWT {
        let (verified, locations) = try verifyResolving(
            token,
            issuerKey: issuerKey,
            types: Self.credentialTypes,
            at: time,
            keyBinding: policy
        )
        for location in locations {
            if case .name(let name)? = location.path.elements.first, Self.openClaims.contains(name) {
                throw .mustNotBeDisclosable(name: name)
            }
        }
        guard let vct = verified.claims["vct"]?.string, !vct.isEmpty else { throw .badClaim(name: "vct") }
        guard expected?.contains(where: { $0.isExactly(vct) }) ?? true else { throw .wrongCredentialType(found: vct) }
        if let issuer = verified.claims["iss"], issuer.string == nil { throw .badClaim(name: "iss") }
        return verified
    }

    private func verifyResolving(
        _ token: SDJWT,
        issuerKey: PublicKey,
        types: [String]?,
        at time: Timestamp,
        keyBinding policy: KeyBindingPolicy
    ) throws(SelectiveDisclosureError) -> (verified: VerifiedSDJWT, locations: [DisclosureResolver.Location]) {
        do throws(TokenError) {
            try token.issuerSigned.verify(with: issuerKey, types: types, verifier: verifier)
        } catch {
            throw .token(error)
        }
        let payload = try token.payloadObject()
        let digestFunction = try digestFunction(of: payload)
        let resolved = try DisclosureResolver.resolve(
            payload: payload,
            disclosures: token.disclosures,
            digestFunction: digestFunction
        )
        try checkTimes(of: resolved.claims, at: time)
        // A key of another kind only matters to whoever demands that it was used.
        let holderKey = Result { () throws(SelectiveDisclosureError) in try self.holderKey(of: resolved.claims) }
        var binding: JSONObject?
        switch (policy, token.keyBinding) {
        case (.notExpected, nil): break
        case (.notExpected, _?): throw .keyBindingNotExpected
        case (.required, nil): throw .keyBindingMissing
        case (.required(let audience, let nonce, let age), let bound?):
            guard let key = try holderKey.get() else { throw .holderKey(nil) }
            let check = KeyBindingCheck(audience: audience, nonce: nonce, ageSecondsMax: age, time: time)
            binding = try verifyKeyBinding(bound, of: token, by: key, check, digestFunction)
        }
        let verified = VerifiedSDJWT(
            header: token.issuerSigned.header,
            claims: resolved.claims,
            disclosedNames: resolved.locations.compactMap { location in
                guard location.path.elements.count == 1, case .name(let name) = location.path.elements[0] else {
                    return nil
                }
                return name
            },
            holderKey: (try? holderKey.get()) ?? nil,
            keyBinding: binding
        )
        return (verified, resolved.locations)
    }

    private func digestFunction(of payload: JSONObject) throws(SelectiveDisclosureError) -> any DigestFunction {
        var name = "sha-256"
        if let claim = payload["_sd_alg"] {
            guard let text = claim.string else { throw .badClaim(name: "_sd_alg") }
            name = text
        }
        guard let function = digestFunctions[name] else { throw .unknownDigestFunction(name) }
        return function
    }

    private func checkTimes(of claims: JSONObject, at time: Timestamp) throws(SelectiveDisclosureError) {
        let tolerance = Int64(clamping: toleranceSeconds)
        let now = Int64(clamping: time.seconds)
        if let expiry = try Self.seconds("exp", of: claims), expiry <= now.subtractingSaturating(tolerance) {
            throw .expired(atSeconds: expiry)
        }
        if let start = try Self.seconds("nbf", of: claims), start > now.addingSaturating(tolerance) {
            throw .notYetValid(notBeforeSeconds: start)
        }
        _ = try Self.seconds("iat", of: claims)
    }

    /// A NumericDate (RFC 7519 §2) in whole seconds; fractions are dropped.
    private static func seconds(_ name: String, of claims: JSONObject) throws(SelectiveDisclosureError) -> Int64? {
        switch claims[name] {
        case nil: return nil
        case .integer(let seconds)?: return seconds
        case .decimal(let text)?:
            guard let value = Double(text), value.magnitude < 1e15 else { throw .badClaim(name: name) }
            return Int64(value.rounded(.down))
        default: throw .badClaim(name: name)
        }
    }

    private func holderKey(of claims: JSONObject) throws(SelectiveDisclosureError) -> PublicKey? {
        guard let confirmation = claims["cnf"] else { return nil }
        guard let object = confirmation.object else { throw .badClaim(name: "cnf") }
        guard let key = object["jwk"] else { return nil }
        do throws(JSONWebKeyError) {
            return try JSONWebKey.decode(key)
        } catch {
            throw .holderKey(error)
        }
    }

    private struct KeyBindingCheck {
        let audience: String
        let nonce: String
        let ageSecondsMax: UInt64
        let time: Timestamp
    }

    private func verifyKeyBinding(
        _ bound: JSONWebSignature,
        of token: SDJWT,
        by key: PublicKey,
        _ check: KeyBindingCheck,
        _ digestFunction: any DigestFunction
    ) throws(SelectiveDisclosureError) -> JSONObject {
        let payload: JSONObject
        do throws(TokenError) {
            try bound.verify(with: key, types: ["kb+jwt"], verifier: verifier)
            payload = try bound.payloadObject()
        } catch {
            throw .keyBindingToken(error)
        }
        guard let issued = try Self.seconds("iat", of: payload) else { throw .keyBinding(claim: "iat") }
        let now = Int64(clamping: check.time.seconds)
        let tolerance = Int64(clamping: toleranceSeconds)
        let oldest = now.subtractingSaturating(Int64(clamping: check.ageSecondsMax)).subtractingSaturating(tolerance)
        guard issued >= oldest, issued <= now.addingSaturating(tolerance) else { throw .keyBinding(claim: "iat") }
        try checkTimes(of: payload, at: check.time)
        guard payload["aud"]?.string?.isExactly(check.audience) == true else { throw .keyBinding(claim: "aud") }
        guard payload["nonce"]?.string?.isExactly(check.nonce) == true else { throw .keyBinding(claim: "nonce") }
        let hash = Base64URL.encode(digestFunction.digest(Array(token.textWithoutKeyBinding.utf8)).bytes)
        guard payload["sd_hash"]?.string?.isExactly(hash) == true else { throw .keyBinding(claim: "sd_hash") }
        return payload
    }
}

extension Int64 {
    fileprivate func addingSaturating(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    fileprivate func subtractingSaturating(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? .min : difference
    }
}
