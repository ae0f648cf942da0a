import Consensus
import Execution
import LedgerModel
import Primitives
import Replica

/// Proposes blocks on the last final one, past certified ones that nobody nullified, and sometimes calls that by another
/// parent's view.
struct Forker: ByzantineBehaviour {
    mutating func messages(
        replacing message: PeerMessage,
        to peer: ReplicaIndex,
        by traitor: Traitor
    ) -> [PeerMessage] {
        guard case .proposal(.proposal(let proposal), let outline) = message, proposal.vote.signer == traitor.index,
            let fork = traitor.emptyBlock(view: proposal.view, timestamp: outline.header.timestamp)
        else { return [message] }
        let storedView = traitor.stored.header.view
        switch proposal.view.rawValue / UInt64(traitor.validators.count) % 3 {
        case 0: return [traitor.proposal(of: fork, view: proposal.view, parentView: storedView)]
        case 1: return [traitor.proposal(of: fork, view: proposal.view, parentView: proposal.parentView)]
        default: return [traitor.proposal(of: outline, view: proposal.view, parentView: storedView)]
        }
    }
}
