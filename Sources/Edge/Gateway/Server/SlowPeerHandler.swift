import NIOCore
import NIOHTTPTypes

/// What a request's reader sees when the body takes longer than it may.
struct BodyTooSlowError: Error {}

/// Ends connections whose other side takes its time: for a head, for a body, or in taking an answer.
///
/// A connection has one deadline at a time. It is looked at once a second, so that a request costs no timer of its own, and a
/// byte now and then does not move it.
final class SlowPeerHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// What the connection waits for.
    private enum State {
        /// A head; from the connection's start, or from the last answer's end.
        case head(since: NIODeadline)
        /// The rest of a body.
        case body(since: NIODeadline)
        /// This side: an answer is being made.
        case answer
        /// The other side takes the answer.
        case taking(since: NIODeadline)
    }

    private static let readBytes = 8 * 1024
    private let headTimeout: TimeAmount
    private let bodyTimeout: TimeAmount
    private let answerTimeout: TimeAmount
    private let interval: TimeAmount
    private var state = State.head(since: .now())
    /// Requests whose head was read and whose answer has not ended: a peer may send the next one early.
    private var requestsOpen = 0
    private var ticker: RepeatedTask?

    init(limits: GatewayLimits) {
        headTimeout = .milliseconds(limits.headTimeoutMilliseconds)
        bodyTimeout = .milliseconds(limits.bodyTimeoutMilliseconds)
        answerTimeout = .milliseconds(limits.answerTimeoutMilliseconds)
        interval = min(.seconds(1), headTimeout, bodyTimeout, answerTimeout)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        state = .head(since: .now())
        // A peer that sends while its answer is made fills a queue of a few reads: small reads keep that small.
        let allocator = FixedSizeRecvByteBufferAllocator(capacity: Self.readBytes)
        do {
            try context.channel.syncOptions?.setOption(.recvAllocator, value: allocator)
        } catch {
            context.close(promise: nil)
        }
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        ticker = context.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            bound.value.handler.tick(bound.value.context)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        ticker?.cancel()
        ticker = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        ticker?.cancel()
        ticker = nil
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            requestsOpen += 1
            state = .body(since: .now())
        case .body: break
        case .end: if case .body = state { state = .answer }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head: if case .answer = state { state = .taking(since: .now()) }
        case .body: break
        case .end:
            requestsOpen -= 1
            // A body that is still coming keeps its deadline.
            switch state {
            case .body: break
            case .head, .answer, .taking: state = requestsOpen > 0 ? .answer : .head(since: .now())
            }
        }
        context.write(data, promise: promise)
    }

    private func tick(_ context: ChannelHandlerContext) {
        let now = NIODeadline.now()
        switch state {
        case .answer: break
        case .head(let since):
            if now - since >= headTimeout { context.close(promise: nil) }
        case .taking(let since):
            if now - since >= answerTimeout { context.close(promise: nil) }
        case .body(let since):
            guard now - since >= bodyTimeout else { return }
            // The reader, if there is one, answers; the connection ends after that.
            state = .taking(since: now)
            context.fireErrorCaught(BodyTooSlowError())
        }
    }
}
