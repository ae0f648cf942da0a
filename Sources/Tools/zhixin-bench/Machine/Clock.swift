import Glibc
import Primitives

/// The clocks of the machine that measures.
enum Clock {
    /// Nanoseconds of CLOCK_MONOTONIC.
    static var nanoseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Seconds of CLOCK_MONOTONIC.
    static var seconds: Double { Double(nanoseconds) / 1e9 }

    /// The civil time that transactions expire by.
    static var civil: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000)
    }

    static func sleep(seconds: Double) { usleep(UInt32(seconds * 1e6)) }

    /// Asks every few milliseconds until `condition` holds; false when it does not within `seconds`.
    static func wait(seconds: Double, until condition: () throws -> Bool) rethrows -> Bool {
        let deadline = Clock.seconds + seconds
        while try !condition() {
            guard Clock.seconds < deadline else { return false }
            sleep(seconds: 0.005)
        }
        return true
    }
}
