/// Why bytes are not acceptable JSON. Offsets count bytes from 0.
package enum JSONParseError: Error, Equatable, Sendable {
    /// The text has `found` bytes where at most `limit` are allowed.
    case tooLarge(found: Int, limit: Int)
    /// The text ends in the middle of a value.
    case unexpectedEnd(offset: Int)
    /// A byte that the grammar does not allow here.
    case unexpectedByte(found: UInt8, offset: Int)
    /// Arrays and objects nested more than `limit` deep.
    case tooDeep(limit: Int, offset: Int)
    /// A member name that its object already has.
    case duplicateName(offset: Int)
    /// Bytes that are not UTF-8.
    case notUTF8(offset: Int)
    /// A control character that must be escaped.
    case controlCharacter(found: UInt8, offset: Int)
    /// A backslash with something that is no escape.
    case badEscape(offset: Int)
    /// Half of a surrogate pair.
    case loneSurrogate(offset: Int)
    /// A number that the grammar does not allow: leading zero, no digits, or more than 64 characters.
    case badNumber(offset: Int)
    /// Bytes after the value.
    case trailingBytes(offset: Int)
}
