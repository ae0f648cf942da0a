import Consensus
import Execution
import LedgerModel
import Primitives
import Replica

/// Proposes a block anew that is final already, as the child of a newer one, without sending it: everyone has it.
struct StaleProposer: ByzantineBehaviour {
    mutating func messages(
        replacing message: PeerMessage,
        to peer: ReplicaIndex,
        by traitor: Traitor
    ) -> [PeerMessage] {
        guard case .proposal(.proposal(let proposal), _) = message, proposal.vote.signer == traitor.index else {
            return [message]
        }
        // Now the newest final block, now the newest one in the store.
        let isNewest = proposal.view.rawValue / UInt64(traitor.validators.count) % 2 == 0
        let payload = isNewest ? traitor.finalHeader.digest(traitor.digestFunction) : traitor.stored.headerDigest
        let ballot = Ballot.notarise(
            epoch: traitor.validators.epoch,
            view: proposal.view,
            parentView: proposal.parentView,
            payload: payload
        )
        return Proposal(vote: traitor.vote(ballot)).map { [.consensus(.proposal($0))] } ?? []
    }
}
