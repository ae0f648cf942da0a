package import Primitives

/// What is asked of one certificate type.
package enum RequestedContent: Hashable, Sendable {
    /// These fields, sorted, none twice.
    case fields([String])
    /// The answer to this predicate (`Predicate.json`).
    case predicate(CanonicalJSONObject)
    /// The statement that there is no entry.
    case noEntry
}

/// One item of a request or authorisation: from whom, of which type, and exactly what.
package struct RequestedItem: Hashable, Sendable, CanonicalCodable {
    /// Items of one request.
    package static let countMax = MatterDefinition.evidenceMax

    /// The evidence's id in the matter.
    package let id: String
    /// The department whose vault is asked.
    package let issuer: UInt16
    /// The certificate type's number.
    package let type: UInt16
    package let content: RequestedContent

    /// - Precondition: Fields are brought into order by the caller or by `init(evidence:issuer:type:)`.
    package init(id: String, issuer: UInt16, type: UInt16, content: RequestedContent) {
        self.id = id
        self.issuer = issuer
        self.type = type
        self.content = content
    }

    /// What a matter's evidence asks of this issuer and type, or nil when its predicate has no canonical form.
    package init?(evidence: MatterEvidence, issuer: UInt16, type: UInt16) {
        let content: RequestedContent
        switch evidence.demand {
        case .certificate(let fields): content = .fields(Self.sorted(fields))
        case .noEntry: content = .noEntry
        case .predicate(let predicate):
            do throws(JSONCanonicalError) {
                content = .predicate(try CanonicalJSONObject(predicate.json))
            } catch {
                return nil
            }
        }
        self.init(id: evidence.id, issuer: issuer, type: type, content: content)
    }

    /// Whether it asks for no more than the matter's rule needs. Fewer fields are allowed.
    package func isWithin(_ matter: MatterDefinition, typeCode: String) -> Bool {
        guard let evidence = matter.evidence(id), evidence.type == typeCode else { return false }
        switch (content, evidence.demand) {
        case (.fields(let asked), .certificate(let needed)): return asked.allSatisfy(needed.contains)
        case (.predicate(let asked), .predicate(let needed)):
            do throws(JSONCanonicalError) {
                return try CanonicalJSONObject(needed.json) == asked
            } catch {
                return false
            }
        case (.noEntry, .noEntry): return true
        default: return false
        }
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(id)
        encoder.append(issuer)
        encoder.append(type)
        switch content {
        case .fields(let fields):
            encoder.appendLength(0)
            encoder.appendLength(fields.count)
            for field in fields { encoder.append(field) }
        case .predicate(let predicate):
            encoder.appendLength(1)
            encoder.append(predicate)
        case .noEntry:
            encoder.appendLength(2)
        }
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        id = try decoder.readCode()
        issuer = try decoder.readUInt16()
        type = try decoder.readUInt16()
        switch try decoder.readLength(max: Int(UInt16.max)) {
        case 0:
            let count = try decoder.readLength(max: CertificateTypeDefinition.fieldsMax)
            var fields: [String] = []
            for _ in 0..<count { fields.append(try decoder.readString(countMax: 64)) }
            guard !fields.isEmpty, fields.allSatisfy(CertificateTypeDefinition.isClaimName),
                Set(fields).count == fields.count, fields == Self.sorted(fields)
            else { throw .invalid(type: "RequestedItem", reason: "one or more distinct, sorted field names") }
            content = .fields(fields)
        case 1:
            let json: CanonicalJSONObject = try decoder.read()
            do throws(JSONShapeError) {
                _ = try Predicate(.object(json.object), path: "predicate")
            } catch {
                throw .invalid(type: "RequestedItem", reason: "\(error)")
            }
            content = .predicate(json)
        case 2: content = .noEntry
        case let other: throw .unknownTag(type: "RequestedContent", found: UInt64(other))
        }
    }

    private static func sorted(_ fields: [String]) -> [String] {
        fields.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

extension CanonicalDecoder {
    /// One or more items with distinct ids.
    mutating func readItems(of type: String) throws(DecodeError) -> [RequestedItem] {
        let items = try readList(RequestedItem.self, countMax: RequestedItem.countMax)
        guard !items.isEmpty, Set(items.map(\.id)).count == items.count else {
            throw .invalid(type: type, reason: "one or more items with distinct ids")
        }
        return items
    }
}
