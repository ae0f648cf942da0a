import Credentials
import Histogram

/// How long things took: a histogram with three significant digits up to a minute.
struct Latencies {
    private var histogram = Histogram<UInt64>(
        highestTrackableValue: 60_000_000_000,
        numberOfSignificantValueDigits: .three
    )

    var count: Int { Int(histogram.totalCount) }

    mutating func record(nanoseconds: UInt64) { histogram.record(min(nanoseconds, 60_000_000_000)) }

    /// The time that `percent` of all took at most.
    func milliseconds(percent: Double) -> Double { Double(histogram.valueAtPercentile(percent)) / 1e6 }

    var json: JSONValue {
        [
            "count": .integer(Int64(count)),
            "p50Milliseconds": .number(milliseconds(percent: 50), digits: 3),
            "p90Milliseconds": .number(milliseconds(percent: 90), digits: 3),
            "p99Milliseconds": .number(milliseconds(percent: 99), digits: 3),
            "maxMilliseconds": .number(milliseconds(percent: 100), digits: 3),
        ]
    }
}
