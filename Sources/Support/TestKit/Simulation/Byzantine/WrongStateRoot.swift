import Consensus
import LedgerModel
import Primitives
import Replica

/// Proposes blocks whose header names a state that they do not lead to.
struct WrongStateRoot: ByzantineBehaviour {
    mutating func messages(
        replacing message: PeerMessage,
        to peer: ReplicaIndex,
        by traitor: Traitor
    ) -> [PeerMessage] {
        guard case .proposal(.proposal(let proposal), let outline) = message, proposal.vote.signer == traitor.index
        else { return [message] }
        let wrong: Header
        switch proposal.view.rawValue / UInt64(traitor.validators.count) % 4 {
        case 0: wrong = traitor.header(outline.header, registerRoot: traitor.digest(3))
        case 1: wrong = traitor.header(outline.header, timestamp: Timestamp(1))
        case 2: wrong = traitor.header(outline.header, parent: traitor.digest(4))
        default: wrong = traitor.header(outline.header, height: Height(.max))
        }
        return [traitor.proposal(like: proposal, outline, header: wrong)]
    }
}
