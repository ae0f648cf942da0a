import Foundation
import Glibc

/// Shows how far an import is: a bar on a terminal, a line now and then elsewhere, nothing for programs.
final class ImportProgress {
    private static let barWidth = 24

    private let rowCount: Int
    private let isSilent: Bool
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let start = Date()
    private var shownAt = Date.distantPast

    /// - Parameter rowCount: about how many rows there are.
    init(rowCount: Int, isSilent: Bool) {
        self.rowCount = max(rowCount, 1)
        self.isSilent = isSilent
    }

    func show(_ summary: ImportSummary) {
        let now = Date()
        guard !isSilent, now.timeIntervalSince(shownAt) >= (isTerminal ? 0.1 : 5) else { return }
        shownAt = now
        let share = Double(summary.settled) / Double(rowCount)
        print(Self.line(summary, share: min(share, 1), seconds: now.timeIntervalSince(start)))
    }

    /// Ends the bar's line.
    func finish(_ summary: ImportSummary) {
        guard !isSilent, isTerminal else { return }
        print(Self.line(summary, share: 1, seconds: Date().timeIntervalSince(start)))
        FileHandle.standardError.write(Data("\n".utf8))
    }

    private func print(_ line: String) {
        FileHandle.standardError.write(Data((isTerminal ? "\r\u{1b}[K" + line : line + "\n").utf8))
    }

    static func line(_ summary: ImportSummary, share: Double, seconds: Double) -> String {
        let filled = Int((min(max(share, 0), 1) * Double(barWidth)).rounded())
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: barWidth - filled)
        let rate = seconds > 0 ? Int(Double(summary.settled) / seconds) : 0
        let left = share > 0.001 ? Int((seconds / share - seconds).rounded(.up)) : 0
        return
            "\(bar) \(Int(share * 100))% \(summary.settled) 行 rows，\(rate)/s，剩余 left \(left) s，退回 refused \(summary.rejected)"
    }
}
