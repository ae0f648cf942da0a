/// Why a text is no e-certificate identifier.
package enum CertificateIdentifierError: String, Error, Sendable, CaseIterable {
    /// The root is not `1.2.156.3005.2`.
    case root
    /// Not five parts after the root.
    case partCount
    /// The type is not a social credit code and three digits.
    case type
    /// The issuer is no social credit code.
    case issuer
    /// The serial is not 1 to 64 characters of `0-9A-Z`.
    case serial
    /// The version is not three digits.
    case version
    /// The last character is not the check character of the others.
    case checkCharacter
}

/// An e-certificate's identifier (证照标识, GB/T 36904):
/// `1.2.156.3005.2.<type>.<issuer>.<serial>.<version>.<check character>`.
///
/// The codes of government bodies in use do not all satisfy GB 32100's own check characters, so here they are checked
/// for length and alphabet only; the identifier's check character covers them.
package struct CertificateIdentifier: Hashable, Sendable, CustomStringConvertible {
    package static let root = "1.2.156.3005.2"
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)

    /// The code of the body that defines the type, 18 characters, and the type's number, three digits.
    package let type: String
    /// The issuer's 18 characters.
    package let issuer: String
    package let serial: String
    /// Three digits.
    package let version: String

    /// The identifier of these parts.
    ///
    /// - Throws: `CertificateIdentifierError`, in the order of its cases.
    package init(
        type: String,
        issuer: String,
        serial: String,
        version: String
    ) throws(CertificateIdentifierError) {
        guard Self.isCode(type.utf8.prefix(18)), type.utf8.count == 21, Self.areDigits(type.utf8.suffix(3)) else {
            throw .type
        }
        guard issuer.utf8.count == 18, Self.isCode(issuer.utf8.prefix(18)) else { throw .issuer }
        guard (1...64).contains(serial.utf8.count), serial.utf8.allSatisfy(Self.alphabet.contains) else {
            throw .serial
        }
        guard version.utf8.count == 3, Self.areDigits(version.utf8.prefix(3)) else { throw .version }
        self.type = type
        self.issuer = issuer
        self.serial = serial
        self.version = version
    }

    /// The identifier that `text` spells.
    ///
    /// - Throws: `CertificateIdentifierError`, in the order of its cases.
    package init(parsing text: String) throws(CertificateIdentifierError) {
        guard text.hasPrefix(Self.root + ".") else { throw .root }
        let parts = text.dropFirst(Self.root.count + 1).split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 5 else { throw .partCount }
        try self.init(
            type: String(parts[0]),
            issuer: String(parts[1]),
            serial: String(parts[2]),
            version: String(parts[3])
        )
        guard parts[4].utf8.elementsEqual([checkCharacter]) else { throw .checkCharacter }
    }

    /// ISO 7064 hybrid MOD 37,36 over type, issuer, serial and version without dots.
    private var checkCharacter: UInt8 {
        var product = 36
        for character in (type + issuer + serial + version).utf8 {
            let value = Int(character < 0x41 ? character - 0x30 : character - 0x41 + 10)
            let sum = (product + value) % 36
            product = (sum == 0 ? 36 : sum) * 2 % 37
        }
        return Self.alphabet[(37 - product) % 36]
    }

    /// The whole identifier.
    package var description: String {
        let check = String(Unicode.Scalar(checkCharacter))
        return "\(Self.root).\(type).\(issuer).\(serial).\(version).\(check)"
    }

    private static func isCode(_ characters: some Collection<UInt8>) -> Bool {
        characters.count == 18 && characters.allSatisfy(alphabet.contains)
    }

    private static func areDigits(_ characters: some Collection<UInt8>) -> Bool {
        characters.count == 3 && characters.allSatisfy { (0x30...0x39).contains($0) }
    }
}
