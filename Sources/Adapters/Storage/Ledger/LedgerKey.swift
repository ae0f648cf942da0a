import LedgerModel
import Merkle
import Primitives

/// The keys of a node's ledger folder: one byte that says what it is, then what it is about, integers big-endian so that
/// their order is that of the bytes. `docs/formats.md` lists them with their values.
enum LedgerKey {
    /// The newest block, and what the folder is: `LedgerTip`.
    static let tip: [UInt8] = [letter("m")]
    static let inclusionsPrefix: [UInt8] = [letter("i")]
    static let headersPrefix: [UInt8] = [letter("h")]
    static let certificatesPrefix: [UInt8] = [letter("c")]
    static let recordsPrefix: [UInt8] = [letter("r")]

    /// A register leaf: the record's canonical bytes.
    static func record(_ position: Position) -> [UInt8] { numbered("r", position.rawValue) }

    /// Where a record lies: the position in as few big-endian bytes as it needs.
    static func index(_ key: RecordKey) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2 + Digest.byteCount)
        bytes.append(letter("k"))
        bytes.append(key.kind.rawValue)
        key.identity.withUnsafeBytes { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// A header: its canonical bytes.
    static func header(_ height: Height) -> [UInt8] { numbered("h", height.rawValue) }

    /// What follows the header in a block's canonical bytes.
    static func body(_ height: Height) -> [UInt8] { numbered("b", height.rawValue) }

    /// The verdicts on a block's transactions, two bytes each. Absent when there are none.
    static func verdicts(_ height: Height) -> [UInt8] { numbered("v", height.rawValue) }

    /// The finalisation of a header that has one of its own.
    static func certificate(_ height: Height) -> [UInt8] { numbered("c", height.rawValue) }

    /// The height of a header, by its digest.
    static func height(ofHeader digest: Digest) -> [UInt8] { [letter("d")] + digest.bytes }

    /// A transaction's `TransactionLocation`, by its digest.
    static func location(of transaction: Digest) -> [UInt8] { [letter("x")] + transaction.bytes }

    /// What a block's transactions are remembered by, until all of them have expired: `BlockInclusions`.
    static func inclusions(_ height: Height) -> [UInt8] { numbered("i", height.rawValue) }

    static func numbered(_ name: Unicode.Scalar, _ number: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(9)
        bytes.append(letter(name))
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// The number at the end of a key.
    static func number(in key: [UInt8]) -> UInt64 { key.suffix(8).reduce(0) { $0 << 8 | UInt64($1) } }

    /// A position in as few bytes as it needs, at least one.
    static func shortest(_ number: UInt64) -> [UInt8] {
        let count = max(1, (71 - number.leadingZeroBitCount) / 8)
        return withUnsafeBytes(of: number.bigEndian) { Array($0.suffix(count)) }
    }

    private static func letter(_ name: Unicode.Scalar) -> UInt8 { UInt8(ascii: name) }
}

/// The two trees that are kept as tiles.
enum StoredTree: Unicode.Scalar {
    case register = "t"
    case history = "T"

    var prefix: [UInt8] { [UInt8(ascii: rawValue)] }

    /// A tile's key: the tree, the level, the index.
    func key(_ tile: TileKey) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(10)
        bytes.append(UInt8(ascii: rawValue))
        bytes.append(tile.level)
        withUnsafeBytes(of: tile.index.bigEndian) { bytes.append(contentsOf: $0) }
        return bytes
    }
}
