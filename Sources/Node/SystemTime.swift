import Glibc
package import Primitives
package import Replica

/// The machine's clocks. The one place where a node reads them.
package enum SystemTime {
    /// Nanoseconds of CLOCK_MONOTONIC.
    package static var monotonic: MonotonicTime {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }

    /// Milliseconds of CLOCK_REALTIME; 0 for a clock set before 1970.
    package static var civil: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(UInt64(max(0, time.tv_sec)) * 1000 + UInt64(time.tv_nsec) / 1_000_000)
    }

    package static var now: StepTime { StepTime(monotonic: monotonic, civil: civil) }
}
