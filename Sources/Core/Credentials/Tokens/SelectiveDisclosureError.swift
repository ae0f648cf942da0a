/// Why an SD-JWT is refused. No case holds the value of a claim.
package enum SelectiveDisclosureError: Error, Equatable, Sendable {
    /// The text is longer than `limit` bytes, or has more than `limit` disclosures.
    case tooLong(found: Int, limit: Int)
    /// No `~`, an empty disclosure, or no `~` at the end without key binding.
    case malformedText(reason: String)
    /// The issuer-signed token is refused.
    case token(TokenError)
    /// A disclosure that is not base64url of a JSON array of two or three elements.
    case malformedDisclosure(reason: String)
    /// A disclosure of a claim named `_sd` or `...`.
    case reservedName(String)
    /// `_sd` that is no array of strings, `...` that is no string or does not stand alone in an array's element, or
    /// `_sd_alg` below the top.
    case malformedDigests(path: String)
    /// `_sd_alg` names a function that the verifier does not use.
    case unknownDigestFunction(String)
    /// A digest that stands in more than one place.
    case repeatedDigest(path: String)
    /// The same disclosure twice.
    case repeatedDisclosure
    /// A disclosure of an element where a claim is due, or the other way round.
    case wrongDisclosureKind(path: String)
    /// A disclosed claim whose name its object already has.
    case nameTaken(path: String)
    /// `count` disclosures that no digest refers to.
    case unreferencedDisclosures(count: Int)
    /// Nesting beyond the limit.
    case tooDeep(limit: Int)
    /// A claim that must be there is not, or is of the wrong kind.
    case badClaim(name: String)
    /// `nbf` lies in the future.
    case notYetValid(notBeforeSeconds: Int64)
    /// `exp` has passed.
    case expired(atSeconds: Int64)
    /// A claim that must never be selectively disclosable is.
    case mustNotBeDisclosable(name: String)
    /// `vct` is not the type that was asked for.
    case wrongCredentialType(found: String)
    /// A key binding is required and absent, or present and not expected.
    case keyBindingMissing
    case keyBindingNotExpected
    /// `cnf.jwk` is absent or no key.
    case holderKey(JSONWebKeyError?)
    /// The key-binding token is refused.
    case keyBindingToken(TokenError)
    /// The key binding's `aud`, `nonce` or `sd_hash` is not the expected one, or `iat` lies outside the window.
    case keyBinding(claim: String)
    /// A path that names no claim of the credential.
    case noSuchClaim(path: String)
}
