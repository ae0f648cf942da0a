import Consensus
import Primitives
import Replica

/// Sends certificates that prove nothing: its own signature many times, too few signers, another block.
struct CertificateForger: ByzantineBehaviour {
    private var seen: QuorumCertificate?

    mutating func messages(
        replacing message: PeerMessage,
        to peer: ReplicaIndex,
        by traitor: Traitor
    ) -> [PeerMessage] {
        if case .consensus(.certificate(let certificate)) = message { seen = certificate }
        return [message]
    }

    mutating func unasked(by traitor: Traitor, _ random: inout SeededRandom) -> [PeerMessage] {
        let ballots: [Ballot] = [
            .nullify(epoch: .zero, view: traitor.view),
            .finalise(epoch: .zero, view: traitor.view, parentView: .zero, payload: traitor.digest(5)),
            .notarise(epoch: .zero, view: traitor.view.next, parentView: .zero, payload: traitor.digest(6)),
        ]
        return ballots.map { ballot in
            var signers = SignerBitmap(validatorCount: traitor.validators.count)
            for index in traitor.validators.indices { signers.insert(index) }
            let own = traitor.vote(ballot).signature
            let signatures = seen?.signatures ?? []
            let padded = signatures + Array(repeating: own, count: max(0, signers.count - signatures.count))
            return .consensus(
                .certificate(QuorumCertificate(ballot: ballot, signers: signers, signatures: padded))
            )
        }
    }
}
