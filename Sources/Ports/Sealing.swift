/// Seals messages to departments and opens those sealed to this one: HPKE (RFC 9180) with X25519 keys.
///
/// Opening needs the same `info` (what the message is for) and `associatedData` (what it belongs to) as sealing. The sender is not
/// authenticated; what is sealed carries signatures of its own.
package protocol Sealing: Sendable {
    /// The sealed form of `plaintext` for the holder of `recipient`, a public key of 32 bytes.
    /// - Throws: What the implementation fails with; a public key that must not be used is one reason.
    func seal(
        _ plaintext: [UInt8],
        to recipient: [UInt8],
        info: [UInt8],
        associatedData: [UInt8]
    ) throws -> [UInt8]

    /// The plaintext of what was sealed to this department.
    /// - Throws: What the implementation fails with: another recipient, purpose or associated data, or a changed byte.
    func open(_ sealed: [UInt8], info: [UInt8], associatedData: [UInt8]) throws -> [UInt8]
}
