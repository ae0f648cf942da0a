import Consensus
import LedgerModel
import Primitives
import Replica

/// Proposes one block to some and another, just as valid, to the others.
struct EquivocatingLeader: ByzantineBehaviour {
    mutating func messages(
        replacing message: PeerMessage,
        to peer: ReplicaIndex,
        by traitor: Traitor
    ) -> [PeerMessage] {
        guard case .proposal(.proposal(let proposal), let outline) = message, proposal.vote.signer == traitor.index
        else { return [message] }
        // A millisecond later changes the digest and nothing that execution looks at.
        let later = traitor.header(outline.header, timestamp: outline.header.timestamp.adding(milliseconds: 1))
        let other = traitor.proposal(like: proposal, outline, header: later)
        switch (peer.rawValue + UInt16(truncatingIfNeeded: proposal.view.rawValue)) % 3 {
        case 0: return [message]
        case 1: return [other]
        default: return [other, message]
        }
    }
}
