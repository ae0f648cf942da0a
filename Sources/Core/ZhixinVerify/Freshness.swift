package import Primitives

/// How old a header may be, and how far ahead of the verifier's clock, for its register to count as the present one.
package struct FreshnessPolicy: Hashable, Sendable {
    /// 24 hours.
    package static let maximumAgeMillisecondsDefault: UInt64 = 24 * 60 * 60 * 1000
    /// A minute: a telephone's clock is no better.
    package static let clockToleranceMillisecondsDefault: UInt64 = 60 * 1000

    package let maximumAgeMilliseconds: UInt64
    package let clockToleranceMilliseconds: UInt64

    package init(
        maximumAgeMilliseconds: UInt64 = maximumAgeMillisecondsDefault,
        clockToleranceMilliseconds: UInt64 = clockToleranceMillisecondsDefault
    ) {
        self.maximumAgeMilliseconds = maximumAgeMilliseconds
        self.clockToleranceMilliseconds = clockToleranceMilliseconds
    }

    /// Checks the time that a header states; both limits themselves are allowed.
    package func check(_ timestamp: Timestamp, now: Timestamp) throws(FreshnessError) {
        guard timestamp <= now.adding(milliseconds: clockToleranceMilliseconds) else {
            throw .inFuture(timestamp: timestamp, now: now, toleranceMilliseconds: clockToleranceMilliseconds)
        }
        guard now <= timestamp.adding(milliseconds: maximumAgeMilliseconds) else {
            throw .tooOld(timestamp: timestamp, now: now, limitMilliseconds: maximumAgeMilliseconds)
        }
    }
}

/// Why a header does not speak for the present.
package enum FreshnessError: Error, Equatable, Sendable {
    /// The header's time lies ahead of the verifier's clock: one of the two is wrong.
    case inFuture(timestamp: Timestamp, now: Timestamp, toleranceMilliseconds: UInt64)
    /// What the register said then may have changed since.
    case tooOld(timestamp: Timestamp, now: Timestamp, limitMilliseconds: UInt64)

    /// The stable name of the case, for programs and pages.
    package var code: String {
        switch self {
        case .inFuture: "in-future"
        case .tooOld: "too-old"
        }
    }
}
