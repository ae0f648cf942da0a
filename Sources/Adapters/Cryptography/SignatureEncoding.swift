package import Primitives

/// The two spellings of an elliptic-curve signature: r ‖ s, as the ledger has it, and DER, as OpenSSL has it.
package enum SignatureEncoding {
    /// Bytes in the longest DER form of two 256-bit numbers: 2 + 2 × (2 + 33).
    package static let derByteCountMax = 72

    private static let numberByteCount = 32
    private static let sequenceTag: UInt8 = 0x30
    private static let integerTag: UInt8 = 0x02

    /// `SEQUENCE { r INTEGER, s INTEGER }` (GB/T 35276 §7.3, RFC 3279 §2.2.3).
    package static func der(of signature: Signature) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(derByteCountMax)
        bytes.append(sequenceTag)
        bytes.append(0)
        appendInteger(signature.bytes[..<numberByteCount], to: &bytes)
        appendInteger(signature.bytes[numberByteCount...], to: &bytes)
        bytes[1] = UInt8(bytes.count - 2)
        return bytes
    }

    /// The signature of a DER form, or nil for any form but the canonical one of two numbers below 2^256.
    package static func signature(fromDER bytes: [UInt8]) -> Signature? {
        guard bytes.count <= derByteCountMax, bytes.count >= 2 else { return nil }
        guard bytes[0] == sequenceTag, Int(bytes[1]) == bytes.count - 2 else { return nil }
        var rest = bytes[2...]
        guard let first = readInteger(from: &rest), let second = readInteger(from: &rest), rest.isEmpty else {
            return nil
        }
        return Signature(first + second)
    }

    private static func appendInteger(_ number: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        let digits = number.drop { $0 == 0 }
        // A zero byte keeps a number with its top bit set from being negative, and is all there is of zero.
        let padded = digits.first.map { $0 >= 0x80 } ?? true
        bytes.append(integerTag)
        bytes.append(UInt8(digits.count + (padded ? 1 : 0)))
        if padded { bytes.append(0) }
        bytes.append(contentsOf: digits)
    }

    private static func readInteger(from rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard rest.popFirst() == integerTag, let count = rest.popFirst() else { return nil }
        guard count >= 1, Int(count) <= rest.count else { return nil }
        var digits = rest.prefix(Int(count))
        rest = rest.dropFirst(Int(count))
        guard let top = digits.first, top < 0x80 else { return nil }
        if top == 0, digits.count > 1 {
            digits = digits.dropFirst()
            guard let next = digits.first, next >= 0x80 else { return nil }
        }
        guard digits.count <= numberByteCount else { return nil }
        return [UInt8](repeating: 0, count: numberByteCount - digits.count) + digits
    }
}
