package import Primitives

/// A leader's proposal: its own notarise vote, which names view, parent view and payload.
package struct Proposal: Hashable, Sendable, CanonicalCodable {
    package let vote: Vote

    /// The proposal, or nil when the vote is not a notarise.
    package init?(vote: Vote) {
        guard vote.kind == .notarise else { return nil }
        self.vote = vote
    }

    package var epoch: Epoch { vote.epoch }
    package var view: View { vote.view }
    package var parentView: View { vote.parentView }
    package var payload: Digest { vote.payload }

    package func encode(to encoder: inout CanonicalEncoder) { encoder.append(vote) }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        guard let proposal = Proposal(vote: try decoder.read(Vote.self)) else {
            throw .invalid(type: "Proposal", reason: "its vote is a notarise")
        }
        self = proposal
    }
}
