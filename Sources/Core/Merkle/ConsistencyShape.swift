/// Where a consistency proof starts and how long it is, as the two sizes decide them.
///
/// It starts at the last complete subtree of the older tree and goes the way to the newer tree's root.
struct ConsistencyShape {
    /// From the older tree's last leaf to the newer tree's root.
    let way: WayToRoot
    /// Height of the older tree's last complete subtree.
    let seedHeight: Int
    /// Whether that subtree is the older tree itself, whose root the verifier knows already.
    let startsAtOldRoot: Bool
    /// Digests in the proof.
    let pathCount: Int

    /// Nil unless 1 ≤ `oldSize` ≤ `newSize`.
    init?(oldSize: UInt64, newSize: UInt64) {
        guard oldSize > 0, let way = WayToRoot(position: oldSize - 1, size: newSize) else { return nil }
        self.way = way
        seedHeight = oldSize.trailingZeroBitCount
        startsAtOldRoot = oldSize.nonzeroBitCount == 1
        pathCount = oldSize == newSize ? 0 : (startsAtOldRoot ? 0 : 1) + way.pathCount - seedHeight
    }
}
