package import Primitives

/// What has become of a proposal. The raw value is the tag in the register.
package enum ProposalStatus: UInt8, Sendable, CaseIterable, CanonicalCodable {
    /// It can be approved until its time is over.
    case open = 0
    case carriedOut = 1
    case withdrawn = 2
}

/// A proposal and who stands behind it.
package struct ProposalRecord: Hashable, Sendable, CanonicalCodable {
    /// `GovernanceProposal.identifier`.
    package let id: Digest
    package let proposer: DepartmentID
    package let changes: [GovernanceChange]
    package let closesAt: Timestamp
    /// The departments that approved, ascending; the proposer is one of them.
    package var approvals: [DepartmentID]
    package var status: ProposalStatus
    package var changedAt: Height

    package init(
        id: Digest,
        proposer: DepartmentID,
        changes: [GovernanceChange],
        closesAt: Timestamp,
        approvals: [DepartmentID],
        status: ProposalStatus,
        changedAt: Height
    ) {
        self.id = id
        self.proposer = proposer
        self.changes = changes
        self.closesAt = closesAt
        self.approvals = approvals
        self.status = status
        self.changedAt = changedAt
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(id)
        encoder.append(proposer)
        encoder.append(list: changes)
        encoder.append(closesAt)
        encoder.append(list: approvals)
        encoder.append(status)
        encoder.append(changedAt)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        id = try decoder.read()
        proposer = try decoder.read()
        changes = try decoder.readList(countMax: GovernanceProposal.changesMax)
        closesAt = try decoder.read()
        approvals = try decoder.readList(countMax: Limits.validatorsMax)
        status = try decoder.read()
        changedAt = try decoder.read()
    }
}

/// Proof that a validator contradicted itself in an epoch, kept for ever (双签). One record for each is enough.
package struct EquivocationRecord: Hashable, Sendable, CanonicalCodable {
    package let epoch: Epoch
    package let validator: ReplicaIndex
    /// The voting key that signed both votes.
    package let key: PublicKey
    /// Whose validator it is.
    package let department: DepartmentID
    package let view: View
    /// The digest of the evidence, which the transaction carries.
    package let evidence: Digest
    package let reporter: DepartmentID
    package let changedAt: Height

    package init(
        epoch: Epoch,
        validator: ReplicaIndex,
        key: PublicKey,
        department: DepartmentID,
        view: View,
        evidence: Digest,
        reporter: DepartmentID,
        changedAt: Height
    ) {
        self.epoch = epoch
        self.validator = validator
        self.key = key
        self.department = department
        self.view = view
        self.evidence = evidence
        self.reporter = reporter
        self.changedAt = changedAt
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(epoch)
        encoder.append(validator)
        encoder.append(key)
        encoder.append(department)
        encoder.append(view)
        encoder.append(evidence)
        encoder.append(reporter)
        encoder.append(changedAt)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        epoch = try decoder.read()
        validator = try decoder.read()
        key = try decoder.read()
        department = try decoder.read()
        view = try decoder.read()
        evidence = try decoder.read()
        reporter = try decoder.read()
        changedAt = try decoder.read()
    }
}
