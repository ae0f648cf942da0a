/// Random numbers that a seed decides: the same seed gives the same run on every machine.
///
/// The generator is SplitMix64: a counter with a step of the golden ratio, and a bijective mixing of its value. Not
/// for keys.
package struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// `count` random bytes.
    package mutating func bytes(count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 32) }
    }

    /// Whether an event happens that does so `numerator` times in `denominator`.
    package mutating func chance(_ numerator: UInt64, in denominator: UInt64) -> Bool {
        UInt64.random(in: 0..<denominator, using: &self) < numerator
    }

    /// A further generator that runs independently of this one.
    package mutating func split() -> SeededRandom {
        SeededRandom(seed: next())
    }
}
