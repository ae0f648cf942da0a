package import Primitives

/// A claim to issue, with what of it the holder may withhold.
package indirect enum IssuableValue: Hashable, Sendable {
    /// Shown as it is.
    case plain(JSONValue)
    case object([IssuableMember])
    case array([IssuableElement])
}

/// A member of an object to issue.
package struct IssuableMember: Hashable, Sendable {
    package let name: String
    package let value: IssuableValue
    /// Whether the holder may withhold it.
    package let isDisclosable: Bool

    package init(_ name: String, _ value: IssuableValue, isDisclosable: Bool) {
        self.name = name
        self.value = value
        self.isDisclosable = isDisclosable
    }

    /// A member with a plain value.
    package init(_ name: String, _ value: JSONValue, isDisclosable: Bool) {
        self.init(name, .plain(value), isDisclosable: isDisclosable)
    }
}

/// An element of an array to issue.
package struct IssuableElement: Hashable, Sendable {
    package let value: IssuableValue
    package let isDisclosable: Bool

    package init(_ value: IssuableValue, isDisclosable: Bool) {
        self.value = value
        self.isDisclosable = isDisclosable
    }
}

/// Builds and signs SD-JWTs (RFC 9901 §4).
package struct SDJWTIssuer {
    /// The name in `_sd_alg` and the function.
    private let digestName: String
    private let digestFunction: any DigestFunction
    private var disclosures: [Disclosure] = []

    package init(digestName: String = "sha-256", digestFunction: any DigestFunction) {
        self.digestName = digestName
        self.digestFunction = digestFunction
    }

    /// A signed SD-JWT with all of its disclosures.
    ///
    /// The digests of an object are sorted, so that their order says nothing of the claims'. `decoyCount` further
    /// digests at the top hide how many claims there are.
    /// - Precondition: No claim is named `_sd`, `_sd_alg` or `...`.
    /// - Throws: What the signer throws.
    package func issue(
        header: JSONObject,
        claims: [IssuableMember],
        decoyCount: Int = 0,
        signer: any MessageSigner,
        random: inout some RandomNumberGenerator
    ) throws -> SDJWT {
        var builder = self
        var payload = builder.object(claims, decoyCount: decoyCount, random: &random)
        if payload["_sd"] != nil || !builder.disclosures.isEmpty { payload["_sd_alg"] = .string(digestName) }
        let token = try JSONWebSignature.sign(header: header, payload: payload, with: signer)
        return SDJWT(issuerSigned: token, disclosures: builder.disclosures)
    }

    private mutating func object(
        _ members: [IssuableMember],
        decoyCount: Int,
        random: inout some RandomNumberGenerator
    ) -> JSONObject {
        var plain: [JSONObject.Member] = []
        var digests: [String] = []
        for member in members {
            precondition(!["_sd", "_sd_alg", "..."].contains(member.name), "a claim has a name of its own")
            let value = json(member.value, random: &random)
            if member.isDisclosable {
                digests.append(disclose(name: member.name, value: value, random: &random))
            } else {
                plain.append(JSONObject.Member(member.name, value))
            }
        }
        for _ in 0..<decoyCount {
            let words = (random.next() as UInt64, random.next() as UInt64)
            let noise = withUnsafeBytes(of: words) { digestFunction.digest($0) }
            digests.append(Base64URL.encode(noise.bytes))
        }
        if !digests.isEmpty {
            digests.sort()
            plain.insert(JSONObject.Member("_sd", .array(digests.map { .string($0) })), at: 0)
        }
        return JSONObject(distinct: plain)
    }

    private mutating func json(_ value: IssuableValue, random: inout some RandomNumberGenerator) -> JSONValue {
        switch value {
        case .plain(let value): return value
        case .object(let members): return .object(object(members, decoyCount: 0, random: &random))
        case .array(let elements):
            var array: [JSONValue] = []
            for element in elements {
                let value = json(element.value, random: &random)
                guard element.isDisclosable else {
                    array.append(value)
                    continue
                }
                array.append(["...": .string(disclose(name: nil, value: value, random: &random))])
            }
            return .array(array)
        }
    }

    private mutating func disclose(
        name: String?,
        value: JSONValue,
        random: inout some RandomNumberGenerator
    ) -> String {
        let disclosure = Disclosure(name: name, value: value, random: &random)
        disclosures.append(disclosure)
        return disclosure.digestText(digestFunction)
    }
}
