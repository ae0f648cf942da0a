package import Primitives

/// The ledger's word on a certificate at the moment of release. The raw value is the tag in canonical bytes.
package enum EvidenceStatus: UInt8, Sendable, CaseIterable, CanonicalCodableTag {
    case active = 0
    case suspended = 1
    case revoked = 2
    case superseded = 3
}

/// What one piece of evidence says, after its signatures and proofs were verified.
package enum EvidenceContent: Hashable, Sendable {
    /// Fields of a certificate, with its status on the ledger and its dates.
    case disclosure(claims: CanonicalJSONObject, status: EvidenceStatus, validity: ValidityPeriod)
    /// The authority's answer to a question about the certificate at `evaluatedAt`.
    case predicate(expression: CanonicalJSONObject, holds: Bool, evaluatedAt: Timestamp)
    /// Whether the authority has no entry for the person, at `evaluatedAt`.
    case noEntry(holds: Bool, evaluatedAt: Timestamp)
    /// The authority has no certificate of the type to answer from.
    case nothingFound(evaluatedAt: Timestamp)
}

/// One verified piece of evidence, as the decision function reads it and a receipt commits to it.
package struct Evidence: Hashable, Sendable, CanonicalCodable {
    /// The evidence's id in the matter.
    package let item: String
    /// The certificate type's code.
    package let type: String
    /// The issuing department's number on the ledger.
    package let issuer: UInt16
    /// The height at which the certificate's status, or the access record, was proved.
    package let height: Height
    package let content: EvidenceContent

    package init(item: String, type: String, issuer: UInt16, height: Height, content: EvidenceContent) {
        self.item = item
        self.type = type
        self.issuer = issuer
        self.height = height
        self.content = content
    }

    /// The digest by which receipts name it. It is not salted: the receipt is what must not be published.
    package func digest(_ digestFunction: any DigestFunction) -> Digest {
        digestFunction.digest(of: self, domain: .evidence)
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(item)
        encoder.append(type)
        encoder.append(issuer)
        encoder.append(height)
        switch content {
        case .disclosure(let claims, let status, let validity):
            encoder.appendLength(0)
            encoder.append(claims)
            encoder.append(status.rawValue)
            encoder.append(validity.fromSeconds)
            encoder.append(validity.untilSeconds)
        case .predicate(let expression, let holds, let time):
            encoder.appendLength(1)
            encoder.append(expression)
            encoder.append(holds)
            encoder.append(time)
        case .noEntry(let holds, let time):
            encoder.appendLength(2)
            encoder.append(holds)
            encoder.append(time)
        case .nothingFound(let time):
            encoder.appendLength(3)
            encoder.append(time)
        }
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        item = try decoder.readCode()
        type = try decoder.readCode()
        issuer = try decoder.readUInt16()
        height = try decoder.read()
        switch try decoder.readLength(max: Int(UInt16.max)) {
        case 0:
            content = .disclosure(
                claims: try decoder.read(),
                status: try EvidenceStatus(tagFrom: &decoder),
                validity: ValidityPeriod(
                    fromSeconds: try decoder.readUInt64(),
                    untilSeconds: try decoder.readUInt64()
                )
            )
        case 1:
            content = .predicate(
                expression: try decoder.read(),
                holds: try decoder.readBool(),
                evaluatedAt: try decoder.read()
            )
        case 2: content = .noEntry(holds: try decoder.readBool(), evaluatedAt: try decoder.read())
        case 3: content = .nothingFound(evaluatedAt: try decoder.read())
        case let other: throw .unknownTag(type: "EvidenceContent", found: UInt64(other))
        }
    }
}

extension CanonicalDecoder {
    /// A code: lower-case ASCII letters, digits and hyphens, up to 32.
    mutating func readCode() throws(DecodeError) -> String {
        let text = try readString(countMax: 32)
        guard CertificateTypeDefinition.isCode(text) else {
            throw .invalid(type: "code", reason: "not 1 to 32 lower-case letters, digits and hyphens")
        }
        return text
    }
}
