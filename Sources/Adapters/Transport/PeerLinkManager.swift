import Logging
import NIOCore
import NIOPosix
package import Ports
package import Primitives
import Synchronization

/// The links of a node: TCP with mutual TLS 1.3, one connection for each pair of nodes, kept up by dialling again.
///
/// Each side pins the digest of the other's certificate. Of two nodes the one with the higher identifier dials. After
/// TLS each side sends a hello (network, version, identifier); then frames flow: a 32-bit little-endian length and the
/// body. Everything but `send` and the counters lives on one event loop with a thread of its own; `send` hands frames
/// over with one wake-up for as many as there are.
///
/// Not here: what frames mean, who is in the validator set, and any memory of frames across links.
package final class PeerLinkManager: PeerLinks {
    private enum State {
        /// Next: running.
        case new(LinkEventSink?)
        /// Next: ended. The port is there once the node listens.
        case running(port: UInt16?)
        case ended
    }

    private let configuration: LinkConfiguration
    private let authenticator: LinkAuthenticator
    private let queues: OutgoingQueues
    private let counters = LinkCounters()
    private let state = Mutex(State.new(nil))
    /// Tells the hub, while there is one, to drop a peer.
    private let dropping = Mutex<(@Sendable (NodeID) -> Void)?>(nil)
    private let stops: AsyncStream<Never>
    private let stopping: AsyncStream<Never>.Continuation

    /// - Throws: `LinkError` for a configuration that no link can be made with; nothing is opened yet.
    package init(configuration: LinkConfiguration) throws(LinkError) {
        self.configuration = configuration
        authenticator = try LinkAuthenticator(configuration)
        queues = OutgoingQueues(settings: configuration.settings, known: Set(configuration.peers.map(\.identifier)))
        (stops, stopping) = AsyncStream.makeStream()
    }

    /// The port that the node listens at, once it does.
    package var listeningPort: UInt16? {
        state.withLock { if case .running(let port) = $0 { port } else { nil } }
    }

    package var statistics: LinkStatistics { counters.snapshot }

    @discardableResult
    package func send(_ frame: [UInt8], to peer: NodeID) -> Bool {
        switch queues.append(frame, to: peer) {
        case .queued: return true
        case .full: counters.add(to: \.droppedQueueFull)
        case .notConnected: counters.add(to: \.droppedNotConnected)
        case .unsendable: counters.add(to: \.droppedUnsendable)
        }
        return false
    }

    package func drop(_ peer: NodeID) { dropping.withLock { $0 }?(peer) }

    package func deliver(to sink: @escaping LinkEventSink) {
        state.withLock {
            guard case .new(nil) = $0 else { preconditionFailure("the sink is set once, before run") }
            $0 = .new(sink)
        }
    }

    package func stop() { stopping.finish() }

    /// Fits a service's `run`: a graceful shutdown cancels it or calls `stop`.
    /// - Throws: `LinkError.cannotListen`.
    package func run() async throws {
        let sink = state.withLock {
            guard case .new(let sink?) = $0 else { preconditionFailure("run is called once, after deliver") }
            $0 = .running(port: nil)
            return sink
        }
        defer { state.withLock { $0 = .ended } }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let result = await serve(on: group.next(), sink)
        try await group.shutdownGracefully()
        try result.get()
    }

    private func serve(on loop: any EventLoop, _ sink: @escaping LinkEventSink) async -> Result<Void, any Error> {
        do {
            let hub = try await loop.submit { [self] in
                let hub = LinkHub(
                    loop: loop,
                    configuration: configuration,
                    authenticator: authenticator,
                    queues: queues,
                    counters: counters,
                    sink: sink
                )
                return NIOLoopBound(hub, eventLoop: loop)
            }.get()
            queues.start { loop.execute { hub.value.writeQueued() } }
            dropping.withLock { $0 = { peer in loop.execute { hub.value.drop(peer) } } }
            defer { dropping.withLock { $0 = nil } }
            let listener = try await listen(on: loop, hub)
            state.withLock { $0 = .running(port: listener.localAddress?.port.flatMap { UInt16(exactly: $0) }) }
            warnOfOwnExpiry()
            try await loop.submit { hub.value.start() }.get()
            // Ends with `stop` or with the task.
            for await _ in stops {}
            try await loop.submit { hub.value.stop() }.get()
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    private func listen(on loop: any EventLoop, _ hub: NIOLoopBound<LinkHub>) async throws -> any Channel {
        let address = configuration.listen
        let acceptedPerSecondMax = configuration.settings.acceptedPerSecondMax
        do {
            return try await ServerBootstrap(group: loop)
                .linkOptions()
                .serverChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(AcceptGate(perSecondMax: acceptedPerSecondMax))
                    }
                }
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let remote = channel.remoteAddress?.ipAddress ?? "unknown"
                        try hub.value.install(.accepted(address: remote), on: channel)
                    }
                }
                .bind(host: address.host, port: Int(address.port))
                .get()
        } catch {
            throw LinkError.cannotListen(address, reason: "\(error)")
        }
    }

    private func warnOfOwnExpiry() {
        guard authenticator.ownExpiry < configuration.now() else { return }
        configuration.logger.error("this node's own link certificate has expired")
    }
}
