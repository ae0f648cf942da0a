import Synchronization

/// A counted limit that many requests share.
final class Allowance: Sendable {
    private let limit: Int
    private let taken = Atomic<Int>(0)

    init(limit: Int) { self.limit = limit }

    /// How much is taken now.
    var count: Int { taken.load(ordering: .relaxed) }

    /// Takes `amount`, or nothing when it would go over the limit.
    func take(_ amount: Int = 1) -> Bool {
        let after = taken.add(amount, ordering: .relaxed).newValue
        guard after <= limit else {
            taken.subtract(amount, ordering: .relaxed)
            return false
        }
        return true
    }

    /// Gives back what `take` took.
    func give(_ amount: Int = 1) { taken.subtract(amount, ordering: .relaxed) }
}
