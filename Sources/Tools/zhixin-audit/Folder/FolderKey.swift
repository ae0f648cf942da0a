import LedgerModel
import Merkle
import Primitives

/// The keys of a node's ledger folder, read from docs/formats.md apart from the code that writes them.
enum FolderKey {
    static let tip = [letter("m")]

    static func header(_ height: Height) -> [UInt8] { numbered("h", height) }
    static func body(_ height: Height) -> [UInt8] { numbered("b", height) }
    static func certificate(_ height: Height) -> [UInt8] { numbered("c", height) }
    static func verdicts(_ height: Height) -> [UInt8] { numbered("v", height) }
    static func inclusions(_ height: Height) -> [UInt8] { numbered("i", height) }
    static func height(of header: Digest) -> [UInt8] { [letter("d")] + header.bytes }
    static func location(of transaction: Digest) -> [UInt8] { [letter("x")] + transaction.bytes }

    static func letter(_ name: Unicode.Scalar) -> UInt8 { UInt8(ascii: name) }

    /// The big-endian number that `bytes` are; at most eight.
    static func number(_ bytes: some Collection<UInt8>) -> UInt64? {
        bytes.count > 8 ? nil : bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A number in as few big-endian bytes as it needs, at least one.
    static func shortest(_ number: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = number
        repeat {
            bytes.insert(UInt8(truncatingIfNeeded: rest), at: 0)
            rest >>= 8
        } while rest > 0
        return bytes
    }

    /// The key of a record in an index entry's key, or nil.
    static func recordKey(_ key: [UInt8]) -> RecordKey? {
        guard key.count == 2 + Digest.byteCount, let kind = RecordKind(rawValue: key[1]),
            let identity = Digest(key[2...])
        else { return nil }
        return RecordKey(kind: kind, identity: identity)
    }

    /// The tile in a tile entry's key, or nil.
    static func tile(_ key: [UInt8]) -> TileKey? {
        guard key.count == 10, key[1] <= TileKey.levelMax, let index = number(key[2...]) else { return nil }
        return TileKey(level: key[1], index: index)
    }

    private static func numbered(_ name: Unicode.Scalar, _ height: Height) -> [UInt8] {
        [letter(name)] + withUnsafeBytes(of: height.rawValue.bigEndian) { Array($0) }
    }
}

/// Where a folder says that a transaction is: height u64, index u32, verdict u16.
struct StoredLocation: Equatable, CanonicalCodable {
    let height: Height
    let index: UInt32
    let verdict: Verdict

    init(height: Height, index: UInt32, verdict: Verdict) {
        self.height = height
        self.index = index
        self.verdict = verdict
    }

    func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(height)
        encoder.append(index)
        encoder.append(verdict)
    }

    init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        height = try decoder.read()
        index = try decoder.readUInt32()
        verdict = try decoder.read()
    }
}

extension Verdict {
    /// Whether the author's name for a transaction with this verdict is used up, because the author did sign it.
    var consumesName: Bool {
        switch self {
        case .networkMismatch, .expired, .expiryTooFar, .repeated, .authorUnknown, .signatureInvalid: false
        default: true
        }
    }
}
