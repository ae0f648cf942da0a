/// Why bytes are not the canonical form of a value. The sender is to blame, never this node.
package enum DecodeError: Error, Equatable, Sendable {
    /// The value needs `needed` more bytes, `left` are there.
    case truncated(needed: Int, left: Int)
    /// `count` bytes stand after the value.
    case trailingBytes(count: Int)
    /// A length or count of `found` where at most `limit` is allowed.
    case lengthOverLimit(found: UInt64, limit: Int)
    /// A ULEB128 number that is not in its shortest form or does not fit 32 bits.
    case notCanonicalLength
    /// A boolean or option byte other than 0 and 1.
    case notBoolean(found: UInt8)
    /// A string that is not UTF-8.
    case notUTF8
    /// An enum of `type` has no case `found`.
    case unknownTag(type: String, found: UInt64)
    /// A field of `type` breaks a rule that its bytes alone decide.
    case invalid(type: String, reason: String)
}
