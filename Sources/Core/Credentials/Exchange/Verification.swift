package import Primitives

/// Asks a node to check a bundle: `POST /v1/verifications`. Who can should check it offline.
package struct VerificationRequest: ExchangeShape {
    /// BCS `OfflineBundle`.
    package var bundle: [UInt8]

    package init(bundle: [UInt8]) {
        self.bundle = bundle
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        bundle = try object.binary("bundle", byteCountMax: 72 * 1024)
    }

    package var json: JSONValue {
        [
            "bundle": .string(Base64URL.encode(bundle))
        ]
    }
}

/// What the check gave.
package struct VerificationReport: ExchangeShape {
    package var valid: Bool
    /// The stable code of the first check that failed; absent when valid.
    package var reason: String?
    /// The commitment, when valid.
    package var certificate: Digest?
    /// The certificate type's code, when valid.
    package var type: String?
    /// The issuing department's code, when valid.
    package var issuer: String?
    /// The disclosed claims, when valid.
    package var disclosed: JSONValue?
    /// Whether the presenter proved to hold the key; without it whoever carries the bundle can show it.
    package var holderProven: Bool?
    /// The block under which it is valid.
    package var asOf: LedgerMoment?

    package init(
        valid: Bool,
        reason: String? = nil,
        certificate: Digest? = nil,
        type: String? = nil,
        issuer: String? = nil,
        disclosed: JSONValue? = nil,
        holderProven: Bool? = nil,
        asOf: LedgerMoment? = nil
    ) {
        self.valid = valid
        self.reason = reason
        self.certificate = certificate
        self.type = type
        self.issuer = issuer
        self.disclosed = disclosed
        self.holderProven = holderProven
        self.asOf = asOf
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        valid = try object.bool("valid")
        reason = try object.optionalString("reason", byteCountMax: 64)
        certificate = try object.optionalDigest("certificate")
        type = try object.optionalString("type", byteCountMax: 32)
        issuer = try object.optionalString("issuer", byteCountMax: 32)
        disclosed = object.optionalValue("disclosed")
        holderProven = try object.optionalBool("holderProven")
        asOf = try object.optionalShape("asOf")
    }

    package var json: JSONValue {
        .members([
            ("valid", .bool(valid)),
            ("reason", reason.map { .string($0) }),
            ("certificate", certificate.map { .string($0.description) }),
            ("type", type.map { .string($0) }),
            ("issuer", issuer.map { .string($0) }),
            ("disclosed", disclosed),
            ("holderProven", holderProven.map { .bool($0) }),
            ("asOf", asOf.map { $0.json }),
        ])
    }
}
