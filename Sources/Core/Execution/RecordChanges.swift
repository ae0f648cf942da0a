package import LedgerModel
package import Primitives

/// The records that a block creates or rewrites, with their values after it, by ascending position.
///
/// New ones lie one after another behind the register as it was, so a batch of thousands needs no dictionary.
package struct RecordChanges: Sendable {
    /// Leaves in the register before the block; the first new record's position.
    package let sizeBefore: UInt64
    private var rewritten: [Position: Record] = [:]
    private var created: [Record] = []

    package init(sizeBefore: UInt64) { self.sizeBefore = sizeBefore }

    /// Leaves in the register after the block.
    package var sizeAfter: UInt64 { sizeBefore + UInt64(created.count) }

    /// The changed record at `position`, or nil when the block left it as it was.
    package subscript(position: Position) -> Record? {
        guard position.rawValue >= sizeBefore else { return rewritten.isEmpty ? nil : rewritten[position] }
        let index = position.rawValue - sizeBefore
        return index < UInt64(created.count) ? created[Int(index)] : nil
    }

    /// Adds a record behind the register and gives its position.
    mutating func create(_ record: Record) -> Position {
        created.append(record)
        return Position(sizeAfter - 1)
    }

    /// Puts another value at a position that is taken.
    mutating func rewrite(_ record: Record, at position: Position) {
        precondition(position.rawValue < sizeAfter, "only a record that exists can be rewritten")
        if position.rawValue < sizeBefore {
            rewritten[position] = record
        } else {
            created[Int(position.rawValue - sizeBefore)] = record
        }
    }

    mutating func reserve(_ count: Int) { created.reserveCapacity(created.count + count) }
}

extension RecordChanges: Sequence {
    package struct Iterator: IteratorProtocol {
        fileprivate var rewritten: ArraySlice<(key: Position, value: Record)>
        fileprivate var created: ArraySlice<Record>
        fileprivate let sizeBefore: UInt64

        package mutating func next() -> (Position, Record)? {
            if let first = rewritten.popFirst() { return (first.key, first.value) }
            let index = created.startIndex
            return created.popFirst().map { (Position(sizeBefore + UInt64(index)), $0) }
        }
    }

    package func makeIterator() -> Iterator {
        let sorted = rewritten.sorted { $0.key < $1.key }
        return Iterator(rewritten: sorted[...], created: created[...], sizeBefore: sizeBefore)
    }

    package var underestimatedCount: Int { rewritten.count + created.count }
}
