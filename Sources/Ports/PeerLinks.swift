package import Primitives

/// Frames of bytes to and from known nodes.
///
/// The contract, which `PeerLinkManager` and `InMemoryPeerLinks` keep alike:
/// * A peer is connected or not. `connected` comes before anything else of a link and `disconnected` after it; there is
///   never more than one link to a peer.
/// * Frames of one link arrive whole, once, and in the order of `send`. When a link ends, those that the other side's sink
///   has not taken yet are lost, and nobody says which: who needs an answer asks again after `connected`.
/// * `received` names the peer that the link belongs to, proved by its key; what the frame claims is the caller's matter.
/// * The sink is called by one thread at a time and must not block. It may call `send`. False means "not now": the event
///   is kept, nothing further is read from this peer, and it is offered again within milliseconds. So a driver that is
///   behind slows down its peers, each by itself, and loses nothing. `refused` and `certificateExpired` only
///   report; they are offered once.
package protocol PeerLinks: Sendable {
    /// Hands a frame of 1 to `Limits.frameBytesMax` bytes over for sending.
    ///
    /// Never blocks. False when the peer's queue is full, when it is not connected, or for a frame of another size: the
    /// frame is dropped and counted.
    @discardableResult
    func send(_ frame: [UInt8], to peer: NodeID) -> Bool

    /// Ends the link to a peer that broke the protocol and counts it, and makes none to it for a while, which doubles each
    /// time up to a limit. (In memory the while ends with `heal`.)
    ///
    /// Never blocks. It is known by `disconnected` with `LinkEnd.dropped`, if there was a link.
    func drop(_ peer: NodeID)

    /// Sets where events go. Called exactly once, before `run`.
    func deliver(to sink: @escaping LinkEventSink)

    /// Keeps the links up until the task is cancelled or `stop` is called, then closes them; no event comes after it
    /// returned. Called once at most.
    /// - Throws: What keeps the node from having links at all, such as an address that is taken.
    func run() async throws

    /// Makes `run` return. Safe to call at any time and more than once.
    func stop()

    /// What was sent, received, dropped and refused since the start.
    var statistics: LinkStatistics { get }
}

/// Takes an event, or says "not now" with false. See `PeerLinks`.
package typealias LinkEventSink = @Sendable (LinkEvent) -> Bool

/// What happens on the links.
package enum LinkEvent: Hashable, Sendable {
    /// Frames can be sent to the peer, and those queued for an earlier link are gone.
    case connected(NodeID)
    case disconnected(NodeID, LinkEnd)
    case received(frame: [UInt8], from: NodeID)
    /// A link that proved to be this peer's, or was dialled to it, did not come about. Those of strangers are only counted.
    case refused(NodeID, LinkRefusal)
    /// The peer's certificate has expired. The link stands all the same: replace the certificate.
    case certificateExpired(NodeID, since: Timestamp)
}

/// Why a link that was connected ended.
package enum LinkEnd: Hashable, Sendable {
    /// The peer or its machine closed it.
    case closedByPeer
    /// The network or TLS failed; `reason` is the system's word for it.
    case failed(reason: String)
    /// Nothing was heard for `milliseconds`, not even a ping.
    case silent(milliseconds: UInt64)
    /// The peer took too little of what was sent for `milliseconds`.
    case stalled(milliseconds: UInt64)
    /// The peer announced a frame without bytes.
    case frameEmpty
    /// The peer announced a frame of `announced` bytes, which is over the limit.
    case frameOversized(announced: UInt32)
    /// The peer sent a message of the links themselves that does not decode.
    case controlMalformed
    /// The peer made a newer link: it was restarted, or its key is in use on two machines.
    case replaced
    /// The peer broke the protocol: `PeerLinks.drop`.
    case dropped
    /// This node is stopping.
    case stopped

    /// Whether the peer broke the format or the protocol, which no network does.
    package var blamesPeer: Bool {
        switch self {
        case .frameEmpty, .frameOversized, .controlMalformed, .dropped: true
        case .closedByPeer, .failed, .silent, .stalled, .replaced, .stopped: false
        }
    }
}

/// Why a connection did not become a link. The raw values are stable: they appear in logs and metrics.
package enum LinkRefusal: UInt8, Hashable, Sendable, CaseIterable {
    /// No known peer has this certificate, or the dialled address answered with another peer's.
    case certificateUnknown = 1
    /// TLS did not come about: another protocol or version, no certificate, or the other side refused ours.
    case tlsFailed = 2
    /// The first frame is no hello.
    case helloMalformed = 3
    /// The other side speaks another version of the links.
    case versionMismatch = 4
    /// The other side belongs to another network.
    case networkMismatch = 5
    /// The other side's hello names another node than its certificate.
    case identifierMismatch = 6
    /// The peer dialled where it should have waited: the higher identifier dials.
    case directionMismatch = 7
    /// TLS and hello were not complete in time.
    case timedOut = 8
    /// Newer connections took its place among those not yet authenticated.
    case crowdedOut = 9
    /// The other side closed before its hello.
    case closedEarly = 10
    /// The peer was dropped a while ago.
    case banned = 11
}

/// Counts since the start. They only grow.
package struct LinkStatistics: Hashable, Sendable {
    /// Frames, and their bytes with the four of each header, handed to the network. Pings and hellos are not counted.
    package var framesSent: UInt64 = 0
    package var bytesSent: UInt64 = 0
    /// Frames, and their bytes with the four of each header, that arrived whole.
    package var framesReceived: UInt64 = 0
    package var bytesReceived: UInt64 = 0
    /// Frames that `send` refused because the peer's queue was full.
    package var droppedQueueFull: UInt64 = 0
    /// Frames that `send` refused because the peer was not connected.
    package var droppedNotConnected: UInt64 = 0
    /// Frames that `send` refused because they are empty, too large, or to nobody known.
    package var droppedUnsendable: UInt64 = 0
    /// Frames that were queued when their link ended.
    package var droppedAtEnd: UInt64 = 0
    /// How often the sink said "not now".
    package var heldEvents: UInt64 = 0
    /// Links that were connected, and those of them that ended.
    package var connected: UInt64 = 0
    package var disconnected: UInt64 = 0
    /// Links that ended because the peer broke the format or the protocol.
    package var misbehaved: UInt64 = 0
    /// Dialled addresses that did not answer.
    package var dialsFailed: UInt64 = 0
    /// Connections that did not become links, by reason.
    package var refused: [LinkRefusal: UInt64] = [:]

    package init() {}
}
