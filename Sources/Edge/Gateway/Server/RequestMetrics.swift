import Synchronization

/// Counts answers by route and by the first digit of their status, and how long they took.
///
/// Labels are the route table's paths, so nothing that a request says reaches the metrics.
final class RequestMetrics: Sendable {
    /// Upper bounds of the duration's buckets, in microseconds.
    static let bucketMicroseconds: [UInt64] = [500, 1_000, 2_500, 5_000, 10_000, 50_000, 250_000, 1_000_000]

    private final class Counter: Sendable {
        let value = Atomic<UInt64>(0)
        func add(_ amount: UInt64 = 1) { value.add(amount, ordering: .relaxed) }
        var count: UInt64 { value.load(ordering: .relaxed) }
    }

    private struct Row: Sendable {
        let path: String
        let method: String
        /// Of the statuses 2xx to 5xx.
        let answers = [Counter(), Counter(), Counter(), Counter()]
    }

    private let rows: [Row]
    private let buckets = (0...RequestMetrics.bucketMicroseconds.count).map { _ in Counter() }
    private let totalMicroseconds = Counter()

    init(routes: [Route]) {
        rows = routes.map { Row(path: $0.path, method: $0.method) } + [Row(path: "none", method: "none")]
    }

    /// Counts one answer; `route` is the row of the table, or nil when none was found.
    func count(route: Int?, status: Int, microseconds: UInt64) {
        rows[route ?? rows.count - 1].answers[min(max(status / 100 - 2, 0), 3)].add()
        let bucket = Self.bucketMicroseconds.firstIndex { microseconds <= $0 } ?? Self.bucketMicroseconds.count
        buckets[bucket].add()
        totalMicroseconds.add(microseconds)
    }

    /// Writes what was counted.
    func write(to text: inout PrometheusText) {
        text.begin("zhixin_http_requests_total", .counter, "Answers by route and status.")
        for row in rows {
            for (index, counter) in row.answers.enumerated() where counter.count > 0 {
                text.sample(
                    "zhixin_http_requests_total",
                    [("method", row.method), ("route", row.path), ("status", "\(index + 2)xx")],
                    counter.count
                )
            }
        }
        text.begin("zhixin_http_request_duration_microseconds", .histogram, "Time to the answer, without its sending.")
        var sum: UInt64 = 0
        for (index, counter) in buckets.enumerated() {
            sum += counter.count
            let bound = index < Self.bucketMicroseconds.count ? "\(Self.bucketMicroseconds[index])" : "+Inf"
            text.sample("zhixin_http_request_duration_microseconds_bucket", [("le", bound)], sum)
        }
        text.sample("zhixin_http_request_duration_microseconds_sum", [], totalMicroseconds.count)
        text.sample("zhixin_http_request_duration_microseconds_count", [], sum)
    }
}

/// Writes metrics in Prometheus' text format, version 0.0.4.
struct PrometheusText {
    enum Kind: String {
        case counter, gauge, histogram
    }

    private(set) var text = ""

    /// Begins a metric: its samples follow.
    mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    mutating func sample(_ name: String, _ labels: [(name: String, value: String)], _ value: some BinaryInteger) {
        text += name
        if !labels.isEmpty {
            // Values are the table's paths and this node's own words: nothing in them needs an escape.
            text += "{" + labels.map { "\($0.name)=\"\($0.value)\"" }.joined(separator: ",") + "}"
        }
        text += " \(value)\n"
    }

    mutating func gauge(_ name: String, _ help: String, _ value: some BinaryInteger) {
        begin(name, .gauge, help)
        sample(name, [], value)
    }
}
