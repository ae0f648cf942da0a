import Primitives

extension SDJWT {
    /// Parses the JSON serialization, flattened or general (RFC 9901 §8): the disclosures and the key binding stand in
    /// the (first) unprotected header.
    ///
    /// - Throws: `SelectiveDisclosureError` for the form alone.
    package init(parsingJSON bytes: [UInt8]) throws(SelectiveDisclosureError) {
        let document: JSONValue
        do throws(JSONParseError) {
            document = try JSONValue(parsing: bytes, byteCountMax: Self.byteCountMax)
        } catch {
            throw .malformedText(reason: "not JSON: \(error)")
        }
        guard let object = document.object, let payload = object["payload"]?.string else {
            throw .malformedText(reason: "no payload")
        }
        // Drafts before the RFC had them at the top, where nothing would read them now.
        guard object["disclosures"] == nil, object["kb_jwt"] == nil else {
            throw .malformedText(reason: "disclosures outside the first header")
        }
        let signed: JSONObject
        if let signatures = object["signatures"] {
            guard object["signature"] == nil, object["protected"] == nil, object["header"] == nil,
                let entries = signatures.array, let first = entries.first?.object
            else { throw .malformedText(reason: "neither flattened nor general") }
            for other in entries.dropFirst() {
                guard let header = other.object, header["header"]?.object?["disclosures"] == nil,
                    header["header"]?.object?["kb_jwt"] == nil
                else { throw .malformedText(reason: "disclosures outside the first header") }
            }
            signed = first
        } else {
            signed = object
        }
        guard let protected = signed["protected"]?.string, let signature = signed["signature"]?.string else {
            throw .malformedText(reason: "no protected header or signature")
        }
        let unprotected = signed["header"]?.object ?? JSONObject()
        guard let texts = (unprotected["disclosures"] ?? .array([])).array else {
            throw .malformedText(reason: "disclosures is no array")
        }
        let compact = [protected, payload, signature]
        guard !compact.contains(where: { $0.utf8.contains(UInt8(ascii: ".")) || $0.utf8.contains(UInt8(ascii: "~")) })
        else { throw .malformedText(reason: "a part that is not base64url") }
        var text = compact.joined(separator: ".") + "~"
        for value in texts {
            guard let disclosure = value.string, !disclosure.utf8.contains(UInt8(ascii: "~")) else {
                throw .malformedText(reason: "a disclosure that is no string")
            }
            text += disclosure + "~"
        }
        if let binding = unprotected["kb_jwt"] {
            guard let token = binding.string, !token.isEmpty, !token.utf8.contains(UInt8(ascii: "~")) else {
                throw .malformedText(reason: "kb_jwt is no string")
            }
            text += token
        }
        try self.init(parsing: text)
    }
}
