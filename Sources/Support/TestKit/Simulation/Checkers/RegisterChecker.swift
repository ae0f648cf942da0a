package import LedgerModel
package import Primitives

/// Recomputes a register's root from all records, by the definition of RFC 6962 §2.1 and without any tree code.
package enum RegisterChecker {
    package static func root(of records: [Record], digestFunction: any DigestFunction) -> Digest {
        root(of: records.map { digestFunction.digest([0] + $0.canonicalBytes) }[...], digestFunction)
    }

    private static func root(of leaves: ArraySlice<Digest>, _ digestFunction: any DigestFunction) -> Digest {
        guard let first = leaves.first else { return digestFunction.digest([]) }
        guard leaves.count > 1 else { return first }
        var split = 1
        while split * 2 < leaves.count { split *= 2 }
        let left = root(of: leaves.prefix(split), digestFunction)
        let right = root(of: leaves.dropFirst(split), digestFunction)
        return digestFunction.digest([1] + left.bytes + right.bytes)
    }
}
