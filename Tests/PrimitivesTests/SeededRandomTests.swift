import Primitives
import TestKit
import Testing

struct SeededRandomTests {
    /// The first numbers that SplitMix64 gives for the seed 1234567.
    @Test func firstNumbersAreThoseOfTheGenerator() {
        var random = SeededRandom(seed: 1_234_567)
        #expect(random.next() == 6_457_827_717_110_365_317)
        #expect(random.next() == 3_203_168_211_198_807_973)
    }

    @Test func sameSeedGivesTheSameRun() {
        var (left, right) = (SeededRandom(seed: 1), SeededRandom(seed: 1))
        #expect(left.bytes(count: 100) == right.bytes(count: 100))
        var (leftHalf, rightHalf) = (left.split(), right.split())
        #expect(leftHalf.next() == rightHalf.next())
        #expect(left.next() != leftHalf.next())
    }

    @Test func chanceFollowsItsOdds() {
        var random = SeededRandom(seed: 2)
        let hits = (0..<10_000).count { _ in random.chance(1, in: 4) }
        #expect((2300...2700).contains(hits))
        #expect((0..<100).allSatisfy { _ in random.chance(1, in: 1) })
        #expect((0..<100).allSatisfy { _ in !random.chance(0, in: 1) })
    }

    @Test func fastDigestsOfSimilarBytesDiffer() {
        var seen: Set<Digest> = []
        for count in 0..<200 {
            seen.insert(FastDigest().digest([UInt8](repeating: 0, count: count)))
            seen.insert(FastDigest().digest([UInt8](repeating: 0, count: count) + [1]))
        }
        #expect(seen.count == 400)
    }
}
