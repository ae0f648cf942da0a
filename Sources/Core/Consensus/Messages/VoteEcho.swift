package import Primitives

/// The newest votes a peer holds from the validator that asks for them at its start: at most one of each kind.
package struct VoteEcho: Hashable, Sendable, CanonicalCodable {
    package let epoch: Epoch
    package let votes: [Vote]

    package init(epoch: Epoch, votes: [Vote]) {
        self.epoch = epoch
        self.votes = votes
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(epoch)
        encoder.append(list: votes)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        epoch = try decoder.read()
        votes = try decoder.readList(countMax: ConsensusLimits.echoVotesMax)
    }
}
