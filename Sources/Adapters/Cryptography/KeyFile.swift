package import Primitives

/// A file with one private key or secret, mode 0600.
///
/// Three lines of ASCII, each ended by a line feed:
/// ```
/// zhixin-key-1 ed25519
/// <secret, 32 bytes in base64url>
/// # public ed25519:<public key in hexadecimal>
/// ```
/// The third line is for people; reading compares it with the key, so that a changed byte cannot pass as another key. A
/// secret without a public half has `# check` and the first 8 bytes of SHA-256("zhixin-key-1 " ‖ kind ‖ secret).
package enum KeyFile {
    /// What a file holds. The raw value is the second word of its first line.
    package enum Kind: String, Sendable, CaseIterable {
        case ed25519
        case p256
        case sm2
        /// A key that opens what was sealed to it (`AgreementKey`).
        case x25519
        /// A wallet's seed (`AccessHeadKeys`).
        case seed
        /// The key of a vault's bodies at rest (`VaultCipher`).
        case vault

        fileprivate init(_ algorithm: SignatureAlgorithm) {
            switch algorithm {
            case .ed25519: self = .ed25519
            case .p256: self = .p256
            case .sm2: self = .sm2
            }
        }

        fileprivate var signatureAlgorithm: SignatureAlgorithm? {
            switch self {
            case .ed25519: .ed25519
            case .p256: .p256
            case .sm2: .sm2
            case .x25519, .seed, .vault: nil
            }
        }
    }

    /// Bytes in the secret of every kind.
    package static let secretByteCount = 32

    private static let format = "zhixin-key-1"
    private static let mode: UInt32 = 0o600

    // MARK: Writing

    /// Makes a file for a signing key.
    ///
    /// - Throws: `exists`: nothing is ever overwritten; `missing` without the folder; `system`.
    package static func write(_ key: SigningKey, to path: String) throws(KeyFileError) {
        try write(kind: Kind(key.algorithm), secret: key.secretBytes, check: check(of: key), to: path)
    }

    /// Makes a file for an agreement key.
    ///
    /// - Throws: `exists`: nothing is ever overwritten; `missing` without the folder; `system`.
    package static func write(_ key: AgreementKey, to path: String) throws(KeyFileError) {
        try write(kind: .x25519, secret: key.secretBytes, check: check(of: key), to: path)
    }

    /// Makes a file for the 32 bytes of a wallet's seed or of a vault's key.
    ///
    /// - Throws: `exists`: nothing is ever overwritten; `missing` without the folder; `system`.
    package static func write(secret: [UInt8], kind: Kind, to path: String) throws(KeyFileError) {
        precondition(kind == .seed || kind == .vault, "keys with a public half are written as keys")
        precondition(secret.count == secretByteCount, "a seed or a vault's key has 32 bytes")
        try write(kind: kind, secret: secret, check: check(ofSecret: secret, kind: kind), to: path)
    }

    // MARK: Reading

    /// The signing key in the file at `path`, which must be of `algorithm` where one is named.
    ///
    /// - Throws: `KeyFileError`, each case of it but `exists`.
    package static func readSigningKey(
        _ path: String,
        algorithm expected: SignatureAlgorithm? = nil
    ) throws(KeyFileError) -> SigningKey {
        let content = try read(path)
        guard let algorithm = content.kind.signatureAlgorithm, expected == nil || expected == algorithm else {
            let name = expected.map { Kind($0).rawValue } ?? "a signing key"
            throw .wrongKind(path: path, expected: name, found: content.kind.rawValue)
        }
        let key: SigningKey
        do {
            key = try SigningKey(algorithm: algorithm, secretBytes: content.secret)
        } catch .keyInvalid {
            throw .damaged(path: path, reason: "the secret is no \(content.kind.rawValue) key")
        } catch {
            throw .unusable(path: path, reason: error)
        }
        try require(content.check, is: check(of: key), path: path)
        return key
    }

    /// The agreement key in the file at `path`.
    ///
    /// - Throws: `KeyFileError`, each case of it but `exists`.
    package static func readAgreementKey(_ path: String) throws(KeyFileError) -> AgreementKey {
        let content = try read(path, kind: .x25519)
        let key: AgreementKey
        do {
            key = try AgreementKey(secretBytes: content.secret)
        } catch {
            throw .unusable(path: path, reason: error)
        }
        try require(content.check, is: check(of: key), path: path)
        return key
    }

    /// The 32 bytes of the seed or vault's key in the file at `path`.
    ///
    /// - Throws: `KeyFileError`, each case of it but `exists` and `unusable`.
    package static func readSecret(_ path: String, kind: Kind) throws(KeyFileError) -> [UInt8] {
        precondition(kind == .seed || kind == .vault, "keys with a public half are read as keys")
        let content = try read(path, kind: kind)
        try require(content.check, is: check(ofSecret: content.secret, kind: kind), path: path)
        return content.secret
    }

    /// What the file at `path` holds, by its first line alone.
    ///
    /// - Throws: `KeyFileError`, each case of it but `exists`, `wrongKind` and `unusable`.
    package static func kind(_ path: String) throws(KeyFileError) -> Kind {
        try read(path).kind
    }

    // MARK: Text

    private struct Content {
        let kind: Kind
        let secret: [UInt8]
        let check: Substring
    }

    private static func write(
        kind: Kind,
        secret: [UInt8],
        check: String,
        to path: String
    ) throws(KeyFileError) {
        let text = "\(format) \(kind.rawValue)\n\(Base64URL.encode(secret))\n\(check)\n"
        try ExclusiveFile.create(Array(text.utf8), at: path, mode: mode)
    }

    private static func read(_ path: String, kind: Kind) throws(KeyFileError) -> Content {
        let content = try read(path)
        guard content.kind == kind else {
            throw .wrongKind(path: path, expected: kind.rawValue, found: content.kind.rawValue)
        }
        return content
    }

    private static func read(_ path: String) throws(KeyFileError) -> Content {
        let bytes = try ExclusiveFile.read(path, modeMax: mode)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .damaged(path: path, reason: "not text")
        }
        // Four parts: the text ends with a line feed. A carriage return makes one character with it and is refused.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 4, lines[3].isEmpty else {
            throw .damaged(path: path, reason: "not three lines")
        }
        let words = lines[0].split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2, words[0] == format else {
            throw .damaged(path: path, reason: "the first line does not begin with \(format)")
        }
        guard let kind = Kind(rawValue: String(words[1])) else {
            throw .damaged(path: path, reason: "an unknown kind of key")
        }
        guard let secret = Base64URL.decode(lines[1]), secret.count == secretByteCount else {
            throw .damaged(path: path, reason: "the second line is not \(secretByteCount) bytes in base64url")
        }
        return Content(kind: kind, secret: secret, check: lines[2])
    }

    private static func require(_ found: Substring, is expected: String, path: String) throws(KeyFileError) {
        guard found == expected else {
            throw .damaged(path: path, reason: "the third line does not fit the secret")
        }
    }

    private static func check(of key: SigningKey) -> String { "# public \(key.publicKey)" }

    private static func check(of key: AgreementKey) -> String {
        "# public \(Kind.x25519.rawValue):\(Hexadecimal.encode(key.publicKey))"
    }

    private static func check(ofSecret secret: [UInt8], kind: Kind) -> String {
        let digest = SHA256Function().digest(Array("\(format) \(kind.rawValue)".utf8) + secret)
        return "# check \(Hexadecimal.encode(digest.bytes.prefix(8)))"
    }
}
