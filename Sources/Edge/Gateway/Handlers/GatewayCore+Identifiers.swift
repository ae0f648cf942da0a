import Credentials
import HTTPTypes
import Hummingbird
import LedgerModel
import Ports
import Primitives

/// Resolution of DIDs over HTTP (W3C DID Resolution, §"HTTP(S) Binding"): `did:zhixin:` names subjects.
extension GatewayCore {
    private static let resolutionType = "application/did-resolution"

    /// A subject's DID document, alone or in its resolution result, by what the caller accepts.
    func identifier(_ call: Call) throws(Refusal) -> Response {
        guard let representation = Self.representation(for: call.accept) else {
            throw .representationUnsupported
        }
        guard let subject = SubjectID(did: call.parameters[0]) else {
            return Self.failure("invalidDid", status: .badRequest)
        }
        let view = archive.view()
        let found = try read { () throws(StoreError) in try view.record(.subject(subject)) }
        guard case .subject(let record)? = found?.record else { return Self.failure("notFound", status: .notFound) }
        let isDeactivated = record.status == .deactivated
        let document = isDeactivated ? Self.emptyDocument(subject) : Self.document(record)
        let status: HTTPResponse.Status = isDeactivated ? .gone : .ok
        guard representation == Self.resolutionType else {
            return Response(
                status: status,
                headers: Answer.headers(representation),
                body: Answer.body(document.compactBytes)
            )
        }
        let result: JSONValue = [
            "didDocument": document,
            "didResolutionMetadata": ["contentType": "application/did"],
            "didDocumentMetadata": [
                "deactivated": .bool(isDeactivated),
                "versionId": .string("\(record.changedAt)"),
                "suspended": .bool(record.status == .suspended),
            ],
        ]
        return Response(
            status: status,
            headers: Answer.headers(Self.resolutionType),
            body: Answer.body(result.compactBytes)
        )
    }

    /// The content type to answer with, or nil when none fits.
    private static func representation(for accept: String) -> String? {
        for part in accept.split(separator: ",") {
            let type = part.prefix { $0 != ";" }.filter { $0 != " " }
            switch type {
            case "", "*/*", "application/*", resolutionType, "application/json": return resolutionType
            case "application/ld+json": return resolutionType
            case "application/did", "application/did+json", "application/did+ld+json": return String(type)
            default: continue
            }
        }
        return accept.isEmpty ? resolutionType : nil
    }

    private static func failure(_ error: String, status: HTTPResponse.Status) -> Response {
        let result: JSONValue = [
            "didDocument": .null,
            "didResolutionMetadata": ["error": .string(error)],
            "didDocumentMetadata": [:],
        ]
        return Response(
            status: status,
            headers: Answer.headers(resolutionType),
            body: Answer.body(result.compactBytes)
        )
    }

    private static func emptyDocument(_ subject: SubjectID) -> JSONValue {
        ["@context": "https://www.w3.org/ns/did/v1", "id": .string(subject.description)]
    }

    /// The subject's present key, good for authentication; a suspended subject's document names none.
    private static func document(_ record: SubjectRecord) -> JSONValue {
        guard record.status == .active, let key = JSONWebKey.encode(record.key) else {
            return emptyDocument(record.id)
        }
        let did = record.id.description
        let method = "\(did)#key"
        return [
            "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
            "id": .string(did),
            "verificationMethod": [
                [
                    "id": .string(method), "type": "JsonWebKey", "controller": .string(did),
                    "publicKeyJwk": .object(key),
                ]
            ],
            "authentication": [.string(method)],
            "assertionMethod": [.string(method)],
        ]
    }
}
