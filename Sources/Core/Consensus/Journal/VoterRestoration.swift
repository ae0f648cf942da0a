package import Primitives

/// The last final block of an epoch, as far as a node knows. View 0 stands for the epoch's first parent.
package struct FinalisedPoint: Hashable, Sendable {
    package let epoch: Epoch
    package let view: View
    package let payload: Digest

    package init(epoch: Epoch, view: View, payload: Digest) {
        self.epoch = epoch
        self.view = view
        self.payload = payload
    }
}

/// What a voter begins with: the journal's records in their order, and the last final block whose execution is committed.
package struct VoterRestoration: Sendable {
    package let records: [JournalRecord]
    /// The last final block that this node has executed and stored; view 0 and the first parent in a new epoch.
    package let lastFinalised: FinalisedPoint
    /// The certificate that made it final, if it has one of its own: what [ANSWER] sends until a newer one is known.
    package let lastFinalisation: QuorumCertificate?
    /// Why this node must not vote although it holds a key, if the records do not say it: a damaged journal.
    package let refusal: RefusalReason?
    /// Whether peers must echo our votes before the first one is cast: after every start of the process, but not when
    /// a running node goes on into the next epoch.
    package let requiresHearing: Bool

    package init(
        records: [JournalRecord] = [],
        lastFinalised: FinalisedPoint,
        lastFinalisation: QuorumCertificate? = nil,
        refusal: RefusalReason? = nil,
        requiresHearing: Bool = true
    ) {
        self.records = records
        self.lastFinalised = lastFinalised
        self.lastFinalisation = lastFinalisation
        self.refusal = refusal
        self.requiresHearing = requiresHearing
    }
}
