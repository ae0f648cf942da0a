import Consensus
import Primitives
import Replica

/// Votes with signatures that are not its own over what it says: a quorum that counts them proves nothing.
struct BadSigner: ByzantineBehaviour {
    mutating func messages(
        replacing message: PeerMessage,
        to peer: ReplicaIndex,
        by traitor: Traitor
    ) -> [PeerMessage] {
        switch message {
        case .consensus(.vote(let vote)) where vote.signer == traitor.index:
            return [.consensus(.vote(spoiled(vote, by: traitor)))]
        case .proposal(.proposal(let proposal), let outline) where proposal.vote.signer == traitor.index:
            guard let spoiled = Proposal(vote: spoiled(proposal.vote, by: traitor)) else { return [] }
            return [.proposal(.proposal(spoiled), outline)]
        default: return [message]
        }
    }

    /// Every third view's votes are good, so that its links are not simply given up.
    private func spoiled(_ vote: Vote, by traitor: Traitor) -> Vote {
        guard vote.view.rawValue % 3 != 0 else { return vote }
        let other = traitor.vote(.nullify(epoch: vote.epoch, view: View(vote.view.rawValue + 1000)))
        return Vote(ballot: vote.ballot, signer: vote.signer, signature: other.signature)
    }
}
