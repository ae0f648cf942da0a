import NIOCore
import NIOPosix

/// What a link asks of its socket, dialled or accepted.
private enum LinkSocket {
    /// Bytes on their way out at which frames begin to wait in the peer's queue, and below which they go on.
    static let waterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 256 * 1024, high: 1024 * 1024)
}

extension ClientBootstrap {
    func linkOptions() -> Self {
        channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.writeBufferWaterMark, value: LinkSocket.waterMark)
    }
}

extension ServerBootstrap {
    func linkOptions() -> Self {
        serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 256)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(.writeBufferWaterMark, value: LinkSocket.waterMark)
    }
}

/// Lets a listening socket accept only so many connections a second; the others wait in the kernel's queue.
///
/// The links that stand are served by the same thread, which must not drown in other people's TLS handshakes.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias OutboundIn = Never

    private let perSecondMax: Int
    private var windowStart = NIODeadline.uptimeNanoseconds(0)
    private var acceptedInWindow = 0
    private var isWaiting = false

    init(perSecondMax: Int) {
        self.perSecondMax = perSecondMax
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        acceptedInWindow += 1
        context.fireChannelRead(data)
    }

    func read(context: ChannelHandlerContext) {
        guard !isWaiting else { return }
        let now = NIODeadline.now()
        if now - windowStart >= .seconds(1) {
            windowStart = now
            acceptedInWindow = 0
        }
        guard acceptedInWindow >= perSecondMax else { return context.read() }
        isWaiting = true
        context.eventLoop.assumeIsolated().scheduleTask(deadline: windowStart + .seconds(1)) { [self] in
            isWaiting = false
            read(context: context)
        }
    }
}
