package import Primitives

/// Names a tile of a tree. On the wire: level u8, index u64.
package struct TileKey: Hashable, Sendable, CanonicalCodable {
    /// The highest level a tree of 2^64 - 1 leaves has.
    package static let levelMax: UInt8 = 15

    /// The tile holds the roots of complete subtrees of 16^level leaves; 0 to 15.
    package let level: UInt8
    /// The tile's place in its level: its first digest is that of subtree number 16 × index.
    package let index: UInt64

    package init(level: UInt8, index: UInt64) {
        self.level = level
        self.index = index
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(level)
        encoder.append(index)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        level = try decoder.readUInt8()
        index = try decoder.readUInt64()
        guard level <= Self.levelMax else { throw .invalid(type: "TileKey", reason: "level is over 15") }
    }
}

extension TileKey: Comparable {
    /// Lower levels first.
    package static func < (left: TileKey, right: TileKey) -> Bool {
        (left.level, left.index) < (right.level, right.index)
    }
}
