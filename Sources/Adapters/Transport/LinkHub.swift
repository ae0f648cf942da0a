import DequeModule
import Logging
import NIOCore
import NIOPosix
import Ports
import Primitives

/// Everything the manager knows of its links. It lives on the event loop.
///
/// One event loop for all of them: a network has at most some tens of nodes, a loop carries more than consensus asks
/// for, and what lives on one thread needs no locks and no hops.
final class LinkHub {
    /// A link that lasted this long was a success: the next dialling begins with the shortest wait.
    private static let success = TimeAmount.seconds(1)
    /// A peer that was not dropped for so many times the longest ban begins with the shortest one again.
    private static let forgivenAfterBans: UInt64 = 10

    /// What there is for each known peer.
    private struct Peer {
        let address: LinkAddress
        var mailbox: EventMailbox
        var delay: RedialDelay
        var link: LinkHandler?
        /// When the newest link was opened, until it ended.
        var openedAt: NIODeadline?
        var redial: Scheduled<Void>?
        /// How long the next ban is, and the end of the last one.
        var ban: RedialDelay
        var bannedUntil: NIODeadline?
        var refusalLoggedAt: NIODeadline?
    }

    let loop: any EventLoop
    let settings: LinkSettings
    let authenticator: LinkAuthenticator
    let queues: OutgoingQueues
    let counters: LinkCounters
    let hello: LinkHello
    private let sink: LinkEventSink
    private let now: @Sendable () -> Timestamp
    private let logger: Logger
    private var random = SystemRandomNumberGenerator()
    private var peers: [NodeID: Peer] = [:]
    /// Connections that have not said who they are, dialled and accepted, oldest first.
    private var unauthenticated: Deque<LinkHandler> = []
    private var heartbeat: Scheduled<Void>?
    private var nextOffer: Scheduled<Void>?
    private var strangerLoggedAt: NIODeadline?
    private var isStopping = false

    init(
        loop: any EventLoop,
        configuration: LinkConfiguration,
        authenticator: LinkAuthenticator,
        queues: OutgoingQueues,
        counters: LinkCounters,
        sink: @escaping LinkEventSink
    ) {
        self.loop = loop
        self.authenticator = authenticator
        self.queues = queues
        self.counters = counters
        self.sink = sink
        settings = configuration.settings
        now = configuration.now
        logger = configuration.logger
        hello = LinkHello(
            version: configuration.protocolVersion,
            network: configuration.network,
            identifier: configuration.ownIdentifier
        )
        for peer in configuration.peers {
            peers[peer.identifier] = Peer(
                address: peer.address,
                mailbox: EventMailbox(sink: sink),
                delay: RedialDelay(
                    minMilliseconds: settings.redialMinMilliseconds,
                    maxMilliseconds: settings.redialMaxMilliseconds
                ),
                ban: RedialDelay(
                    minMilliseconds: settings.banMinMilliseconds,
                    maxMilliseconds: settings.banMaxMilliseconds
                )
            )
        }
    }

    // MARK: Life

    /// Begins to dial and to watch.
    func start() {
        scheduleHeartbeat()
        for peer in peers.keys.sorted() where dials(peer) { dial(peer) }
    }

    private func scheduleHeartbeat() {
        let period = max(1, min(settings.pingAfterMilliseconds, settings.silenceMaxMilliseconds) / 4)
        heartbeat = loop.assumeIsolated().scheduleTask(in: .milliseconds(Int64(period))) { [self] in
            let now = NIODeadline.now()
            for link in peers.values.compactMap(\.link) { link.checkLife(at: now) }
            scheduleHeartbeat()
        }
    }

    /// Ends every link and dials no more. Events that the sink does not take now are dropped.
    func stop() {
        isStopping = true
        heartbeat?.cancel()
        nextOffer?.cancel()
        for peer in peers.keys.sorted() {
            peers[peer]?.redial?.cancel()
            peers[peer]?.link?.end(.stopped)
        }
        for link in unauthenticated { link.refuse(.closedEarly) }
    }

    /// Whether this node dials `peer`: of two nodes the one with the higher identifier does, so that there is one link.
    func dials(_ peer: NodeID) -> Bool { hello.identifier > peer }

    // MARK: Sending

