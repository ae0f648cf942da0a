import Primitives

/// The first 64 bytes of a journal file: magic (8 bytes), format version u16, zero u16, owner (32 bytes), first sequence
/// number u64, nonce u64, CRC-32C u32 of the 60 bytes before it. Integers are little-endian.
struct JournalSegmentHeader: Equatable {
    static let byteCount = 64
    static let formatVersion: UInt16 = 1
    private static let magic = Array("ZXVOTES\n".utf8)

    /// The network and voting key whose journal it is, as one digest.
    let owner: Digest
    /// The sequence number of the file's first record.
    let firstSequence: UInt64
    /// Random, and part of every record's check: bytes that someone had put inside a body never pass for a record.
    let nonce: UInt64

    var bytes: [UInt8] {
        var encoder = CanonicalEncoder(capacity: JournalSegmentHeader.byteCount)
        encoder.appendRaw(JournalSegmentHeader.magic)
        encoder.append(JournalSegmentHeader.formatVersion)
        encoder.append(UInt16(0))
        encoder.append(owner)
        encoder.append(firstSequence)
        encoder.append(nonce)
        encoder.append(CRC32C.checksum(encoder.bytes))
        return encoder.bytes
    }

    /// What is wrong with the bytes at a file's start.
    enum Fault: Error, Equatable {
        case damaged
        case formatUnknown(UInt16)
    }

    init(owner: Digest, firstSequence: UInt64, nonce: UInt64) {
        self.owner = owner
        self.firstSequence = firstSequence
        self.nonce = nonce
    }

    init(reading file: [UInt8]) throws(Fault) {
        let bytes = Array(file.prefix(JournalSegmentHeader.byteCount))
        let magicCount = JournalSegmentHeader.magic.count
        guard bytes.count == JournalSegmentHeader.byteCount,
            Array(bytes.prefix(magicCount)) == JournalSegmentHeader.magic
        else { throw .damaged }
        var decoder = CanonicalDecoder(bytes[magicCount...])
        let version: UInt16
        let check: UInt32
        do throws(DecodeError) {
            version = try decoder.readUInt16()
            _ = try decoder.readUInt16()
            owner = try decoder.readDigest()
            firstSequence = try decoder.readUInt64()
            nonce = try decoder.readUInt64()
            check = try decoder.readUInt32()
        } catch {
            throw .damaged
        }
        guard check == CRC32C.checksum(Array(bytes.dropLast(4))) else { throw .damaged }
        guard version == JournalSegmentHeader.formatVersion else { throw .formatUnknown(version) }
    }
}
