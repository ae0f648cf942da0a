import Primitives
import TestKit
import Testing

struct NumbersTests {
    @Test func numbersAreWrittenAsTheirRawValues() throws {
        #expect(Height(258).canonicalBytes == [2, 1, 0, 0, 0, 0, 0, 0])
        #expect(ReplicaIndex(258).canonicalBytes == [2, 1])
        #expect(try Timestamp(canonicalBytes: [0xe8, 3, 0, 0, 0, 0, 0, 0]) == Timestamp(seconds: 1))
        #expect(throws: DecodeError.truncated(needed: 2, left: 1)) { try ReplicaIndex(canonicalBytes: [1]) }
        #expect(throws: DecodeError.trailingBytes(count: 1)) { try ReplicaIndex(canonicalBytes: [1, 2, 3]) }
    }

    @Test func numbersOrderAsTheirRawValues() {
        #expect(Height(2) < Height(10))
        #expect(View.zero < View.zero.next)
        #expect(Height.genesis.next == Height(1))
        #expect(Epoch.zero.next == Epoch(1))
        #expect(Position(5).description == "5")
    }

    @Test func civilTimeStopsAtItsEnd() {
        #expect(Timestamp(seconds: 2).milliseconds == 2000)
        #expect(Timestamp(1999).seconds == 1)
        #expect(Timestamp(5).adding(milliseconds: 10) == Timestamp(15))
        #expect(Timestamp(.max - 1).adding(milliseconds: 1) == Timestamp(.max))
        #expect(Timestamp(.max - 1).adding(milliseconds: 2) == Timestamp(.max))
    }

    @Test func monotonicTimeMeasuresForwardOnly() {
        let start = MonotonicTime(nanoseconds: 100)
        let later = start.adding(milliseconds: 2)
        #expect(later == start.adding(nanoseconds: 2_000_000))
        #expect(start < later)
        #expect(later.since(start) == 2_000_000)
        #expect(start.since(later) == 0)
        #expect(start.since(start) == 0)
    }
}
