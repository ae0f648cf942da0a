import NIOCore
import NIOSSL
import Ports
import Primitives

/// One connection: from TLS and hello, through frames, to its end.
///
/// It lives on the event loop and tells the hub what happens.
final class LinkHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Origin: Hashable {
        case dialled(NodeID)
        case accepted(address: String)
    }

    private enum State {
        /// Before the channel is active. Next: greeting.
        case new
        /// TLS and hello are under way. Next: open, ended.
        case greeting(deadline: Scheduled<Void>)
        /// Frames flow. Next: ended.
        case open(NodeID)
        /// Nothing more is read, written or reported.
        case ended
    }

    /// Bytes handed to TLS at once.
    private static let writeBytesMax = 256 * 1024

    let origin: Origin
    private let hub: LinkHub
    private var state = State.new
    private var context: ChannelHandlerContext?
    private var security: NIOSSLHandler?
    private var decoder = FrameDecoder()
    private var certificate: LinkCertificate?
    private var isStranger = false
    private var isReading = true
    private var heardAt = NIODeadline.uptimeNanoseconds(0)
    private var sentAt = NIODeadline.uptimeNanoseconds(0)
    private var unwritableSince: NIODeadline?

    init(origin: Origin, hub: LinkHub) {
        self.origin = origin
        self.hub = hub
    }

    /// The TLS side of the connection, to stand before this handler.
    func makeSecurityHandler() throws -> NIOSSLHandler {
        let handler = try makeSecurity()
        security = handler
        return handler
    }

    private func makeSecurity() throws -> NIOSSLHandler {
        let bound = NIOLoopBound(self, eventLoop: hub.loop)
        let verify: NIOSSLCustomVerificationCallback = { chain, promise in
            promise.succeed(bound.value.verify(chain) ? .certificateVerified : .failed)
        }
        switch origin {
        case .dialled:
            return try NIOSSLClientHandler(
                context: hub.authenticator.clientContext,
                serverHostname: nil,
                customVerificationCallback: verify
            )
        case .accepted:
            return NIOSSLServerHandler(context: hub.authenticator.serverContext, customVerificationCallback: verify)
        }
    }

    private func verify(_ chain: [NIOSSLCertificate]) -> Bool {
        certificate = hub.authenticator.identify(chain)
        if case .dialled(let expected) = origin, certificate?.peer != expected { certificate = nil }
        isStranger = certificate == nil
        return !isStranger
    }

    // MARK: Channel

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        let timeout = TimeAmount.milliseconds(Int64(hub.settings.handshakeTimeoutMilliseconds))
        state = .greeting(
            deadline: context.eventLoop.assumeIsolated().scheduleTask(in: timeout) { [self] in refuse(.timedOut) }
        )
        hub.began(self)
        // TLS keeps it back until the other side has proved itself.
        write(.hello(hub.hello))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .ended = state { return }
        heardAt = .now()
        decoder.append(Self.unwrapInboundIn(data))
        readFrames()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            unwritableSince = nil
            writeQueued()
        } else {
            unwritableSince = unwritableSince ?? .now()
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch state {
        case .new, .ended: break
        case .greeting: refuse(isStranger ? .certificateUnknown : .tlsFailed)
        case .open:
            if case NIOSSLError.uncleanShutdown = error {
                // The peer's process or machine ended without a farewell.
                end(.closedByPeer)
            } else {
                end(.failed(reason: "\(error)"))
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        switch state {
        case .new, .ended: break
        case .greeting: refuse(isStranger ? .certificateUnknown : .closedEarly)
        case .open: end(.closedByPeer)
        }
        self.context = nil
        security = nil
    }

    // MARK: Reading

    /// Takes frames from what arrived until it is used up or the hub wants no more for now.
    private func readFrames() {
        while isReading {
            do {
                switch state {
                case .new, .ended: return
                case .greeting:
                    guard let frame = try decoder.next(dataBytesMax: 0) else { return }
                    greet(frame)
                case .open(let peer):
                    guard let frame = try decoder.next(dataBytesMax: hub.settings.frameBytesMax) else { return }
                    receive(frame, from: peer)
                }
            } catch {
                guard case .open = state else { return refuse(.helloMalformed) }
                switch error {
                case .empty: end(.frameEmpty)
                case .oversized(let announced): end(.frameOversized(announced: announced))
                }
            }
        }
    }

    private func receive(_ frame: Frame, from peer: NodeID) {
        switch frame {
        case .data(let body): hub.received(body, from: peer)
        case .control(let body):
            do {
                guard case .ping = try LinkControl(canonicalBytes: body) else { return end(.controlMalformed) }
            } catch {
                end(.controlMalformed)
            }
        }
    }

    private func greet(_ frame: Frame) {
        guard let hello = hello(in: frame) else { return refuse(.helloMalformed) }
        // Without a certificate there is no hello: a resumed TLS session, which nobody offers, would be one.
        guard let certificate, case .greeting(let deadline) = state else { return refuse(.tlsFailed) }
        guard hello.version == hub.hello.version else { return refuse(.versionMismatch) }
        guard hello.network == hub.hello.network else { return refuse(.networkMismatch) }
        guard hello.identifier == certificate.peer else { return refuse(.identifierMismatch) }
        if case .accepted = origin, hub.dials(certificate.peer) { return refuse(.directionMismatch) }
        guard hub.banRest(of: certificate.peer) == nil else { return refuse(.banned) }
        deadline.cancel()
        state = .open(certificate.peer)
        heardAt = .now()
        hub.opened(self, certificate)
    }

    private func hello(in frame: Frame) -> LinkHello? {
        guard case .control(let body) = frame else { return nil }
        do {
            guard case .hello(let hello) = try LinkControl(bytes: body, version: hub.hello.version) else { return nil }
            return hello
        } catch {
            return nil
        }
    }

    /// Stops or resumes reading from the network.
    func setReading(_ isReading: Bool) {
        guard self.isReading != isReading, let context else { return }
        self.isReading = isReading
        // A channel whose socket has failed refuses; its end is on the way.
        try? context.channel.syncOptions?.setOption(.autoRead, value: isReading)
        if isReading {
            heardAt = .now()
            readFrames()
        }
    }

    // MARK: Writing

    /// Hands to TLS what waits for the peer, as long as the network takes it.
    func writeQueued() {
        guard case .open(let peer) = state, let context else { return }
        while context.channel.isWritable, case .open = state {
            let (frames, byteCount) = hub.queues.take(from: peer, byteCountMax: Self.writeBytesMax)
            guard !frames.isEmpty else { return }
            var buffer = context.channel.allocator.buffer(capacity: byteCount)
            for frame in frames { buffer.writeFrame(frame) }
            hub.counters.sent(frames: frames.count, bytes: byteCount)
            sentAt = .now()
            context.writeAndFlush(Self.wrapOutboundOut(buffer), promise: nil)
        }
    }

    private func write(_ message: LinkControl) {
        guard let context else { return }
        var buffer = context.channel.allocator.buffer(capacity: LinkControl.bytesMax)
        buffer.writeFrame(message.canonicalBytes, isControl: true)
        sentAt = .now()
        context.writeAndFlush(Self.wrapOutboundOut(buffer), promise: nil)
    }

    /// Pings when nothing was sent, and ends a link over which nothing comes or goes.
    func checkLife(at now: NIODeadline) {
        guard case .open = state else { return }
        let silenceMax = hub.settings.silenceMaxMilliseconds
        let limit = TimeAmount.milliseconds(Int64(silenceMax))
        if isReading, now - heardAt > limit { return end(.silent(milliseconds: silenceMax)) }
        if let unwritableSince, now - unwritableSince > limit { return end(.stalled(milliseconds: silenceMax)) }
        if unwritableSince == nil, now - sentAt >= .milliseconds(Int64(hub.settings.pingAfterMilliseconds)) {
            write(.ping)
        }
    }

    // MARK: End

    /// Ends the connection before it is a link.
    func refuse(_ reason: LinkRefusal) {
        guard case .greeting(let deadline) = state else { return }
        deadline.cancel()
        state = .ended
        hub.refused(self, reason, peer: suspect)
        close()
    }

    /// Ends the link. The hub hears it at once; the socket may take its time.
    func end(_ reason: LinkEnd) {
        guard case .open(let peer) = state else { return }
        state = .ended
        hub.ended(peer, reason)
        close()
    }

    /// Whom a refusal is about, if that is known.
    private var suspect: NodeID? {
        if case .dialled(let peer) = origin { return peer }
        return certificate?.peer
    }

    private func close() {
        guard let context else { return }
        decoder = FrameDecoder()
        // Says goodbye, and does not wait for the answer: who deserves to be dropped might never give one.
        context.close(promise: nil)
        guard let security else { return }
        self.security = nil
        // Not found when the channel has been taken apart already.
        let below = try? context.pipeline.syncOperations.context(handler: security)
        below?.close(promise: nil)
    }
}
