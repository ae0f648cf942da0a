import Credentials
import Primitives

/// A time as people in China read it.
enum TimeText {
    /// `2026-01-31 09:05:00`, in China's time.
    static func words(_ time: Timestamp) -> String {
        let seconds = (time.seconds + UInt64(CalendarDate.chinaOffsetSeconds)) % 86_400
        let parts = [seconds / 3600, seconds / 60 % 60, seconds % 60]
        return "\(CalendarDate(time)) " + parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
}
