package import Ports
package import Primitives
import Synchronization

/// A counter of the statistics.
private typealias Counter = any WritableKeyPath<LinkStatistics, UInt64> & Sendable

/// The network under the in-memory twins of `PeerLinkManager`: any number of nodes in one process, and no time.
///
/// Events are delivered in the order in which they came about, on the thread that caused them: a `send` returns after the
/// other node's sink has seen the frame, unless that sink said "not now". So the same calls give the same run.
package final class InMemoryLinkNetwork: Sendable {
    /// Two nodes, the lower one first.
    private struct Pair: Hashable {
        let low: NodeID
        let high: NodeID

        init(_ one: NodeID, _ other: NodeID) {
            low = min(one, other)
            high = max(one, other)
        }
    }

    private struct Node {
        let sink: LinkEventSink
        var peers: Set<NodeID>
        let counters: InMemoryLinkCounters
        /// By peer, what the sink has not taken yet.
        var held: [NodeID: [LinkEvent]] = [:]
        var heldBytes: [NodeID: Int] = [:]
    }

    private struct State {
        var nodes: [NodeID: Node] = [:]
        var connected: Set<Pair> = []
        var cut: Set<Pair> = []
        /// Nodes and peers in the order in which their events came about; each entry is one event to offer.
        var due: [(node: NodeID, peer: NodeID)] = []
        var isDelivering = false
    }

    /// Frames and bytes that may wait for one peer, as in `LinkSettings`.
    private let queueFramesMax: Int
    private let queueBytesMax: Int
    private let state = Mutex(State())

    package init(queueFramesMax: Int = 65_536, queueBytesMax: Int = 16 * 1024 * 1024) {
        self.queueFramesMax = queueFramesMax
        self.queueBytesMax = queueBytesMax
    }

    /// Breaks the link of two nodes and keeps it down until `heal`.
    package func cut(_ one: NodeID, _ other: NodeID) {
        state.withLock { state in
            state.cut.insert(Pair(one, other))
            disconnect(Pair(one, other), { _ in .failed(reason: "the network is cut") }, &state)
        }
        deliverDue()
    }

    /// Lets two nodes find each other again.
    package func heal(_ one: NodeID, _ other: NodeID) {
        state.withLock { state in
            state.cut.remove(Pair(one, other))
            connect(&state)
        }
        deliverDue()
    }

    /// Offers again what sinks did not take. Called for by `run`; a test without `run` calls it itself.
    package func offerHeld() {
        state.withLock { state in
            for (identifier, node) in state.nodes.sorted(by: { $0.key < $1.key }) {
                for (peer, held) in node.held.sorted(by: { $0.key < $1.key }) {
                    for _ in held { state.due.append((identifier, peer)) }
                }
            }
        }
        deliverDue()
    }

    // MARK: For the nodes

    fileprivate func join(
        _ identifier: NodeID,
        peers: Set<NodeID>,
        counters: InMemoryLinkCounters,
        sink: @escaping LinkEventSink
    ) {
        state.withLock { state in
            precondition(state.nodes[identifier] == nil, "an identifier has one node at a time")
            state.nodes[identifier] = Node(sink: sink, peers: peers, counters: counters)
            connect(&state)
        }
        deliverDue()
    }

    fileprivate func leave(_ identifier: NodeID) {
        state.withLock { state in
            for pair in state.connected where pair.low == identifier || pair.high == identifier {
                disconnect(pair, { $0 == identifier ? .stopped : .closedByPeer }, &state)
            }
        }
        deliverDue()
        state.withLock { $0.nodes[identifier] = nil }
    }

    fileprivate func drop(_ peer: NodeID, by identifier: NodeID) {
        state.withLock { state in
            guard let node = state.nodes[identifier], node.peers.contains(peer) else { return }
            let pair = Pair(identifier, peer)
            state.cut.insert(pair)
            guard state.connected.contains(pair) else { return }
            node.counters.add(to: \.misbehaved)
            disconnect(pair, { $0 == identifier ? .dropped : .closedByPeer }, &state)
        }
        deliverDue()
    }

    /// - Returns: Whether the frame is on its way, or the counter of why not.
    fileprivate func send(
        _ frame: [UInt8],
        from sender: NodeID,
        to peer: NodeID
    ) -> Counter? {
        let refusal = state.withLock { state -> Counter? in
            guard !frame.isEmpty, frame.count <= Limits.frameBytesMax else { return \LinkStatistics.droppedUnsendable }
            if let node = state.nodes[sender], !node.peers.contains(peer) { return \LinkStatistics.droppedUnsendable }
            guard state.connected.contains(Pair(sender, peer)), let node = state.nodes[peer] else {
                return \LinkStatistics.droppedNotConnected
            }
            let bytes = node.heldBytes[sender, default: 0] + frame.count + 4
            guard bytes <= queueBytesMax, node.held[sender, default: []].count < queueFramesMax else {
                return \LinkStatistics.droppedQueueFull
            }
            state.nodes[peer]?.heldBytes[sender] = bytes
            enqueue(.received(frame: frame, from: sender), at: peer, about: sender, &state)
            return nil
        }
        if refusal == nil { deliverDue() }
        return refusal
    }

    // MARK: Delivery

    private func enqueue(
        _ event: LinkEvent,
        at node: NodeID,
        about peer: NodeID,
        _ state: inout State
    ) {
        state.nodes[node]?.held[peer, default: []].append(event)
        state.due.append((node, peer))
    }

    private func connect(_ state: inout State) {
        for (low, node) in state.nodes.sorted(by: { $0.key < $1.key }) {
            for high in node.peers.sorted() where low < high {
                let pair = Pair(low, high)
                guard let other = state.nodes[high], other.peers.contains(low) else { continue }
                guard !state.cut.contains(pair), state.connected.insert(pair).inserted else { continue }
                for (here, there) in [(low, high), (high, low)] {
                    state.nodes[here]?.counters.add(to: \.connected)
                    enqueue(.connected(there), at: here, about: there, &state)
                }
            }
        }
    }

    private func disconnect(_ pair: Pair, _ reason: (NodeID) -> LinkEnd, _ state: inout State) {
        guard state.connected.remove(pair) != nil else { return }
        for (here, there) in [(pair.low, pair.high), (pair.high, pair.low)] {
            state.nodes[here]?.counters.add(to: \.disconnected)
            state.nodes[here]?.heldBytes[there] = 0
            var held = state.nodes[here]?.held[there] ?? []
            held.removeAll { if case .received = $0 { true } else { false } }
            // A link that nobody heard of has not been.
            if held.last == .connected(there) {
                held.removeLast()
            } else {
                held.append(.disconnected(there, reason(here)))
            }
            state.nodes[here]?.held[there] = held
            state.due.append((here, there))
        }
    }

    /// Offers every due event, one thread at a time; others leave theirs to it.
    private func deliverDue() {
        guard
            state.withLock({ state in
                defer { state.isDelivering = true }
                return !state.isDelivering
            })
        else { return }
        while let (node, peer, event, sink) = next() {
            let isTaken = sink(event)
            state.withLock { state in
                guard isTaken else {
                    state.nodes[node]?.counters.add(to: \.heldEvents)
                    state.due.removeAll { $0.node == node && $0.peer == peer }
                    return
                }
                guard state.nodes[node]?.held[peer]?.first == event else { return }
                state.nodes[node]?.held[peer]?.removeFirst()
                if case .received(let frame, _) = event {
                    state.nodes[node]?.heldBytes[peer, default: 0] -= frame.count + 4
                    state.nodes[node]?.counters.received(frame.count + 4)
                }
            }
        }
    }

    private func next() -> (NodeID, NodeID, LinkEvent, LinkEventSink)? {
        state.withLock { state in
            while !state.due.isEmpty {
                let (node, peer) = state.due.removeFirst()
                if let event = state.nodes[node]?.held[peer]?.first, let sink = state.nodes[node]?.sink {
                    return (node, peer, event, sink)
                }
            }
            state.isDelivering = false
            return nil
        }
    }
}

