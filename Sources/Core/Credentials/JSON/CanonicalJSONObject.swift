package import Primitives

/// A JSON object inside canonical bytes: its canonical JSON (RFC 8785 subset) with the length before it.
package struct CanonicalJSONObject: Hashable, Sendable, CanonicalCodable {
    /// Bytes of one object.
    package static let byteCountMax = 64 * 1024

    package let object: JSONObject
    /// The canonical JSON.
    package let bytes: [UInt8]

    /// - Throws: `JSONCanonicalError` when the object has no canonical form.
    package init(_ object: JSONObject) throws(JSONCanonicalError) {
        self.object = object
        bytes = try JSONValue.object(object).canonicalJSON()
    }

    package static func == (left: CanonicalJSONObject, right: CanonicalJSONObject) -> Bool { left.bytes == right.bytes }
    package func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

    package func encode(to encoder: inout CanonicalEncoder) { encoder.append(bytes) }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        let bytes = try decoder.readBytes(countMax: Self.byteCountMax)
        let value: JSONValue
        let canonical: [UInt8]
        do {
            value = try JSONValue(parsing: bytes, byteCountMax: Self.byteCountMax)
            canonical = try value.canonicalJSON()
        } catch {
            throw .invalid(type: "CanonicalJSONObject", reason: "\(error)")
        }
        guard let object = value.object, canonical == bytes else {
            throw .invalid(type: "CanonicalJSONObject", reason: "not the canonical form of an object")
        }
        self.object = object
        self.bytes = bytes
    }
}
