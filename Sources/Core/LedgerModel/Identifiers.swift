package import Primitives

/// A department's number on the ledger, given in genesis or by governance and never reused.
package struct DepartmentID: WrappedInteger {
    package let rawValue: UInt16
    package init(_ rawValue: UInt16) { self.rawValue = rawValue }
}

extension NodeID {
    /// The node that may vote for a department.
    package init(_ department: DepartmentID) { self.init(department.rawValue) }
}

/// A service system's number on the ledger.
package struct ServiceSystemID: WrappedInteger {
    package let rawValue: UInt16
    package init(_ rawValue: UInt16) { self.rawValue = rawValue }
}

/// A certificate type's number on the ledger.
package struct CertificateTypeID: WrappedInteger {
    package let rawValue: UInt16
    package init(_ rawValue: UInt16) { self.rawValue = rawValue }
}

/// The 16 random bytes by which a signer names one transaction; the idempotency key of every call.
package struct TransactionID: Hashable, Sendable, CanonicalCodable, CustomStringConvertible {
    package static let byteCount = 16
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A fresh name drawn from `entropy`.
    package init(from entropy: inout some RandomNumberGenerator) {
        self.init(high: entropy.next(), low: entropy.next())
    }

    /// The name written as 32 hexadecimal digits, or nil.
    package init?(hexadecimal text: some StringProtocol) {
        guard let bytes = Hexadecimal.decode(text), bytes.count == TransactionID.byteCount else { return nil }
        let words = bytes.reduce(into: (UInt64(0), UInt64(0))) { words, byte in
            words = (words.0 << 8 | words.1 >> 56, words.1 << 8 | UInt64(byte))
        }
        self.init(high: words.0, low: words.1)
    }

    package var bytes: [UInt8] {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Array($0) }
    }

    package var description: String { Hexadecimal.encode(bytes) }

    package func encode(to encoder: inout CanonicalEncoder) { encoder.appendRaw(bytes) }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        let high = UInt64(bigEndian: try decoder.readUInt64Raw())
        self.init(high: high, low: UInt64(bigEndian: try decoder.readUInt64Raw()))
    }
}

extension CanonicalDecoder {
    /// Eight bytes as they lie in memory.
    fileprivate mutating func readUInt64Raw() throws(DecodeError) -> UInt64 { UInt64(littleEndian: try readUInt64()) }
}

/// A subject's pseudonym: the digest of the public key it was first registered with. `did:zhixin:` and 64 hexadecimal
/// digits in text.
package struct SubjectID: Hashable, Sendable, CanonicalCodable, CustomStringConvertible {
    package static let prefix = "did:zhixin:"
    package let digest: Digest

    package init(_ digest: Digest) { self.digest = digest }

    /// The pseudonym of whoever registers with `key` on the network.
    package init(key: PublicKey, network: Digest, digestFunction: any DigestFunction) {
        var encoder = CanonicalEncoder()
        encoder.append(network)
        encoder.append(key)
        digest = digestFunction.digest(Domain.subjectIdentifier.frame(raw: encoder.bytes))
    }

    /// The pseudonym in a DID, or nil.
    package init?(did: String) {
        guard did.hasPrefix(SubjectID.prefix), did.utf8.allSatisfy({ !(0x41...0x46).contains($0) }),
            let digest = Digest(hexadecimal: did.dropFirst(SubjectID.prefix.count))
        else { return nil }
        self.digest = digest
    }

    package var description: String { SubjectID.prefix + digest.description }
    package func encode(to encoder: inout CanonicalEncoder) { digest.encode(to: &encoder) }
    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) { digest = try decoder.readDigest() }
}

/// A short ASCII name of a department, matter or certificate type: lower-case letters, digits and hyphens, 1 to 32 bytes.
package struct Code: Hashable, Sendable, CanonicalCodable, CustomStringConvertible {
    package static let byteCountMax = 32
    package let text: String

    /// The code, or nil when a character or the length is not allowed.
    package init?(_ text: String) {
        guard (1...Code.byteCountMax).contains(text.utf8.count), text.utf8.allSatisfy(Code.isAllowed) else {
            return nil
        }
        self.text = text
    }

    package var description: String { text }
    package func encode(to encoder: inout CanonicalEncoder) { encoder.append(text) }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        let text = try decoder.readString(countMax: Code.byteCountMax)
        guard let code = Code(text) else { throw .invalid(type: "Code", reason: "a character outside a-z, 0-9 and -") }
        self = code
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2d
    }
}
