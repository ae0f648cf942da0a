package import Consensus
package import Primitives

/// What a transaction asks for. The order of the cases is their tag on the wire; a tag is never reused.
package enum Payload: Hashable, Sendable {
    case registerSubject(SubjectRegistration)
    case rotateSubjectKey(SubjectKeyRotation)
    case setSubjectStatus(SubjectStatusChange)
    case issueCertificates(CertificateBatch)
    case changeStatus(StatusChangeBatch)
    case recordAccess(AccessRecord)
    case recordCase(CaseDecision)
    case propose(GovernanceProposal)
    case decideProposal(GovernanceVote)
    case reportEquivocation(Evidence)

    /// The tag on the wire and in logs.
    package var tag: Int {
        switch self {
        case .registerSubject: 0
        case .rotateSubjectKey: 1
        case .setSubjectStatus: 2
        case .issueCertificates: 3
        case .changeStatus: 4
        case .recordAccess: 5
        case .recordCase: 6
        case .propose: 7
        case .decideProposal: 8
        case .reportEquivocation: 9
        }
    }

    /// Whether a flood of other transactions must not hold it up (docs/protocol.md [POOL]).
    package var isUrgent: Bool {
        switch self {
        case .changeStatus, .setSubjectStatus, .rotateSubjectKey, .propose, .decideProposal, .reportEquivocation: true
        case .registerSubject, .issueCertificates, .recordAccess, .recordCase: false
        }
    }
}

extension Payload: CanonicalCodable {
    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.appendLength(tag)
        switch self {
        case .registerSubject(let payload): encoder.append(payload)
        case .rotateSubjectKey(let payload): encoder.append(payload)
        case .setSubjectStatus(let payload): encoder.append(payload)
        case .issueCertificates(let payload): encoder.append(payload)
        case .changeStatus(let payload): encoder.append(payload)
        case .recordAccess(let payload): encoder.append(payload)
        case .recordCase(let payload): encoder.append(payload)
        case .propose(let payload): encoder.append(payload)
        case .decideProposal(let payload): encoder.append(payload)
        case .reportEquivocation(let evidence): encoder.append(evidence)
        }
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        switch try decoder.readLength(max: Int(UInt8.max)) {
        case 0: self = .registerSubject(try decoder.read())
        case 1: self = .rotateSubjectKey(try decoder.read())
        case 2: self = .setSubjectStatus(try decoder.read())
        case 3: self = .issueCertificates(try decoder.read())
        case 4: self = .changeStatus(try decoder.read())
        case 5: self = .recordAccess(try decoder.read())
        case 6: self = .recordCase(try decoder.read())
        case 7: self = .propose(try decoder.read())
        case 8: self = .decideProposal(try decoder.read())
        case 9: self = .reportEquivocation(try decoder.read())
        case let other: throw .unknownTag(type: "Payload", found: UInt64(other))
        }
    }
}
