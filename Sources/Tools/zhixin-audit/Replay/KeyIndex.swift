import LedgerModel
import Primitives

/// From record keys to positions in some 13 bytes a record: an open-addressed table of 32 bits of each key's hash and
/// the position. The keys themselves stand in the records.
struct KeyIndex {
    /// Records that fit: positions and hashes share 64-bit slots.
    static let countMax = UInt64(UInt32.max)

    /// 0 for a free slot, else the hash in the upper half and the position plus one in the lower.
    private var slots = [UInt64](repeating: 0, count: 1024)
    private(set) var count = 0

    /// The position of `key`, where `isAt` says whether a record that may be it really is.
    func position(of key: RecordKey, isAt: (Position) -> Bool) -> Position? {
        let hash = KeyIndex.hash(key)
        var slot = Int(hash) & (slots.count - 1)
        while slots[slot] != 0 {
            if UInt32(truncatingIfNeeded: slots[slot] >> 32) == hash {
                let position = Position((slots[slot] & 0xffff_ffff) - 1)
                if isAt(position) { return position }
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Adds a key that the index does not have.
    mutating func insert(_ key: RecordKey, at position: Position) {
        precondition(position.rawValue < KeyIndex.countMax, "an auditor holds at most 2^32 - 1 records")
        if (count + 1) * 5 > slots.count * 4 { grow() }
        place(UInt64(KeyIndex.hash(key)) << 32 | (position.rawValue + 1))
        count += 1
    }

    private mutating func place(_ entry: UInt64) {
        var slot = Int(entry >> 32) & (slots.count - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = entry
    }

    private mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: 0, count: old.count * 2)
        for entry in old where entry != 0 { place(entry) }
    }

    /// Seeded by the process, so that nobody can choose keys that collide.
    private static func hash(_ key: RecordKey) -> UInt32 {
        var hasher = Hasher()
        hasher.combine(key)
        return UInt32(truncatingIfNeeded: hasher.finalize())
    }
}
