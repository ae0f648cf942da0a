import LedgerModel
import Primitives

/// What clients were told stays true: an acknowledged transaction stands in the final chain once, and nothing stands there
/// twice but what a traitor put there.
struct InclusionChecker: Sendable {
    /// Submitted transactions in order.
    private(set) var submitted: [Digest] = []
    private var acknowledged: Set<Digest> = []

    mutating func submit(_ transaction: Digest) { submitted.append(transaction) }

    mutating func acknowledge(_ transaction: Digest) { acknowledged.insert(transaction) }

    func isAcknowledged(_ transaction: Digest) -> Bool { acknowledged.contains(transaction) }

    /// What is wrong with the chain of `blocks`, and which submitted transactions it lacks.
    func judge(_ blocks: [ChainChecker.FinalBlock], isTraitor: (Header) -> Bool) -> [String] {
        var violations: [String] = []
        var inclusions: [Digest: Int] = [:]
        for block in blocks {
            for (digest, verdict) in block.transactions {
                let isRepeat = inclusions[digest] != nil
                if !isRepeat { inclusions[digest] = 0 }
                if verdict != .repeated { inclusions[digest, default: 0] += 1 }
                if isRepeat, !isTraitor(block.header) {
                    violations.append(
                        "an honest leader included transaction \(digest) again at height \(block.header.height): \(verdict)"
                    )
                }
            }
        }
        for (number, digest) in submitted.enumerated() {
            let count = inclusions[digest, default: 0]
            if count > 1 { violations.append("transaction \(number) took effect \(count) times") }
            if count == 0, acknowledged.contains(digest) {
                violations.append("transaction \(number) was acknowledged and is not in the chain")
            }
        }
        return violations
    }
}
