import Consensus
package import Primitives

/// One thing that the departments decide together (治理). The order of the cases is their tag on the wire.
package enum GovernanceChange: Hashable, Sendable {
    /// A new department, or other names and keys of one that keeps its code.
    case setDepartment(DepartmentRecord)
    /// A new service system, or other names, keys and matters of one that keeps its code and department.
    case setServiceSystem(ServiceSystemRecord)
    /// A new certificate type, or a newer version of one that keeps its code: other issuers, another definition.
    case setCertificateType(CertificateTypeRecord)
    /// A new matter, or a newer version of one.
    case setMatter(MatterRecord)
    /// Other parameters. The epoch ends with it, so that all validators change their timers at one place.
    case setParameters(ParametersRecord)
    /// A department that has no validator gets one. The epoch ends with it.
    case addValidator(department: DepartmentID, key: PublicKey)
    /// A department's validator leaves. The epoch ends with it.
    case removeValidator(department: DepartmentID)
    /// A department's validator votes with another key. The epoch ends with it.
    case replaceValidatorKey(department: DepartmentID, key: PublicKey)

    /// The tag on the wire.
    package var tag: Int {
        switch self {
        case .setDepartment: 0
        case .setServiceSystem: 1
        case .setCertificateType: 2
        case .setMatter: 3
        case .setParameters: 4
        case .addValidator: 5
        case .removeValidator: 6
        case .replaceValidatorKey: 7
        }
    }

    /// Whether the block that carries it out is the last of its epoch.
    package var endsEpoch: Bool {
        switch self {
        case .setParameters, .addValidator, .removeValidator, .replaceValidatorKey: true
        case .setDepartment, .setServiceSystem, .setCertificateType, .setMatter: false
        }
    }
}

extension GovernanceChange: CanonicalCodable {
    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.appendLength(tag)
        switch self {
        case .setDepartment(let record): encoder.append(record)
        case .setServiceSystem(let record): encoder.append(record)
        case .setCertificateType(let record): encoder.append(record)
        case .setMatter(let record): encoder.append(record)
        case .setParameters(let record): encoder.append(record)
        case .removeValidator(let department): encoder.append(department)
        case .addValidator(let department, let key), .replaceValidatorKey(let department, let key):
            encoder.append(department)
            encoder.append(key)
        }
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        switch try decoder.readLength(max: Int(UInt8.max)) {
        case 0: self = .setDepartment(try decoder.read())
        case 1: self = .setServiceSystem(try decoder.read())
        case 2: self = .setCertificateType(try decoder.read())
        case 3: self = .setMatter(try decoder.read())
        case 4: self = .setParameters(try decoder.read())
        case 5: self = .addValidator(department: try decoder.read(), key: try decoder.read())
        case 6: self = .removeValidator(department: try decoder.read())
        case 7: self = .replaceValidatorKey(department: try decoder.read(), key: try decoder.read())
        case let other: throw .unknownTag(type: "GovernanceChange", found: UInt64(other))
        }
    }
}

/// A department proposes changes that are made together or not at all (提案). To propose is to approve.
package struct GovernanceProposal: Hashable, Sendable, CanonicalCodable {
    /// Changes in one proposal.
    package static let changesMax = 16
    /// Canonical bytes of all changes of one proposal: they stay in the register.
    package static let changesBytesMax = 64 * 1024
    /// How long a proposal may stay open, in milliseconds: 90 days.
    package static let openMillisecondsMax: UInt64 = 90 * 86_400_000

    /// 1 to 16, in the order in which they are made.
    package let changes: [GovernanceChange]
    /// No block later than this counts an approval; at most 90 days after the block that takes the proposal in.
    package let closesAt: Timestamp

    package init(changes: [GovernanceChange], closesAt: Timestamp) {
        self.changes = changes
        self.closesAt = closesAt
    }

    /// The name of the proposal that `author` makes in transaction `id`.
    package static func identifier(author: DepartmentID, id: TransactionID, suite: Suite) -> Digest {
        var encoder = CanonicalEncoder()
        encoder.append(author)
        encoder.append(id)
        return suite.digestFunction.digest(Domain.proposal.frame(raw: encoder.bytes))
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(list: changes)
        encoder.append(closesAt)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        changes = try decoder.readList(countMax: GovernanceProposal.changesMax)
        closesAt = try decoder.read()
    }
}

/// A department's word on an open proposal. The word that makes more than two thirds carries the proposal out.
package struct GovernanceVote: Hashable, Sendable, CanonicalCodable {
    package let proposal: Digest
    package let word: GovernanceWord

    package init(proposal: Digest, word: GovernanceWord) {
        self.proposal = proposal
        self.word = word
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(proposal)
        encoder.append(word)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        proposal = try decoder.read()
        word = try decoder.read()
    }
}

/// What a department says of a proposal. The raw value is the tag on the wire.
package enum GovernanceWord: UInt8, Sendable, CaseIterable, CanonicalCodable {
    case approve = 0
    /// The proposer takes it back, for ever.
    case withdraw = 1
}
