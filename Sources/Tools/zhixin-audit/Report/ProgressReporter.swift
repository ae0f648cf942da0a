import Execution
import LedgerModel
import Primitives

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Shows how an audit gets on: a bar on a terminal, a line every few seconds elsewhere. It writes to the error output,
/// so that the result stands alone.
final class ProgressReporter: AuditObserver {
    private static let barWidth = 24
    private static let terminalInterval = Duration.milliseconds(200)
    private static let plainInterval = Duration.seconds(10)

    private let isTerminal: Bool
    private let isQuiet: Bool
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var shownAt: ContinuousClock.Instant
    private var isBarShown = false

    init(isQuiet: Bool) {
        isTerminal = isatty(2) == 1
        self.isQuiet = isQuiet
        start = clock.now
        shownAt = start
    }

    /// Seconds since the audit began.
    var seconds: Double { (clock.now - start) / .seconds(1) }

    func replayed(_ block: ExecutedBlock, from bytes: [UInt8], statistics: AuditStatistics) {}

    func progressed(_ statistics: AuditStatistics, source: SourceProgress?) {
        let now = clock.now
        let interval = isTerminal ? ProgressReporter.terminalInterval : ProgressReporter.plainInterval
        guard !isQuiet, now - shownAt >= interval else { return }
        shownAt = now
        let line = ProgressReporter.line(statistics, source: source, seconds: seconds)
        write(isTerminal ? "\r\u{1b}[K" + line : line + "\n")
        isBarShown = isTerminal
    }

    func finished(_ replay: ChainReplay) {}

    /// Takes the bar away before the result is printed.
    func clear() {
        if isBarShown { write("\r\u{1b}[K") }
        isBarShown = false
    }

    /// One line: how far, how fast, how long it will still take.
    static func line(_ statistics: AuditStatistics, source: SourceProgress?, seconds: Double) -> String {
        let rate = seconds > 0 ? Double(statistics.transactions) / seconds : 0
        let certificates = seconds > 0 ? Double(statistics.certificates) / seconds : 0
        let speed =
            "高度 height \(statistics.height)  \(UInt64(rate)) 笔/秒 tx/s  \(UInt64(certificates)) 证/秒 certificates/s"
        guard let source, source.total > 0 else { return speed }
        let fraction = min(1, Double(source.done) / Double(source.total))
        let filled = Int((fraction * Double(barWidth)).rounded(.down))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: barWidth - filled)
        guard fraction > 0 else { return "\(bar)   0%  \(speed)" }
        let left = UInt64((seconds / fraction - seconds).rounded(.up))
        return "\(bar) \(Int(fraction * 100))%  \(speed)  剩余 left \(duration(left))"
    }

    private static func duration(_ seconds: UInt64) -> String {
        let minutes = seconds / 60 % 60
        let rest = seconds % 60
        func pad(_ number: UInt64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return seconds >= 3600 ? "\(seconds / 3600):\(pad(minutes)):\(pad(rest))" : "\(minutes):\(pad(rest))"
    }

    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        // A terminal that went away must not end the audit.
        _ = bytes.withUnsafeBytes { writeAll($0) }
    }

    private func writeAll(_ buffer: UnsafeRawBufferPointer) -> Int {
        #if canImport(Darwin)
        Darwin.write(2, buffer.baseAddress, buffer.count)
        #elseif canImport(Musl)
        Musl.write(2, buffer.baseAddress, buffer.count)
        #else
        Glibc.write(2, buffer.baseAddress, buffer.count)
        #endif
    }
}
