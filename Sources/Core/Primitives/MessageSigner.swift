/// Signs with one private key that it does not show.
///
/// The implementations live in `Cryptography` (key files) and `TestKit` (keys of the simulator).
package protocol MessageSigner: Sendable {
    /// The public half of the key.
    var publicKey: PublicKey { get }

    /// The signature over exactly `message`, which `SignatureVerifier` accepts for `publicKey`.
    ///
    /// - Throws: What the implementation fails with, such as a key device that does not answer.
    func sign(_ message: [UInt8]) throws -> Signature
}
