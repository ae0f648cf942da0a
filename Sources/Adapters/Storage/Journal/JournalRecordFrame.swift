import Primitives

/// The 24 bytes before a record's body: magic u32, body length u32, sequence u64, place u32, CRC-32C u32 of the file's nonce,
/// the bytes before the check, and the body.
struct JournalRecordFrame {
    static let byteCount = 24
    private static let magic: UInt32 = 0x3152_585a

    let sequence: UInt64
    /// How many records were appended since the last sync before this one. It tells a write that was never finished, of
    /// which the disk may have kept any pages in any order, from damage to what had been synced.
    let place: UInt32
    /// Where the body lies in the file.
    let body: Range<Int>

    /// The sequence number of the first record that was not yet synced when this one was written. All before it were.
    var firstUnsynced: UInt64 { sequence - UInt64(place) }

    /// Appends a framed record to `buffer`.
    static func append(_ body: [UInt8], sequence: UInt64, place: UInt32, nonce: UInt64, to buffer: inout [UInt8]) {
        var encoder = CanonicalEncoder(capacity: byteCount)
        encoder.append(magic)
        encoder.append(UInt32(body.count))
        encoder.append(sequence)
        encoder.append(place)
        var check = CRC32C()
        check.add(nonce)
        check.add(encoder.bytes)
        check.add(body)
        encoder.append(check.value)
        buffer += encoder.bytes
        buffer += body
    }

    /// The record at `offset` of a file's bytes, or nil when no whole and undamaged record is there.
    init?(at offset: Int, of file: UnsafeRawBufferPointer, nonce: UInt64) {
        func word<Word: FixedWidthInteger>(_ place: Int, _: Word.Type) -> Word {
            Word(littleEndian: file.loadUnaligned(fromByteOffset: offset + place, as: Word.self))
        }
        guard offset + JournalRecordFrame.byteCount <= file.count,
            word(0, UInt32.self) == JournalRecordFrame.magic
        else { return nil }
        let start = offset + JournalRecordFrame.byteCount
        let count = Int(word(4, UInt32.self))
        guard count <= file.count - start else { return nil }
        var check = CRC32C()
        check.add(nonce)
        check.add(UnsafeRawBufferPointer(rebasing: file[offset..<(start - 4)]))
        check.add(UnsafeRawBufferPointer(rebasing: file[start..<(start + count)]))
        guard check.value == word(20, UInt32.self) else { return nil }
        sequence = word(8, UInt64.self)
        place = word(16, UInt32.self)
        guard UInt64(place) <= sequence else { return nil }
        body = start..<(start + count)
    }
}
