import LedgerModel
import Merkle
import Ports
import Primitives

/// Turns stored bytes into values; bytes that are none mean that the folder is damaged.
enum LedgerCoder {
    static func decode<Value: CanonicalCodable>(_ bytes: [UInt8]) throws(StoreError) -> Value {
        do throws(DecodeError) {
            return try Value(canonicalBytes: bytes)
        } catch {
            throw .corrupt(reason: "a stored \(Value.self) cannot be read: \(error)")
        }
    }

    static func tile(_ bytes: [UInt8]) throws(StoreError) -> Tile {
        do throws(DecodeError) {
            return try Tile(canonicalBytes: bytes)
        } catch {
            throw .corrupt(reason: "a stored tile cannot be read: \(error)")
        }
    }

    /// A position in big-endian bytes, as many as there are.
    static func position(_ bytes: [UInt8]) -> Position { Position(bytes.reduce(0) { $0 << 8 | UInt64($1) }) }

    static func encode(_ verdicts: [Verdict]) -> [UInt8] {
        var encoder = CanonicalEncoder(capacity: verdicts.count * 2)
        for verdict in verdicts { encoder.append(verdict) }
        return encoder.bytes
    }

    static func verdicts(_ bytes: [UInt8]) throws(StoreError) -> [Verdict] {
        do throws(DecodeError) {
            var decoder = CanonicalDecoder(bytes)
            var list: [Verdict] = []
            while decoder.remainingCount > 0 { list.append(try decoder.read()) }
            return list
        } catch {
            throw .corrupt(reason: "stored verdicts cannot be read: \(error)")
        }
    }

    /// What follows the header in a block's canonical bytes.
    static func body(_ block: Block) -> [UInt8] {
        Array(block.canonicalBytes.dropFirst(block.header.canonicalBytes.count))
    }
}
