import LedgerModel
import Primitives

/// The canonical bytes of all records, one after the other in pieces of a mebibyte.
struct RecordArena {
    private static let pieceBytes = 1 << 20

    private var pieces: [[UInt8]] = []
    /// Of each record: piece (24 bits), offset in it (20), bytes (20).
    private var places: [UInt64] = []

    var count: UInt64 { UInt64(places.count) }

    /// The record's bytes, or nil beyond the end.
    func bytes(at position: Position) -> [UInt8]? {
        guard position.rawValue < count else { return nil }
        let (piece, range) = RecordArena.unpack(places[Int(position.rawValue)])
        return Array(pieces[piece][range])
    }

    /// Adds the next record, or gives one that is there another value.
    mutating func put(_ bytes: [UInt8], at position: Position) {
        precondition(position.rawValue <= count, "records are added in order")
        precondition(bytes.count < RecordArena.pieceBytes, "a record is much shorter than a piece")
        if position.rawValue < count {
            let (piece, range) = RecordArena.unpack(places[Int(position.rawValue)])
            if range.count == bytes.count {
                pieces[piece].replaceSubrange(range, with: bytes)
            } else {
                // The old place is lost: only a key of another algorithm changes a record's length.
                places[Int(position.rawValue)] = append(bytes)
            }
        } else {
            places.append(append(bytes))
        }
    }

    private mutating func append(_ bytes: [UInt8]) -> UInt64 {
        if pieces.isEmpty || pieces[pieces.count - 1].count + bytes.count > RecordArena.pieceBytes {
            var piece: [UInt8] = []
            piece.reserveCapacity(RecordArena.pieceBytes)
            pieces.append(piece)
        }
        let piece = pieces.count - 1
        let offset = pieces[piece].count
        pieces[piece] += bytes
        return UInt64(piece) << 40 | UInt64(offset) << 20 | UInt64(bytes.count)
    }

    private static func unpack(_ place: UInt64) -> (piece: Int, range: Range<Int>) {
        let offset = Int(place >> 20 & 0xf_ffff)
        return (Int(place >> 40), offset..<(offset + Int(place & 0xf_ffff)))
    }
}
