/// One request to a node, before anything about it is signed or sent.
package struct NodeRequest: Hashable, Sendable {
    /// `GET` or `POST`.
    package var method: String
    /// Path and query exactly as they go on the wire.
    package var target: String
    package var headers: [Header]
    package var body: [UInt8]
    /// An answer with a longer body is refused.
    package var answerBytesMax: Int
    /// For the whole exchange, the body of the answer included.
    package var timeoutMilliseconds: Int64

    /// A header field.
    package struct Header: Hashable, Sendable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(
        method: String,
        target: String,
        headers: [Header] = [],
        body: [UInt8] = [],
        answerBytesMax: Int,
        timeoutMilliseconds: Int64
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.answerBytesMax = answerBytesMax
        self.timeoutMilliseconds = timeoutMilliseconds
    }
}

/// What came back.
package struct NodeAnswer: Hashable, Sendable {
    /// The HTTP status.
    package var status: Int
    /// The media type without parameters, in lower case.
    package var contentType: String?
    /// From `Retry-After`, when it is a number of seconds.
    package var retryAfterSeconds: Int64?
    package var body: [UInt8]

    package init(status: Int, contentType: String? = nil, retryAfterSeconds: Int64? = nil, body: [UInt8] = []) {
        self.status = status
        self.contentType = contentType
        self.retryAfterSeconds = retryAfterSeconds
        self.body = body
    }
}

/// Carries requests to one node. It neither retries nor believes anything.
package protocol NodeTransport: Sendable {
    /// - Throws: `TransportError`, also when the task was cancelled.
    func send(_ request: NodeRequest) async throws(TransportError) -> NodeAnswer
}

/// Why no answer came.
package enum TransportError: Error, Equatable, Sendable {
    /// There was no connection, or it broke before the answer was whole. The node may have done what was asked.
    case connection(reason: String)
    /// The time was over.
    case timeout
    /// The node shows another certificate than the pinned one.
    case certificateNotPinned
    /// The answer's body is longer than the request allows.
    case answerTooLong(limit: Int)
    /// The task was cancelled.
    case cancelled
}
