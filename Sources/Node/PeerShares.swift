import Primitives
import Synchronization

/// What is held of each peer's frames, from their arrival until they were handled, their signature checks included.
///
/// A peer that has used up its share is slowed down by its own link. So nobody fills the node's memory, and the votes of the
/// others wait behind a bounded number of frames.
final class PeerShares: Sendable {
    /// Frames of one peer, and their bytes: two of the largest.
    static let framesMax = 1024
    static let bytesMax = 16 << 20

    private struct Share {
        var frames = 0
        var bytes = 0
    }

    private let shares = Mutex<[NodeID: Share]>([:])

    /// Notes a frame; false when the peer's share is used up.
    func take(_ byteCount: Int, of peer: NodeID) -> Bool {
        shares.withLock { shares in
            let share = shares[peer] ?? Share()
            guard share.frames < PeerShares.framesMax, share.bytes + byteCount <= PeerShares.bytesMax else {
                return false
            }
            shares[peer] = Share(frames: share.frames + 1, bytes: share.bytes + byteCount)
            return true
        }
    }

    /// Notes what follows from a frame, whatever the share: a frame that was taken is not dropped half-way.
    func hold(_ byteCount: Int, of peer: NodeID) {
        shares.withLock { shares in
            let share = shares[peer] ?? Share()
            shares[peer] = Share(frames: share.frames + 1, bytes: share.bytes + byteCount)
        }
    }

    /// A frame that was taken, or what was held, has been handled.
    func giveBack(_ byteCount: Int, of peer: NodeID) {
        shares.withLock { shares in
            guard let share = shares[peer] else { return }
            shares[peer] = Share(frames: share.frames - 1, bytes: share.bytes - byteCount)
        }
    }

    /// The bytes that are held of a peer's frames.
    func byteCount(of peer: NodeID) -> Int { shares.withLock { $0[peer]?.bytes ?? 0 } }
}