    /// Writes what `send` queued since the last time.
    func writeQueued() {
        for peer in queues.takeChanged() { peers[peer]?.link?.writeQueued() }
    }

    // MARK: Dialling

    private func dial(_ identifier: NodeID) {
        guard let address = peers[identifier]?.address else { return }
        peers[identifier]?.redial = nil
        // It was dropped while the next attempt was waited for.
        guard banRest(of: identifier) == nil else { return redial(identifier) }
        let bound = NIOLoopBound(self, eventLoop: loop)
        ClientBootstrap(group: loop)
            .connectTimeout(.milliseconds(Int64(settings.handshakeTimeoutMilliseconds)))
            .linkOptions()
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try bound.value.install(.dialled(identifier), on: channel) }
            }
            .connect(host: address.host, port: Int(address.port))
            .assumeIsolated()
            .whenComplete { [self] result in
                switch result {
                case .success(let channel):
                    // Not by its handler: a name with several addresses may make several channels, of which one is kept.
                    channel.closeFuture.assumeIsolated().whenComplete { [self] _ in redial(identifier) }
                case .failure(let error):
                    counters.add(to: \.dialsFailed)
                    logger.debug("a peer cannot be reached", metadata: about(identifier, "error", "\(error)"))
                    redial(identifier)
                }
            }
    }

    private func redial(_ identifier: NodeID) {
        guard !isStopping, peers[identifier]?.redial == nil else { return }
        if let openedAt = peers[identifier]?.openedAt, NIODeadline.now() - openedAt >= Self.success {
            peers[identifier]?.delay.reset()
        }
        peers[identifier]?.openedAt = nil
        guard let milliseconds = peers[identifier]?.delay.next(using: &random) else { return }
        let wait = max(.milliseconds(Int64(milliseconds)), banRest(of: identifier) ?? .zero)
        peers[identifier]?.redial = loop.assumeIsolated().scheduleTask(in: wait) { [self] in dial(identifier) }
    }

    // MARK: Dropping

    /// Ends the link to a peer and makes none for a while.
    func drop(_ identifier: NodeID) {
        guard !isStopping, let peer = peers[identifier] else { return }
        // The end of a link bans; who closed it before we could does not get away with it.
        if let link = peer.link { link.end(.dropped) } else { ban(identifier) }
    }

    private func ban(_ identifier: NodeID) {
        let now = NIODeadline.now()
        let forgiven = TimeAmount.milliseconds(Int64(settings.banMaxMilliseconds * Self.forgivenAfterBans))
        if let last = peers[identifier]?.bannedUntil, now - last > forgiven { peers[identifier]?.ban.reset() }
        guard let milliseconds = peers[identifier]?.ban.next(using: &random) else { return }
        peers[identifier]?.bannedUntil = now + .milliseconds(Int64(milliseconds))
        logger.warning("a peer gets no link", metadata: about(identifier, "milliseconds", "\(milliseconds)"))
    }

    /// How much longer a dropped peer gets no link; nil when it may have one.
    func banRest(of identifier: NodeID) -> TimeAmount? {
        guard let until = peers[identifier]?.bannedUntil else { return nil }
        let rest = until - .now()
        return rest > .zero ? rest : nil
    }

    /// Puts TLS and a link's handler on a new connection.
    func install(_ origin: LinkHandler.Origin, on channel: any Channel) throws {
        let handler = LinkHandler(origin: origin, hub: self)
        let security = try handler.makeSecurityHandler()
        try channel.pipeline.syncOperations.addHandlers([security, handler])
    }

    // MARK: What links report

    /// A connection is there; TLS begins.
    func began(_ link: LinkHandler) {
        guard !isStopping else { return link.refuse(.closedEarly) }
        unauthenticated.append(link)
        guard case .accepted = link.origin else { return }
        // An honest peer is through within milliseconds, so who waits longest is who holds places on purpose.
        let accepted = unauthenticated.filter { if case .accepted = $0.origin { true } else { false } }
        let sameAddress = accepted.filter { $0.origin == link.origin }
        if sameAddress.count > settings.unauthenticatedPerAddressMax {
            sameAddress.first?.refuse(.crowdedOut)
        } else if accepted.count > settings.unauthenticatedMax {
            accepted.first?.refuse(.crowdedOut)
        }
    }

    /// A connection ended before it was a link.
    func refused(_ link: LinkHandler, _ reason: LinkRefusal, peer: NodeID?) {
        unauthenticated.removeAll { $0 === link }
        guard !isStopping else { return }
        counters.refused(reason)
        if let peer {
            logRefusal(of: peer, reason)
            if !sink(.refused(peer, reason)) { counters.add(to: \.heldEvents) }
        } else {
            logStranger(link, reason)
        }
    }

    /// Both sides know each other.
    func opened(_ link: LinkHandler, _ certificate: LinkCertificate) {
        let identifier = certificate.peer
        unauthenticated.removeAll { $0 === link }
        peers[identifier]?.link?.end(.replaced)
        peers[identifier]?.link = link
        peers[identifier]?.openedAt = .now()
        counters.add(to: \.connected)
        queues.open(identifier)
        logger.info("a peer is connected", metadata: about(identifier))
        offer(to: identifier) { $0.offer(.connected(identifier)) }
        if certificate.expiry < now() {
            logger.error("a peer's certificate has expired", metadata: about(identifier))
            if !sink(.certificateExpired(identifier, since: certificate.expiry)) { counters.add(to: \.heldEvents) }
        }
    }

    /// A frame arrived. The link stops reading if the sink is busy.
    func received(_ body: [UInt8], from identifier: NodeID) {
        counters.received(bytes: body.count + FrameHeader.byteCount)
        offer(to: identifier) { $0.offer(.received(frame: body, from: identifier)) }
    }

    /// A link ended.
    func ended(_ identifier: NodeID, _ reason: LinkEnd) {
        peers[identifier]?.link = nil
        counters.add(to: \.droppedAtEnd, queues.close(identifier))
        counters.add(to: \.disconnected)
        if reason.blamesPeer {
            counters.add(to: \.misbehaved)
            ban(identifier)
        }
        logger.log(
            level: reason.blamesPeer ? .error : .info,
            "a peer is disconnected",
            metadata: about(identifier, "reason", "\(reason)")
        )
        offer(to: identifier) { $0.linkEnded(identifier, reason) }
    }

    // MARK: Events

    /// Offers something to the sink, and slows the peer down while the sink does not take it.
    private func offer(to identifier: NodeID, _ body: (inout EventMailbox) -> Bool) {
        guard var mailbox = peers[identifier]?.mailbox else { return }
        let isTaken = body(&mailbox)
        peers[identifier]?.mailbox = mailbox
        if !isTaken {
            counters.add(to: \.heldEvents)
            scheduleOffer()
        }
        peers[identifier]?.link?.setReading(isTaken)
    }

    private func scheduleOffer() {
        guard nextOffer == nil, !isStopping else { return }
        let delay = TimeAmount.milliseconds(Int64(settings.offerAgainMilliseconds))
        nextOffer = loop.assumeIsolated().scheduleTask(in: delay) { [self] in
            nextOffer = nil
            for peer in peers.keys.sorted() where peers[peer]?.mailbox.isEmpty == false {
                offer(to: peer) { $0.offerHeld() }
            }
        }
    }

    // MARK: Log

    /// Whoever holds a peer's key cannot fill the log either.
    private func logRefusal(of peer: NodeID, _ reason: LinkRefusal) {
        let now = NIODeadline.now()
        if let last = peers[peer]?.refusalLoggedAt, now - last < .seconds(1) { return }
        peers[peer]?.refusalLoggedAt = now
        logger.warning("a peer was refused", metadata: about(peer, "reason", "\(reason)"))
    }

    /// Strangers cannot fill the log: one line a second.
    private func logStranger(_ link: LinkHandler, _ reason: LinkRefusal) {
        let now = NIODeadline.now()
        if let strangerLoggedAt, now - strangerLoggedAt < .seconds(1) { return }
        strangerLoggedAt = now
        var metadata: Logger.Metadata = ["reason": "\(reason)"]
        if case .accepted(let address) = link.origin { metadata["address"] = "\(address)" }
        logger.notice("a connection of a stranger was refused", metadata: metadata)
    }

    private func about(_ peer: NodeID, _ key: String? = nil, _ value: String = "") -> Logger.Metadata {
        var metadata: Logger.Metadata = ["peer": "\(peer)"]
        if let key { metadata[key] = "\(value)" }
        return metadata
    }
}
