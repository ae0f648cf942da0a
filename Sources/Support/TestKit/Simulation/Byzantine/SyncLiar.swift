import Consensus
import LedgerModel
import Primitives
import Replica

/// Lies to peers that catch up: forged blocks, blocks without proof, nothing at all, or too old ones.
struct SyncLiar: ByzantineBehaviour {
    /// Which lie was told last; seeds begin with different ones, since few answers are asked of one liar.
    private var turn: Int

    init(firstLie: Int) { turn = firstLie }

    mutating func messages(
        replacing message: PeerMessage,
        to peer: ReplicaIndex,
        by traitor: Traitor
    ) -> [PeerMessage] {
        switch message {
        case .blocks(let blocks):
            turn += 1
            switch turn % 6 {
            case 0: return []
            case 1: return [.blocks([])]
            case 2: return [.blocks(blocks.map { FinalisedBlock(block: $0.block, certificate: nil) })]
            case 3: return [.blocks(blocks.map { forged($0, isProven: true, by: traitor) })]
            case 4: return [.blocks(blocks.map { forged($0, isProven: false, by: traitor) })]
            default: return [.blocks(blocks.reversed())]
            }
        case .outline(let outline):
            turn += 1
            guard turn % 2 == 0 else { return [] }
            let other = traitor.header(outline.header, registerRoot: traitor.digest(1))
            return [
                .outline(
                    BlockOutline(
                        header: other,
                        transactions: outline.transactions,
                        verdictsDigest: outline.verdictsDigest
                    )
                )
            ]
        case .bodies(let block, let bodies):
            return [.bodies(block: block, transactions: bodies.dropLast() + [[1, 2, 3]])]
        default: return [message]
        }
    }

    /// The block with another state and its certificate, or one for just that state with nobody's signatures.
    private func forged(_ block: FinalisedBlock, isProven: Bool, by traitor: Traitor) -> FinalisedBlock {
        let header = traitor.header(block.block.header, registerRoot: traitor.digest(2))
        let forged = Block(
            header: header,
            transactions: block.block.transactions,
            verdictsDigest: block.block.verdictsDigest
        )
        guard let certificate = block.certificate, !isProven else {
            return FinalisedBlock(block: forged, certificate: block.certificate)
        }
        let ballot = Ballot.finalise(
            epoch: certificate.epoch,
            view: certificate.view,
            parentView: certificate.parentView,
            payload: header.digest(traitor.digestFunction)
        )
        let own = traitor.vote(ballot).signature
        return FinalisedBlock(
            block: forged,
            certificate: QuorumCertificate(
                ballot: ballot,
                signers: certificate.signers,
                signatures: certificate.signatures.map { _ in own }
            )
        )
    }
}
