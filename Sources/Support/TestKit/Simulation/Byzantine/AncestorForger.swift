import Consensus
import LedgerModel
import Primitives
import Replica

/// Proposes blocks on parents that it made up, and sends those and their own made-up parents to whoever listens.
struct AncestorForger: ByzantineBehaviour {
    private static let chainCount = 200
    private var chain: [BlockOutline] = []

    mutating func messages(
        replacing message: PeerMessage,
        to peer: ReplicaIndex,
        by traitor: Traitor
    ) -> [PeerMessage] {
        guard case .proposal(.proposal(let proposal), let outline) = message, proposal.vote.signer == traitor.index
        else {
            return [message]
        }
        chain = forgeChain(below: outline, by: traitor)
        guard let child = chain.last else { return [message] }
        let ancestors = chain.dropLast().reversed().map { PeerMessage.outline($0) }
        let proposed = traitor.proposal(of: child, view: proposal.view, parentView: proposal.parentView)
        return [proposed] + ancestors
    }

    mutating func unasked(by traitor: Traitor, _ random: inout SeededRandom) -> [PeerMessage] {
        chain.dropLast().suffix(20).reversed().map { .outline($0) }
    }

    /// Outlines of which each is the parent of the next, all with heights and views that finality does not reach, and a
    /// child for the present view at their end.
    private func forgeChain(below outline: BlockOutline, by traitor: Traitor) -> [BlockOutline] {
        var forged: [BlockOutline] = []
        var parent = traitor.digest(outline.header.view.rawValue)
        for number in 0..<UInt64(AncestorForger.chainCount) {
            let header = traitor.header(
                outline.header,
                height: Height(1 << 60 | number),
                parent: parent,
                view: View(1 << 60 | number)
            )
            forged.append(like(outline, header))
            parent = header.digest(traitor.digestFunction)
        }
        let height = Height(1 << 60 | UInt64(AncestorForger.chainCount))
        return forged + [like(outline, traitor.header(outline.header, height: height, parent: parent))]
    }

    private func like(_ outline: BlockOutline, _ header: Header) -> BlockOutline {
        BlockOutline(header: header, transactions: outline.transactions, verdictsDigest: outline.verdictsDigest)
    }
}
