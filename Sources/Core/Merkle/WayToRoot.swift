/// The steps from one leaf of a tree to the root, as its position and the tree's size decide them.
///
/// Up to `innerCount` the way runs inside the part where the leaf and the tree's last leaf go apart, and each step has a
/// sibling. Above, the way runs along the right edge: it has a sibling, always on the left, only where the position
/// has a one bit.
struct WayToRoot {
    let position: UInt64
    /// Steps to the node over both the leaf and the tree's last leaf.
    let innerCount: Int

    /// Nil unless `position` is below `size`.
    init?(position: UInt64, size: UInt64) {
        guard position < size else { return nil }
        self.position = position
        self.innerCount = 64 - (position ^ (size - 1)).leadingZeroBitCount
    }

    /// Digests in an inclusion proof.
    var pathCount: Int { innerCount + edgePosition.nonzeroBitCount }

    /// Whether the way comes from the right at the path's digest with this number, so that the sibling is on the left.
    func isRight(atStep step: Int) -> Bool {
        step >= innerCount || position >> UInt64(step) & 1 == 1
    }

    /// Heights of the left siblings above the inner part, in order.
    var edgeHeights: some Sequence<Int> {
        (innerCount..<64).lazy.filter { [position] in position >> UInt64($0) & 1 == 1 }
    }

    private var edgePosition: UInt64 { innerCount < 64 ? position >> UInt64(innerCount) : 0 }
}
