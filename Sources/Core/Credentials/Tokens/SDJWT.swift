package import Primitives

/// An SD-JWT, with or without key binding (RFC 9901 §4), parsed but not yet verified.
package struct SDJWT: Hashable, Sendable {
    /// Bytes of the whole text.
    package static let byteCountMax = 256 * 1024
    /// Disclosures of one token.
    package static let disclosuresMax = 512

    /// The issuer's token.
    package let issuerSigned: JSONWebSignature
    package let disclosures: [Disclosure]
    /// The holder's token, bound to one audience and nonce.
    package let keyBinding: JSONWebSignature?

    package init(issuerSigned: JSONWebSignature, disclosures: [Disclosure], keyBinding: JSONWebSignature? = nil) {
        self.issuerSigned = issuerSigned
        self.disclosures = disclosures
        self.keyBinding = keyBinding
    }

    /// Parses `<JWT>~<D1>~…~<Dn>~` or the same with a key-binding token after the last `~`.
    ///
    /// - Throws: `SelectiveDisclosureError` for the form alone.
    package init(parsing text: String) throws(SelectiveDisclosureError) {
        guard text.utf8.count <= Self.byteCountMax else {
            throw .tooLong(found: text.utf8.count, limit: Self.byteCountMax)
        }
        let parts = text.utf8.split(separator: UInt8(ascii: "~"), omittingEmptySubsequences: false)
        guard parts.count >= 2 else { throw .malformedText(reason: "no ~ after the issuer's token") }
        guard parts.count - 2 <= Self.disclosuresMax else {
            throw .tooLong(found: parts.count - 2, limit: Self.disclosuresMax)
        }
        do throws(TokenError) {
            issuerSigned = try JSONWebSignature(parsing: String(Substring(parts[0])))
        } catch {
            throw .token(error)
        }
        var disclosures: [Disclosure] = []
        for part in parts[1..<(parts.count - 1)] {
            disclosures.append(try Disclosure(parsing: String(Substring(part))))
        }
        self.disclosures = disclosures
        if parts[parts.count - 1].isEmpty {
            keyBinding = nil
        } else {
            do throws(TokenError) {
                keyBinding = try JSONWebSignature(parsing: String(Substring(parts[parts.count - 1])))
            } catch {
                throw .keyBindingToken(error)
            }
        }
    }

    /// The part that a key binding's `sd_hash` covers: everything up to and including the last `~`.
    package var textWithoutKeyBinding: String {
        issuerSigned.text + "~" + disclosures.map { $0.text + "~" }.joined()
    }

    /// The compact form.
    package var text: String { textWithoutKeyBinding + (keyBinding?.text ?? "") }

    /// The same token with only the disclosures that `paths` need: each path's own claim, what it stands inside, and
    /// all that stands inside it. Key binding, which covers another text, is left out.
    ///
    /// - Throws: `SelectiveDisclosureError`, `.noSuchClaim` for a path that names nothing.
    package func presenting(
        _ paths: [ClaimPath],
        digestFunction: any DigestFunction
    ) throws(SelectiveDisclosureError) -> SDJWT {
        let payload = try payloadObject()
        let resolved = try DisclosureResolver.resolve(
            payload: payload,
            disclosures: disclosures,
            digestFunction: digestFunction
        )
        var chosen: Set<Int> = []
        for path in paths {
            guard path.exists(in: .object(resolved.claims)) else { throw .noSuchClaim(path: path.description) }
            for location in resolved.locations where path.overlaps(location.path) {
                chosen.insert(location.disclosure)
                chosen.formUnion(location.enclosing)
            }
        }
        let kept = disclosures.enumerated().filter { chosen.contains($0.offset) }.map(\.element)
        return SDJWT(issuerSigned: issuerSigned, disclosures: kept)
    }

    /// The same token with a key-binding token by `signer`, the holder's key (RFC 9901 §4.3).
    ///
    /// - Throws: What the signer throws.
    package func bound(
        to audience: String,
        nonce: String,
        at time: Timestamp,
        digestFunction: any DigestFunction,
        signer: any MessageSigner
    ) throws -> SDJWT {
        let hash = digestFunction.digest(Array(textWithoutKeyBinding.utf8))
        let token = try JSONWebSignature.sign(
            header: ["typ": "kb+jwt"],
            payload: [
                "iat": .integer(Int64(clamping: time.seconds)), "aud": .string(audience), "nonce": .string(nonce),
                "sd_hash": .string(Base64URL.encode(hash.bytes)),
            ],
            with: signer
        )
        return SDJWT(issuerSigned: issuerSigned, disclosures: disclosures, keyBinding: token)
    }

    /// The payload of the issuer's token.
    func payloadObject() throws(SelectiveDisclosureError) -> JSONObject {
        do throws(TokenError) {
            return try issuerSigned.payloadObject()
        } catch {
            throw .token(error)
        }
    }
}
