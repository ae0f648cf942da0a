import TestKit
import Testing
import Transport

@Suite struct RedialDelayTests {
    @Test func waitsDoubleUpToTheMaximumAndBeginAnew() {
        var random = SeededRandom(seed: 1)
        var delay = RedialDelay(minMilliseconds: 100, maxMilliseconds: 5_000)
        for _ in 0..<2 {
            for step in [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000] as [UInt64] {
                #expect((step / 2...step).contains(delay.next(using: &random)))
            }
            for _ in 0..<200 { #expect((2_500...5_000).contains(delay.next(using: &random))) }
            delay.reset()
        }
    }

    @Test func waitsOfTwoNodesDiffer() {
        var random = SeededRandom(seed: 2)
        var one = RedialDelay(minMilliseconds: 100, maxMilliseconds: 5_000)
        var other = one
        let waits = (0..<10).map { _ in (one.next(using: &random), other.next(using: &random)) }
        #expect(waits.contains { $0.0 != $0.1 })
    }

    @Test func largeNumbersDoNotOverflow() {
        var random = SeededRandom(seed: 3)
        var delay = RedialDelay(minMilliseconds: .max / 2, maxMilliseconds: .max)
        for _ in 0..<100 { #expect(delay.next(using: &random) >= .max / 4) }
    }
}
