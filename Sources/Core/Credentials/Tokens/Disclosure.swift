package import Primitives

/// One selectively disclosable claim or array element (RFC 9901 §4.2), with its text as the digest was taken over it.
package struct Disclosure: Hashable, Sendable {
    /// Bytes of randomness in a salt (RFC 9901 §9.3 asks for 128 bits at least).
    package static let saltByteCount = 16
    /// Bytes of one disclosure's text.
    package static let byteCountMax = 32 * 1024

    /// base64url of the JSON array.
    package let text: String
    package let salt: String
    /// The claim's name, or nil for an array element.
    package let name: String?
    package let value: JSONValue

    /// A disclosure of the claim `name`, or of an array element, with a fresh salt.
    package init(name: String?, value: JSONValue, random: inout some RandomNumberGenerator) {
        let words = (random.next() as UInt64, random.next() as UInt64)
        let salt = Base64URL.encode(withUnsafeBytes(of: words) { Array($0) })
        self.salt = salt
        self.name = name
        self.value = value
        let elements: [JSONValue] = name.map { [.string(salt), .string($0), value] } ?? [.string(salt), value]
        text = Base64URL.encode(JSONValue.array(elements).compactBytes)
    }

    /// The disclosure that `text` spells.
    ///
    /// - Throws: `SelectiveDisclosureError.malformedDisclosure`.
    package init(parsing text: String) throws(SelectiveDisclosureError) {
        guard text.utf8.count <= Self.byteCountMax, let bytes = Base64URL.decode(text) else {
            throw .malformedDisclosure(reason: "not base64url of up to \(Self.byteCountMax) bytes")
        }
        let parsed: JSONValue
        do throws(JSONParseError) {
            parsed = try JSONValue(parsing: bytes, byteCountMax: Self.byteCountMax)
        } catch {
            throw .malformedDisclosure(reason: "not JSON: \(error)")
        }
        guard let elements = parsed.array, elements.count == 2 || elements.count == 3 else {
            throw .malformedDisclosure(reason: "not an array of two or three elements")
        }
        guard let salt = elements[0].string else { throw .malformedDisclosure(reason: "the salt is no string") }
        self.text = text
        self.salt = salt
        if elements.count == 3 {
            guard let name = elements[1].string else {
                throw .malformedDisclosure(reason: "the claim's name is no string")
            }
            guard name != "_sd", name != "..." else { throw .reservedName(name) }
            self.name = name
        } else {
            name = nil
        }
        value = elements[elements.count - 1]
    }

    /// base64url of the digest over the disclosure's text.
    package func digestText(_ digestFunction: any DigestFunction) -> String {
        Base64URL.encode(digestFunction.digest(Array(text.utf8)).bytes)
    }
}
