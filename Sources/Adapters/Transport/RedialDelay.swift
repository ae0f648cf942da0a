/// How long to wait before dialling again: doubling from a minimum to a maximum, each time a random part of it, so that
/// nodes that lost the same peer do not all come back at once.
package struct RedialDelay: Sendable {
    private let minMilliseconds: UInt64
    private let maxMilliseconds: UInt64
    private var failures: UInt64 = 0

    package init(minMilliseconds: UInt64, maxMilliseconds: UInt64) {
        self.minMilliseconds = minMilliseconds
        self.maxMilliseconds = maxMilliseconds
    }

    /// Begins at the minimum again.
    package mutating func reset() { failures = 0 }

    /// The next wait, between half of its step and the whole.
    package mutating func next(using random: inout some RandomNumberGenerator) -> UInt64 {
        let doublings = min(failures, 32)
        failures += 1
        let (product, overflow) = minMilliseconds.multipliedReportingOverflow(by: 1 << doublings)
        let step = overflow ? maxMilliseconds : min(product, maxMilliseconds)
        return UInt64.random(in: (step / 2)...step, using: &random)
    }
}
