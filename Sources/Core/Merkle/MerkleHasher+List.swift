package import Primitives

/// Trees over a list that is at hand, such as the transactions of one block.
extension MerkleHasher {
    /// The root of the tree over `leaves`, which are leaf digests.
    package func root(of leaves: some Collection<Digest>) -> Digest {
        guard !leaves.isEmpty else { return emptyRoot }
        return withUnsafeTemporaryAllocation(of: Digest.self, capacity: leaves.count) { row in
            _ = row.initialize(from: leaves)
            var count = leaves.count
            while count > 1 { count = halve(row, count: count) }
            return row[0]
        }
    }

    /// The proof that the leaf at `position` of `leaves` is under their root, or nil when there is none.
    package func inclusionProof(position: Position, of leaves: [Digest]) -> InclusionProof? {
        let size = UInt64(leaves.count)
        guard position.rawValue < size else { return nil }
        var path: [Digest] = []
        withUnsafeTemporaryAllocation(of: Digest.self, capacity: leaves.count) { row in
            _ = row.initialize(from: leaves)
            var count = leaves.count
            var index = Int(position.rawValue)
            while count > 1 {
                let sibling = index ^ 1
                if sibling < count { path.append(row[sibling]) }
                count = halve(row, count: count)
                index >>= 1
            }
        }
        return InclusionProof(position: position, size: size, path: path)
    }

    /// Replaces the first `count` digests of `row` by those of their pairs' parents and says how many these are.
    ///
    /// A last digest without a partner moves up as it is. That gives the tree of RFC 6962, whose left subtree is always
    /// the largest complete one.
    private func halve(_ row: UnsafeMutableBufferPointer<Digest>, count: Int) -> Int {
        for index in 0..<(count / 2) { row[index] = node(row[2 * index], row[2 * index + 1]) }
        if !count.isMultiple(of: 2) { row[count / 2] = row[count - 1] }
        return (count + 1) / 2
    }
}
