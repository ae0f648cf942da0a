/// What a gateway's callers can use up, and for how long. A request over a limit is refused; nothing grows.
package struct GatewayLimits: Hashable, Sendable {
    /// Open connections of each listener; further ones wait in the kernel's queue.
    package var connectionsMax = 1024
    /// Requests that are being answered at once, over both listeners.
    package var requestsInFlightMax = 4096
    /// Bytes of all request bodies that are held at once.
    package var bodyBytesHeldMax = 64 * 1024 * 1024
    /// Long answers, blocks in bulk, that are being sent at once.
    package var bulkAnswersMax = 8
    /// Callers that wait for a transaction or a case; further ones are answered at once.
    package var waitersMax = 2048
    /// Nonces that are remembered: of all callers, of one, and of one that is a subject, of whom there are many.
    package var noncesMax = 131_072
    package var noncesPerCallerMax = 32_768
    package var noncesPerSubjectMax = 256
    /// How far a caller's clock may be ahead. Little: for that long after its start a gateway takes no signed request.
    package var clockAheadMilliseconds: UInt64 = 5_000
    /// Bytes of one header, and of all of them.
    package var headerFieldBytesMax = 8 * 1024
    package var headerBytesMax = 16 * 1024
    /// Headers of one request.
    package var headerCountMax = 64
    /// From a connection's start or last answer until a whole head is there.
    package var headTimeoutMilliseconds: Int64 = 60_000
    /// From a head until the whole body is there.
    package var bodyTimeoutMilliseconds: Int64 = 30_000
    /// From an answer's start until all of it was taken.
    package var answerTimeoutMilliseconds: Int64 = 60_000
    /// How long `wait` waits.
    package var waitMilliseconds: UInt64 = 20_000

    package init() {}
}
