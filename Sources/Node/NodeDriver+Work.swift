import Execution
import LedgerModel
import Logging
import Ports
import Primitives
import Replica

/// What runs on other threads than the driver's.
extension NodeDriver {
    /// Bytes of final blocks in one answer to a peer that catches up.
    private static let servedBytesMax = 2 * 1024 * 1024

    /// Executes a block, checking signatures that nobody checked before.
    func result(of request: ExecutionRequest) -> ExecutionResult {
        do {
            return .executed(
                try executor.execute(request.transactions, context: request.context, on: request.state)
            )
        } catch {
            return .failed(error)
        }
    }

    /// Checks gossiped transactions and hands the good ones to the replica.
    func admit(_ bodies: [[UInt8]], from peer: ReplicaIndex) {
        let taken = verifications.submit { [self] in
            let civil = SystemTime.civil
            var verified: [VerifiedTransaction] = []
            for bytes in bodies {
                if case .admit(let transaction) = admission.judge(bytes, at: civil) { verified.append(transaction) }
            }
            if !verified.isEmpty { inbox.push(.submitted(verified, isLocal: false)) }
        }
        if !taken {
            logger.debug("gossip dropped: too much waits for its signature checks", metadata: ["peer": "\(peer)"])
        }
    }

    /// Reads final blocks for a peer, ending with one that has a certificate.
    func serveBlocks(from height: Height, to peer: ReplicaIndex) {
        let taken = readings.submit { [self] in
            do {
                let blocks = try store.view().provenBlocks(from: height, byteCountMax: NodeDriver.servedBytesMax)
                guard !blocks.isEmpty else { return }
                _ = links.send(PeerMessage.blocks(blocks).canonicalBytes, to: PeerIdentifier(peer.rawValue))
            } catch {
                logger.error("final blocks could not be read", metadata: ["error": "\(error)"])
            }
        }
        if !taken { logger.debug("too many peers catch up at once", metadata: ["peer": "\(peer)"]) }
    }
}

extension LedgerView {
    /// Final blocks from `height` on, about `byteCountMax` bytes of them, of which the last has a certificate.
    fileprivate func provenBlocks(from height: Height, byteCountMax: Int) throws -> [FinalisedBlock] {
        var blocks: [FinalisedBlock] = []
        var byteCount = 0
        var next = height
        while let finalised = try finalisedBlock(at: next) {
            blocks.append(finalised)
            byteCount += finalised.block.transactions.reduce(512) { $0 + $1.count }
            if byteCount >= byteCountMax, finalised.certificate != nil || byteCount >= Limits.frameBytesMax / 2 {
                break
            }
            next = next.next
        }
        while let last = blocks.last, last.certificate == nil { blocks.removeLast() }
        return blocks
    }
}
