package import Primitives

/// The signature algorithms of tokens. The raw value is the header's `alg`.
package enum TokenAlgorithm: String, Sendable, CaseIterable {
    /// ECDSA over P-256 with SHA-256 (RFC 7518 §3.4).
    case es256 = "ES256"
    /// Ed25519 (RFC 8037 §3.1).
    case edDSA = "EdDSA"
    /// SM2 with SM3, a private profile: nothing is registered with IANA.
    case sm2 = "SM2"

    /// The one algorithm that goes with a key.
    package init(_ algorithm: SignatureAlgorithm) {
        switch algorithm {
        case .p256: self = .es256
        case .ed25519: self = .edDSA
        case .sm2: self = .sm2
        }
    }
}

/// Why a compact JSON Web Signature is refused.
package enum TokenError: Error, Equatable, Sendable {
    /// Longer than `limit` bytes.
    case tooLong(found: Int, limit: Int)
    /// Not three parts between two dots.
    case partCount(found: Int)
    /// A part that is not base64url without padding.
    case notBase64URL(part: String)
    /// A header or payload that is not strict JSON.
    case notJSON(part: String, error: JSONParseError)
    /// A header or payload that is JSON but no object.
    case notObject(part: String)
    /// The header's `alg` is missing, `none`, unknown, or not the algorithm of the key.
    case algorithm(found: String)
    /// The header's `typ` is not one of those expected.
    case type(found: String)
    /// A header member whose meaning must be understood and is not: `crit`, `b64`.
    case criticalHeader(name: String)
    /// A signature that is not 64 bytes.
    case signatureLength(found: Int)
    /// The signature does not verify with the key.
    case badSignature
}

/// A compact JSON Web Signature (RFC 7515 §7.1), parsed but not yet verified.
package struct JSONWebSignature: Hashable, Sendable {
    /// Bytes of one token.
    package static let byteCountMax = 64 * 1024

    /// The protected header.
    package let header: JSONObject
    /// The decoded payload.
    package let payload: [UInt8]
    /// The token as it was received.
    package let text: String
    private let signingByteCount: Int
    private let signatureBytes: [UInt8]

    /// Splits and decodes `text`. Nothing of it is to be believed before `verify`.
    ///
    /// - Throws: `TokenError` for the form alone.
    package init(parsing text: String) throws(TokenError) {
        guard text.utf8.count <= Self.byteCountMax else {
            throw .tooLong(found: text.utf8.count, limit: Self.byteCountMax)
        }
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .partCount(found: parts.count) }
        guard let headerBytes = Base64URL.decode(Substring(parts[0])) else { throw .notBase64URL(part: "header") }
        guard let payload = Base64URL.decode(Substring(parts[1])) else { throw .notBase64URL(part: "payload") }
        guard let signature = Base64URL.decode(Substring(parts[2])) else { throw .notBase64URL(part: "signature") }
        header = try Self.object(headerBytes, part: "header")
        self.payload = payload
        self.text = text
        signingByteCount = parts[0].count + 1 + parts[1].count
        signatureBytes = signature
    }

    /// The payload as a JSON object.
    package func payloadObject() throws(TokenError) -> JSONObject { try Self.object(payload, part: "payload") }

    /// Checks the header strictly and the signature with `key`, which the caller trusts for this purpose; keys that the
    /// header names are never used.
    ///
    /// - Parameter types: The accepted values of `typ`, compared as they are but for a leading `application/`
    ///   (RFC 7515 §4.1.9); nil accepts any and none.
    /// - Throws: `TokenError`.
    package func verify(
        with key: PublicKey,
        types: [String]?,
        verifier: any SignatureVerifier
    ) throws(TokenError) {
        let algorithm = header["alg"]?.string ?? ""
        guard algorithm.isExactly(TokenAlgorithm(key.algorithm).rawValue) else { throw .algorithm(found: algorithm) }
        // RFC 7515 §4.1.11: an extension that is critical and not understood is refused, and none is understood here.
        for name in ["crit", "b64"] where header[name] != nil { throw .criticalHeader(name: name) }
        if let types {
            let found = header["typ"]?.string ?? ""
            let plain = found.hasPrefix("application/") ? String(found.dropFirst("application/".count)) : found
            guard types.contains(where: { $0.isExactly(plain) }) else { throw .type(found: found) }
        }
        guard let signature = Signature(signatureBytes) else {
            throw .signatureLength(found: signatureBytes.count)
        }
        let message = Array(text.utf8.prefix(signingByteCount))
        guard verifier.isValid(signature, of: message, by: key) else { throw .badSignature }
    }

    /// A token over `payload`; `alg` is put before `header`'s members according to the signer's key.
    ///
    /// - Throws: What the signer throws.
    package static func sign(
        header: JSONObject,
        payload: JSONObject,
        with signer: any MessageSigner
    ) throws -> JSONWebSignature {
        var complete: JSONObject = ["alg": .string(TokenAlgorithm(signer.publicKey.algorithm).rawValue)]
        for member in header.members where member.name != "alg" { complete[member.name] = member.value }
        let payloadBytes = JSONValue.object(payload).compactBytes
        let input =
            Base64URL.encode(JSONValue.object(complete).compactBytes) + "." + Base64URL.encode(payloadBytes)
        let signature = try signer.sign(Array(input.utf8)).bytes
        return JSONWebSignature(
            header: complete,
            payload: payloadBytes,
            text: input + "." + Base64URL.encode(signature),
            signingByteCount: input.utf8.count,
            signatureBytes: signature
        )
    }

    private init(
        header: JSONObject,
        payload: [UInt8],
        text: String,
        signingByteCount: Int,
        signatureBytes: [UInt8]
    ) {
        self.header = header
        self.payload = payload
        self.text = text
        self.signingByteCount = signingByteCount
        self.signatureBytes = signatureBytes
    }

    private static func object(_ bytes: [UInt8], part: String) throws(TokenError) -> JSONObject {
        let value: JSONValue
        do throws(JSONParseError) {
            value = try JSONValue(parsing: bytes, byteCountMax: byteCountMax)
        } catch {
            throw .notJSON(part: part, error: error)
        }
        guard let object = value.object else { throw .notObject(part: part) }
        return object
    }
}
