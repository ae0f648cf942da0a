package import Primitives

/// What a vault releases for one item.
package enum ReleaseContent: Hashable, Sendable {
    /// An SD-JWT with the permitted disclosures, as text.
    case presentation(String)
    /// The answer to a predicate (`Predicate.json`).
    case predicate(expression: CanonicalJSONObject, holds: Bool)
    /// Whether there is no entry for the person.
    case noEntry(holds: Bool)
    /// There is no certificate of the type to show or to answer from.
    case nothingFound
}

/// One released item, signed by the department whose vault answered, and bound to the access record under which it was
/// released.
///
/// A presentation is signed as a release; an answer that is itself evidence is signed as a statement.
package struct ReleaseStatement: SignedContent {
    package let network: Digest
    /// The answering department.
    package let issuer: UInt16
    /// The relying department.
    package let department: UInt16
    package let accessRecord: AccessRecordID
    /// The item's id in the matter.
    package let item: String
    /// The certificate type's number.
    package let type: UInt16
    package let content: ReleaseContent
    /// The final height at which the vault saw the access record and the status.
    package let height: Height
    package let time: Timestamp

    package init(
        network: Digest,
        issuer: UInt16,
        department: UInt16,
        accessRecord: AccessRecordID,
        item: String,
        type: UInt16,
        content: ReleaseContent,
        height: Height,
        time: Timestamp
    ) {
        self.network = network
        self.issuer = issuer
        self.department = department
        self.accessRecord = accessRecord
        self.item = item
        self.type = type
        self.content = content
        self.height = height
        self.time = time
    }

    package var domain: Domain {
        switch content {
        case .presentation: .release
        case .predicate, .noEntry, .nothingFound: .statement
        }
    }

    /// The evidence that a statement is. A presentation is none by itself: its claims have to be verified first, see
    /// `evidence(verified:…)`.
    package func statementEvidence(typeCode: String) -> Evidence? {
        let content: EvidenceContent
        switch self.content {
        case .presentation: return nil
        case .predicate(let expression, let holds):
            content = .predicate(expression: expression, holds: holds, evaluatedAt: time)
        case .noEntry(let holds): content = .noEntry(holds: holds, evaluatedAt: time)
        case .nothingFound: content = .nothingFound(evaluatedAt: time)
        }
        return Evidence(item: item, type: typeCode, issuer: issuer, height: height, content: content)
    }

    /// The evidence that the presentation is, once it was verified and its status read from the ledger.
    ///
    /// - Throws: `JSONCanonicalError` for claims without canonical form.
    package func evidence(
        verified: VerifiedSDJWT,
        type: CertificateTypeDefinition,
        status: EvidenceStatus,
        validity: ValidityPeriod,
        at height: Height
    ) throws(JSONCanonicalError) -> Evidence {
        let claims = try CanonicalJSONObject(CertificateCredential.fieldClaims(of: verified, type: type))
        let content = EvidenceContent.disclosure(claims: claims, status: status, validity: validity)
        return Evidence(item: item, type: type.code, issuer: issuer, height: height, content: content)
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(network)
        encoder.append(issuer)
        encoder.append(department)
        encoder.append(accessRecord)
        encoder.append(item)
        encoder.append(type)
        switch content {
        case .presentation(let text):
            encoder.appendLength(0)
            encoder.append(text)
        case .predicate(let expression, let holds):
            encoder.appendLength(1)
            encoder.append(expression)
            encoder.append(holds)
        case .noEntry(let holds):
            encoder.appendLength(2)
            encoder.append(holds)
        case .nothingFound:
            encoder.appendLength(3)
        }
        encoder.append(height)
        encoder.append(time)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        network = try decoder.readDigest()
        issuer = try decoder.readUInt16()
        department = try decoder.readUInt16()
        accessRecord = try decoder.read()
        item = try decoder.readCode()
        type = try decoder.readUInt16()
        switch try decoder.readLength(max: Int(UInt16.max)) {
        case 0: content = .presentation(try decoder.readString(countMax: SDJWT.byteCountMax))
        case 1: content = .predicate(expression: try decoder.read(), holds: try decoder.readBool())
        case 2: content = .noEntry(holds: try decoder.readBool())
        case 3: content = .nothingFound
        case let other: throw .unknownTag(type: "ReleaseContent", found: UInt64(other))
        }
        height = try decoder.read()
        time = try decoder.read()
    }
}
