/// A value with exactly one byte string (BCS), for everything that is hashed, signed, stored or sent between nodes.
package protocol CanonicalCodable: Sendable {
    func encode(to encoder: inout CanonicalEncoder)
    init(from decoder: inout CanonicalDecoder) throws(DecodeError)
}

extension CanonicalCodable {
    /// The canonical bytes.
    package var canonicalBytes: [UInt8] {
        var encoder = CanonicalEncoder()
        encode(to: &encoder)
        return encoder.bytes
    }

    /// The value that `bytes`, all of them, stand for.
    /// - Throws: `DecodeError` for bytes that are not this type's canonical form.
    package init(canonicalBytes bytes: [UInt8]) throws(DecodeError) {
        var decoder = CanonicalDecoder(bytes)
        try self.init(from: &decoder)
        try decoder.finish()
    }
}

extension UInt8: CanonicalCodable {
    package func encode(to encoder: inout CanonicalEncoder) { encoder.append(self) }
    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) { self = try decoder.readUInt8() }
}

extension UInt16: CanonicalCodable {
    package func encode(to encoder: inout CanonicalEncoder) { encoder.append(self) }
    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) { self = try decoder.readUInt16() }
}

extension UInt32: CanonicalCodable {
    package func encode(to encoder: inout CanonicalEncoder) { encoder.append(self) }
    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) { self = try decoder.readUInt32() }
}

extension UInt64: CanonicalCodable {
    package func encode(to encoder: inout CanonicalEncoder) { encoder.append(self) }
    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) { self = try decoder.readUInt64() }
}

/// An enum of bytes is its raw value; a byte without a case is refused.
extension CanonicalCodable where Self: RawRepresentable, RawValue == UInt8 {
    package func encode(to encoder: inout CanonicalEncoder) { encoder.append(rawValue) }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        let tag = try decoder.readUInt8()
        guard let value = Self(rawValue: tag) else { throw .unknownTag(type: "\(Self.self)", found: UInt64(tag)) }
        self = value
    }
}
