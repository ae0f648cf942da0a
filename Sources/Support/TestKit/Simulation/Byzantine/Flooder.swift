import Consensus
import LedgerModel
import Merkle
import Primitives
import Replica

/// Sends proposals for views to come and gone, each of another block, and votes far ahead.
struct Flooder: ByzantineBehaviour {
    mutating func unasked(by traitor: Traitor, _ random: inout SeededRandom) -> [PeerMessage] {
        var messages: [PeerMessage] = []
        let noVerdicts = Verdict.digest(of: [], digestFunction: traitor.digestFunction)
        let count = UInt64(traitor.validators.count)
        for _ in 0..<40 {
            // A view that the traitor leads, near or far.
            let offset = UInt64.random(in: 0...(random.chance(1, in: 2) ? 4 : 1 << 20), using: &random)
            let aligned = (traitor.view.rawValue / count + offset) * count + UInt64(traitor.index.rawValue)
            let view = View(max(aligned, 1))
            let header = Header(
                network: traitor.network,
                protocolVersion: 1,
                epoch: .zero,
                height: random.chance(1, in: 2) ? traitor.finalHeader.height.next : Height(.max - view.rawValue),
                view: view,
                parent: random.chance(1, in: 2) ? traitor.finalHeader.parent : traitor.digest(random.next()),
                timestamp: Timestamp(random.next() >> 1),
                proposer: traitor.index,
                transactionsRoot: BlockOutline.transactionsRoot(
                    [],
                    noVerdicts,
                    hasher: MerkleHasher(traitor.digestFunction)
                ),
                registerRoot: traitor.digest(random.next()),
                registerSize: traitor.finalHeader.registerSize,
                historyRoot: traitor.digest(random.next()),
                validatorSet: traitor.finalHeader.validatorSet,
                childValidatorSet: traitor.finalHeader.childValidatorSet
            )
            let outline = BlockOutline(header: header, transactions: [], verdictsDigest: noVerdicts)
            let ballot = Ballot.notarise(
                epoch: .zero,
                view: view,
                parentView: View(view.rawValue - 1),
                payload: header.digest(traitor.digestFunction)
            )
            guard let proposal = Proposal(vote: traitor.vote(ballot)) else { continue }
            messages.append(.proposal(.proposal(proposal), outline))
            messages.append(.outline(outline))
        }
        return messages
    }
}
