import Primitives

/// The definitions of RFC 6962 §2.1, written down as they stand there, over leaf digests in an array.
///
/// Quadratic and plain on purpose: it shares nothing with what it checks but the digest function.
struct NaiveTree {
    let function: any DigestFunction
    var leaves: [Digest]

    var root: Digest { root(leaves[...]) }

    /// MTH(D[n]).
    func root(_ leaves: ArraySlice<Digest>) -> Digest {
        if leaves.isEmpty { return function.digest([]) }
        if leaves.count == 1 { return leaves[leaves.startIndex] }
        let middle = leaves.startIndex + split(leaves.count)
        return node(root(leaves[..<middle]), root(leaves[middle...]))
    }

    /// PATH(m, D[n]).
    func path(_ position: Int, _ leaves: ArraySlice<Digest>) -> [Digest] {
        if leaves.count == 1 { return [] }
        let left = split(leaves.count)
        let middle = leaves.startIndex + left
        return position < left
            ? path(position, leaves[..<middle]) + [root(leaves[middle...])]
            : path(position - left, leaves[middle...]) + [root(leaves[..<middle])]
    }

    /// SUBPROOF(m, D[n], b).
    func proof(_ size: Int, _ leaves: ArraySlice<Digest>, isWhole: Bool) -> [Digest] {
        if size == leaves.count { return isWhole ? [] : [root(leaves)] }
        let left = split(leaves.count)
        let middle = leaves.startIndex + left
        return size <= left
            ? proof(size, leaves[..<middle], isWhole: isWhole) + [root(leaves[middle...])]
            : proof(size - left, leaves[middle...], isWhole: false) + [root(leaves[..<middle])]
    }

    /// The largest power of two below `count`.
    private func split(_ count: Int) -> Int {
        var power = 1
        while power * 2 < count { power *= 2 }
        return power
    }

    private func node(_ left: Digest, _ right: Digest) -> Digest {
        function.digest([1] + left.bytes + right.bytes)
    }
}
