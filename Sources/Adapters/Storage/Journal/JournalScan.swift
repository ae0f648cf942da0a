import Ports

/// What the bytes of one journal file hold: a pure function of them.
struct JournalScan {
    enum End: Equatable {
        /// Only zeros follow the last record.
        case clean
        /// What follows the last record was never synced.
        case torn
        /// Something that had been synced is not readable.
        case damaged
    }

    private(set) var records: [JournalEntry] = []
    /// Where the last good record ends.
    private(set) var endOffset = JournalSegmentHeader.byteCount
    /// After the last byte that is not zero.
    private(set) var usedByteCount = 0
    private(set) var end = End.clean

    /// The sequence number of the next record.
    private(set) var nextSequence: UInt64

    init(file: [UInt8], header: JournalSegmentHeader) {
        nextSequence = header.firstSequence
        file.withUnsafeBytes { bytes in
            while let frame = JournalRecordFrame(at: endOffset, of: bytes, nonce: header.nonce) {
                guard frame.sequence == nextSequence else { break }
                records.append(JournalEntry(sequence: nextSequence, body: Array(bytes[frame.body])))
                endOffset = frame.body.upperBound
                nextSequence += 1
            }
            usedByteCount = (bytes.lastIndex { $0 != 0 } ?? -1) + 1
            if usedByteCount > endOffset {
                end = isDamaged(bytes, nonce: header.nonce) ? .damaged : .torn
            }
        }
    }

    /// Whether a good record after the end proves that the one missing at the end had been synced.
    ///
    /// A good record of the same unfinished write proves nothing: the pages of one write reach the disk in any order.
    private func isDamaged(_ bytes: UnsafeRawBufferPointer, nonce: UInt64) -> Bool {
        var offset = endOffset
        while offset < usedByteCount {
            if let frame = JournalRecordFrame(at: offset, of: bytes, nonce: nonce) {
                if frame.sequence < nextSequence || frame.firstUnsynced > nextSequence { return true }
                offset = frame.body.upperBound
            } else {
                offset += 1
            }
        }
        return false
    }
}
