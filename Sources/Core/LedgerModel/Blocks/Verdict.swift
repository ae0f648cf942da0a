package import Primitives

/// What the ledger made of an included transaction: accepted, or the first rule it broke.
///
/// The raw values are part of the ledger and never change. The first rule broken is the verdict, in the order of the cases,
/// but that a signature is looked at before the author's status (docs/protocol.md, "Verdicts").
package enum Verdict: UInt16, Sendable, CaseIterable, CanonicalCodable {
    case accepted = 0
    // Every transaction.
    case networkMismatch = 1
    case expired = 2
    case expiryTooFar = 3
    case repeated = 4
    case authorUnknown = 5
    case authorSuspended = 6
    case signatureInvalid = 7
    case authorNotAllowed = 8
    case contentMalformed = 9
    // Subjects.
    case subjectExists = 20
    case subjectUnknown = 21
    case subjectNotAttestedByAuthor = 22
    case subjectTransitionNotAllowed = 23
    // Certificates.
    case certificateTypeUnknown = 40
    case issuerNotAuthorised = 41
    case validityMalformed = 42
    case certificateExists = 43
    case certificateUnknown = 44
    case certificateNotIssuedByAuthor = 45
    case certificateTypeMismatch = 46
    case certificateTransitionNotAllowed = 47
    // Access records.
    case accessHeadOfOtherDepartment = 60
    case accessCountOutOfOrder = 61
    case accessEntryMismatch = 62
    // Cases.
    case matterUnknown = 80
    case matterVersionNotCurrent = 81
    case matterOfOtherDepartment = 82
    case caseExists = 83
    // Governance.
    case departmentNotVoting = 100
    case proposalUnknown = 101
    case proposalClosed = 102
    case proposalOfOtherDepartment = 103
    case alreadyApproved = 104
    case changeNotApplicable = 105
    // Evidence.
    case evidenceOfOtherEpoch = 120
    case evidenceInvalid = 121
    case evidenceKnown = 122

    package func encode(to encoder: inout CanonicalEncoder) { encoder.append(rawValue) }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        let value = try decoder.readUInt16()
        guard let verdict = Verdict(rawValue: value) else { throw .unknownTag(type: "Verdict", found: UInt64(value)) }
        self = verdict
    }
}

extension Verdict {
    /// The digest of a block's verdicts in order, which its header commits to.
    package static func digest(of verdicts: [Verdict], digestFunction: any DigestFunction) -> Digest {
        var encoder = CanonicalEncoder(capacity: 2 * verdicts.count + 4)
        encoder.append(list: verdicts)
        return digestFunction.digest(Domain.verdicts.frame(raw: encoder.bytes))
    }
}
