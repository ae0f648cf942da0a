/// How often a request is repeated that can be repeated without harm.
package struct RetryPolicy: Hashable, Sendable {
    /// Attempts in all, 1 or more.
    package let attemptsMax: Int
    /// Before the second attempt; doubled before each further one.
    package let firstDelayMilliseconds: Int64
    /// The longest wait, also when the node asks for a longer one.
    package let delayMillisecondsMax: Int64

    package init(attemptsMax: Int = 4, firstDelayMilliseconds: Int64 = 250, delayMillisecondsMax: Int64 = 10_000) {
        precondition(attemptsMax >= 1, "one attempt at least")
        self.attemptsMax = attemptsMax
        self.firstDelayMilliseconds = firstDelayMilliseconds
        self.delayMillisecondsMax = delayMillisecondsMax
    }

    /// One attempt.
    package static let never = RetryPolicy(attemptsMax: 1)

    /// The wait after attempt `attempt`, from 1.
    package func delayMilliseconds(afterAttempt attempt: Int, retryAfterSeconds: Int64? = nil) -> Int64 {
        let asked = retryAfterSeconds.map { max(0, min($0, delayMillisecondsMax / 1000)) * 1000 } ?? 0
        let doubled = firstDelayMilliseconds << Int64(min(max(attempt - 1, 0), 20))
        return min(max(asked, doubled), delayMillisecondsMax)
    }
}
