import LedgerModel
import Ports
import Primitives

/// The keys of a vault's folder. `docs/formats.md` lists them with their values.
enum VaultKey {
    /// The folder's format version u16, network, and a sealed proof of the key.
    static let header: [UInt8] = [UInt8(ascii: "m")]
    static let entriesPrefix: [UInt8] = [UInt8(ascii: "e")]
    static let draftsPrefix: [UInt8] = [UInt8(ascii: "d")]

    /// A certificate, sealed, by the number it was stored under.
    static func entry(_ number: UInt64) -> [UInt8] { entriesPrefix + bigEndian(number) }

    /// The number of the certificate with a commitment.
    static func commitment(_ commitment: Digest) -> [UInt8] { [UInt8(ascii: "c")] + commitment.bytes }

    /// What the certificates of one holder, or with one number, have before their own numbers. `digest` is keyed.
    static func lookup(_ kind: VaultLookup, _ digest: Digest) -> [UInt8] { [kind.rawValue] + digest.bytes }

    static func lookup(_ kind: VaultLookup, _ digest: Digest, _ number: UInt64) -> [UInt8] {
        lookup(kind, digest) + bigEndian(number)
    }

    static func batch(_ batch: VaultBatchID) -> [UInt8] { [UInt8(ascii: "b")] + batch.bytes }
    static func batch(_ batch: VaultBatchID, _ number: UInt64) -> [UInt8] { self.batch(batch) + bigEndian(number) }

    /// Says that a certificate is a draft, and of which batch.
    static func draft(_ number: UInt64) -> [UInt8] { draftsPrefix + bigEndian(number) }

    static func table(_ table: VaultTable, _ key: [UInt8]) -> [UInt8] { [UInt8(ascii: "T"), table.rawValue] + key }

    static func number(in key: [UInt8]) -> UInt64 { LedgerKey.number(in: key) }

    static func bigEndian(_ number: UInt64) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }
}

/// By what a certificate is looked up without its commitment.
enum VaultLookup: UInt8 {
    case holder = 0x68
    case number = 0x6e

    /// What is digested with the vault's key: neither kind, nor type, nor text can be mistaken for another.
    func content(type: UInt16, text: String) -> [UInt8] {
        var encoder = CanonicalEncoder()
        encoder.append(rawValue)
        encoder.append(type)
        encoder.append(text)
        return encoder.bytes
    }
}
