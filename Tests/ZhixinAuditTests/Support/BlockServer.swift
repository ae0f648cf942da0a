import NIOCore
import NIOHTTP1
import NIOPosix

/// A web server on a free port of this machine that answers as a test says.
final class BlockServer: Sendable {
    typealias Answer = @Sendable (_ target: String) -> (status: HTTPResponseStatus, body: [UInt8])

    private let channel: any Channel

    var address: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }

    init(answer: @escaping Answer) async throws {
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(AnswerHandler(answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
    }

    func stop() async throws { try await channel.close() }
}

private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let answer: BlockServer.Answer
    private var target = ""

    init(_ answer: @escaping BlockServer.Answer) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): target = head.uri
        case .body: break
        case .end:
            let (status, body) = answer(target)
            var head = HTTPResponseHead(version: .http1_1, status: status)
            // Every request on a connection of its own, so that a stopped server answers none.
            head.headers.add(name: "connection", value: "close")
            if status != .noContent { head.headers.add(name: "content-length", value: "\(body.count)") }
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            if !body.isEmpty {
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
            }
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            context.close(promise: nil)
        }
    }
}
