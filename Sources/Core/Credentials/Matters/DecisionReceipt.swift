package import Primitives

/// One piece of evidence as a receipt names it.
package struct ReceiptEvidence: Hashable, Sendable, CanonicalCodable {
    /// The item's id in the matter.
    package let item: String
    /// The digest of the `Evidence`.
    package let evidence: Digest
    /// The digest of the `ReleaseStatement` that it came with.
    package let release: Digest
    /// The height of the proof.
    package let height: Height

    package init(item: String, evidence: Digest, release: Digest, height: Height) {
        self.item = item
        self.evidence = evidence
        self.release = release
        self.height = height
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(item)
        encoder.append(evidence)
        encoder.append(release)
        encoder.append(height)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        item = try decoder.readCode()
        evidence = try decoder.readDigest()
        release = try decoder.readDigest()
        height = try decoder.read()
    }
}

/// Everything needed to re-execute a decision (决定回执). The ledger holds a salted commitment to it.
package struct DecisionReceipt: SignedContent {
    package let network: Digest
    /// The deciding department.
    package let department: UInt16
    /// The matter's code.
    package let matter: String
    package let matterVersion: UInt32
    /// The digest of the matter's definition.
    package let definition: Digest
    package let authorisation: Digest
    package let accessRecord: AccessRecordID
    /// In the order in which the evidence was given to the decision function.
    package let evidence: [ReceiptEvidence]
    package let decision: Decision
    package let time: Timestamp

    package init(
        network: Digest,
        department: UInt16,
        matter: String,
        matterVersion: UInt32,
        definition: Digest,
        authorisation: Digest,
        accessRecord: AccessRecordID,
        evidence: [ReceiptEvidence],
        decision: Decision,
        time: Timestamp
    ) {
        self.network = network
        self.department = department
        self.matter = matter
        self.matterVersion = matterVersion
        self.definition = definition
        self.authorisation = authorisation
        self.accessRecord = accessRecord
        self.evidence = evidence
        self.decision = decision
        self.time = time
    }

    package var domain: Domain { .decisionReceipt }

    /// Decides again and compares.
    ///
    /// - Parameters:
    ///   - definition: The matter's canonical JSON, from the ledger at the receipt's version.
    ///   - evidence: The evidence, opened by whoever holds it.
    /// - Throws: `ReceiptFault` for the first difference.
    package func reexecute(
        definition: [UInt8],
        evidence opened: [Evidence],
        digestFunction: any DigestFunction
    ) throws(ReceiptFault) {
        let rule: MatterDefinition
        do throws(DefinitionError) {
            rule = try MatterDefinition(json: definition)
        } catch {
            throw .definition(error)
        }
        guard rule.code == matter, rule.version == matterVersion, rule.digest(digestFunction) == self.definition
        else { throw .otherRule }
        guard opened.count == evidence.count else { throw .otherEvidence(item: nil) }
        for (piece, named) in zip(opened, evidence) {
            guard piece.item == named.item, piece.height == named.height, piece.digest(digestFunction) == named.evidence
            else { throw .otherEvidence(item: named.item) }
        }
        let again = DecisionFunction.decide(matter: rule, evidence: opened, accessRecord: accessRecord, at: time)
        guard again == decision else { throw .otherDecision(again) }
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(network)
        encoder.append(department)
        encoder.append(matter)
        encoder.append(matterVersion)
        encoder.append(definition)
        encoder.append(authorisation)
        encoder.append(accessRecord)
        encoder.append(list: evidence)
        encoder.append(decision)
        encoder.append(time)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        network = try decoder.readDigest()
        department = try decoder.readUInt16()
        matter = try decoder.readCode()
        matterVersion = try decoder.readUInt32()
        definition = try decoder.readDigest()
        authorisation = try decoder.readDigest()
        accessRecord = try decoder.read()
        evidence = try decoder.readList(countMax: MatterDefinition.evidenceMax)
        decision = try decoder.read()
        time = try decoder.read()
    }
}

/// Why a decision does not follow from its receipt.
package enum ReceiptFault: Error, Equatable, Sendable {
    case definition(DefinitionError)
    /// The definition is not the one that the receipt names.
    case otherRule
    /// A piece of evidence is not the one that the receipt names.
    case otherEvidence(item: String?)
    /// The rule gives another decision.
    case otherDecision(Decision)
}