/// The in-memory twin of `PeerLinkManager`.
package final class InMemoryPeerLinks: PeerLinks {
    /// How often `run` offers again what a sink did not take.
    private static let offerAgain = Duration.milliseconds(2)

    private let identifier: NodeID
    private let peers: Set<NodeID>
    private let network: InMemoryLinkNetwork
    private let counters = InMemoryLinkCounters()
    private let sink = Mutex<LinkEventSink?>(nil)
    private let isStopped = Mutex(false)

    package init(identifier: NodeID, peers: [NodeID], network: InMemoryLinkNetwork) {
        self.identifier = identifier
        self.peers = Set(peers)
        self.network = network
    }

    package var statistics: LinkStatistics { counters.snapshot }

    @discardableResult
    package func send(_ frame: [UInt8], to peer: NodeID) -> Bool {
        if let refusal = network.send(frame, from: identifier, to: peer) {
            counters.add(to: refusal)
            return false
        }
        counters.sent(frame.count + 4)
        return true
    }

    package func drop(_ peer: NodeID) { network.drop(peer, by: identifier) }

    package func deliver(to sink: @escaping LinkEventSink) { self.sink.withLock { $0 = sink } }

    package func stop() { isStopped.withLock { $0 = true } }

    package func run() async throws {
        start()
        while !isStopped.withLock({ $0 }) {
            do {
                try await Task.sleep(for: Self.offerAgain)
            } catch {
                break
            }
            network.offerHeld()
        }
        end()
    }

    /// Joins the network at once, for a run without tasks and time.
    package func start() {
        guard let sink = sink.withLock({ $0 }) else { preconditionFailure("run is called after deliver") }
        network.join(identifier, peers: peers, counters: counters, sink: sink)
    }

    /// Leaves the network that `start` joined.
    package func end() { network.leave(identifier) }
}

private final class InMemoryLinkCounters: Sendable {
    private let statistics = Mutex(LinkStatistics())

    var snapshot: LinkStatistics { statistics.withLock { $0 } }

    func add(to counter: Counter) {
        statistics.withLock { $0[keyPath: counter] += 1 }
    }

    func sent(_ bytes: Int) {
        statistics.withLock {
            $0.framesSent += 1
            $0.bytesSent += UInt64(bytes)
        }
    }

    func received(_ bytes: Int) {
        statistics.withLock {
            $0.framesReceived += 1
            $0.bytesReceived += UInt64(bytes)
        }
    }
}
