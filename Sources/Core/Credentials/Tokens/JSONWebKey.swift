package import Primitives

/// Why a JSON Web Key is not one that Zhixin uses. It never holds the key.
package enum JSONWebKeyError: Error, Equatable, Sendable {
    /// Not an object, or a member is missing or no string.
    case malformed(member: String)
    /// A key type or curve other than EC P-256, EC SM2 and OKP Ed25519.
    case unsupported(keyType: String, curve: String)
    /// A coordinate that is not base64url of exactly 32 bytes.
    case badCoordinate(member: String)
    /// Coordinates that are no point of the curve.
    case notOnCurve
    /// A key that shows its private half.
    case privateKey
    /// A key whose `use`, `key_ops` or `alg` is for something else than verifying signatures.
    case otherPurpose(member: String)
}

/// Public keys as JSON Web Keys (RFC 7517, RFC 7518 §6.2, RFC 8037), as they stand in `cnf.jwk`.
///
/// The curve name `SM2` is a private profile: nothing is registered for it.
package enum JSONWebKey {
    /// The key as `{"kty", "crv", "x", "y"}`, or nil when its bytes are no point of its curve.
    package static func encode(_ key: PublicKey) -> JSONObject? {
        switch key.algorithm {
        case .ed25519:
            return ["kty": "OKP", "crv": "Ed25519", "x": .string(Base64URL.encode(key.bytes))]
        case .p256, .sm2:
            let curve: WeierstrassCurve = key.algorithm == .p256 ? .p256 : .sm2
            guard let y = curve.decompressedY(of: key.bytes) else { return nil }
            return [
                "kty": "EC", "crv": key.algorithm == .p256 ? "P-256" : "SM2",
                "x": .string(Base64URL.encode(Array(key.bytes[1...]))), "y": .string(Base64URL.encode(y)),
            ]
        }
    }

    /// The key that `value` describes. Members without a bearing on it, such as `kid`, are ignored.
    ///
    /// - Throws: `JSONWebKeyError`.
    package static func decode(_ value: JSONValue) throws(JSONWebKeyError) -> PublicKey {
        guard let object = value.object else { throw .malformed(member: "") }
        guard object["d"] == nil else { throw .privateKey }
        let keyType = try text("kty", of: object)
        let curveName = try text("crv", of: object)
        let x = try coordinate("x", of: object)
        let algorithm: SignatureAlgorithm
        var bytes = x
        switch (keyType, curveName) {
        case ("OKP", "Ed25519"): algorithm = .ed25519
        case ("EC", "P-256"), ("EC", "SM2"):
            algorithm = curveName == "P-256" ? .p256 : .sm2
            let curve: WeierstrassCurve = algorithm == .p256 ? .p256 : .sm2
            guard let point = curve.compressed(x: x, y: try coordinate("y", of: object)) else { throw .notOnCurve }
            bytes = point
        default: throw .unsupported(keyType: keyType, curve: curveName)
        }
        if let use = object["use"], use.string != "sig" { throw .otherPurpose(member: "use") }
        if let operations = object["key_ops"], operations.array?.contains("verify") != true {
            throw .otherPurpose(member: "key_ops")
        }
        if let name = object["alg"], name.string != TokenAlgorithm(algorithm).rawValue {
            throw .otherPurpose(member: "alg")
        }
        guard let key = PublicKey(algorithm: algorithm, bytes: bytes) else { throw .badCoordinate(member: "x") }
        return key
    }

    private static func text(_ member: String, of object: JSONObject) throws(JSONWebKeyError) -> String {
        guard let text = object[member]?.string else { throw .malformed(member: member) }
        return text
    }

    private static func coordinate(_ member: String, of object: JSONObject) throws(JSONWebKeyError) -> [UInt8] {
        guard let bytes = Base64URL.decode(try text(member, of: object)), bytes.count == 32 else {
            throw .badCoordinate(member: member)
        }
        return bytes
    }
}
