import LedgerModel
import Logging
import Ports
import Primitives
import Replica
import Synchronization

/// Reads final blocks for peers that catch up: for each of them one answer at a time, to its newest request.
///
/// A peer waits for one answer, so that an older request has been given up; and nobody takes more than a turn of the reading
/// thread from the others.
final class BlockServing: Sendable {
    /// Blocks in one answer, and about their bytes.
    static let countMax = 256
    static let bytesMax = 2 << 20

    /// By peer that is being served, the height that it asked for and nobody reads yet.
    private let wanted = Mutex<[NodeID: Height?]>([:])
    private let queue = WorkQueue(threads: 1)
    private let store: any NodeStore
    private let links: any PeerLinks
    private let logger: Logger

    init(store: any NodeStore, links: any PeerLinks, logger: Logger) {
        self.store = store
        self.links = links
        self.logger = logger
    }

    func serve(from height: Height, to peer: NodeID) {
        let isServed = wanted.withLock { $0.updateValue(height, forKey: peer) != nil }
        if !isServed { queue.submit { [self] in serveNext(peer) } }
    }

    private func serveNext(_ peer: NodeID) {
        guard let height = wanted.withLock({ $0.updateValue(nil, forKey: peer) }) ?? nil else { return }
        // Nothing is an answer too: the peer goes on to another one at once.
        let message = PeerMessage.blocks(blocks(from: height))
        links.send(message.canonicalBytes, to: peer)
        let isWanted = wanted.withLock { wanted in
            if let next = wanted[peer], next != nil { return true }
            wanted[peer] = nil
            return false
        }
        if isWanted { queue.submit { [self] in serveNext(peer) } }
    }

    private func blocks(from height: Height) -> [FinalisedBlock] {
        do {
            let view = store.view()
            let blocks = try view.finalisedBlocks(
                from: height,
                countMax: BlockServing.countMax,
                bytesMax: BlockServing.bytesMax
            )
            if blocks.isEmpty, let certified = try view.firstCertified(from: height)?.header.height {
                logger.error(
                    "final blocks cannot be served: the next certificate lies beyond a frame",
                    metadata: ["from": "\(height)", "certified": "\(certified)"]
                )
            }
            return blocks
        } catch {
            logger.error("final blocks could not be read", metadata: ["error": "\(error)"])
            return []
        }
    }

    func close() { queue.close() }
}
