import Primitives

/// What travels between a gateway and its callers as JSON.
///
/// One definition for both sides. Decoding is strict: a member that the shape does not know is refused, and so is one that is
/// missing or of another kind. Times are milliseconds since 1970, digests 64 hexadecimal digits, other bytes base64url.
package protocol ExchangeShape: Hashable, Sendable {
    /// Reads the members of `object`; whoever calls refuses the rest.
    init(from object: inout StrictObject) throws(JSONShapeError)
    /// The value as a JSON object. What is absent is left out.
    var json: JSONValue { get }
}

extension ExchangeShape {
    /// Reads the whole of `json`, which stands at `path` of its document.
    package init(json: JSONValue, path: String = "") throws(JSONShapeError) {
        var object = try StrictObject(json, path: path)
        try self.init(from: &object)
        try object.finish()
    }

    /// Reads `bytes` of unknown origin.
    /// - Throws: `ExchangeError` for bytes that are not JSON, and for JSON of another shape.
    package init(parsing bytes: [UInt8], byteCountMax: Int) throws(ExchangeError) {
        let value: JSONValue
        do throws(JSONParseError) {
            value = try JSONValue(parsing: bytes, byteCountMax: byteCountMax)
        } catch {
            throw .syntax(error)
        }
        do throws(JSONShapeError) {
            try self.init(json: value)
        } catch {
            throw .shape(error)
        }
    }

    /// The bytes to send.
    package var jsonBytes: [UInt8] { json.compactBytes }
}

/// Why bytes are not the JSON that a route asks for.
package enum ExchangeError: Error, Equatable, Sendable {
    /// They are not JSON.
    case syntax(JSONParseError)
    /// They are JSON of another shape.
    case shape(JSONShapeError)
}

extension JSONValue {
    /// An object of those members that have a value.
    static func members(_ members: [(String, JSONValue?)]) -> JSONValue {
        var object = JSONObject()
        for (name, value) in members where value != nil { object[name] = value }
        return .object(object)
    }

    /// A number of JSON's; what is over the largest is written as the largest.
    static func unsigned(_ value: some UnsignedInteger) -> JSONValue { .integer(Int64(clamping: value)) }
}
