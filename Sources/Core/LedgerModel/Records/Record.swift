package import Primitives

/// One leaf of the register: a fact that the ledger vouches for at this height.
///
/// The leaf's bytes are the BCS of this enum; its hash is the RFC 6962 leaf hash of those bytes. `docs/formats.md` gives
/// the tags; a tag is never reused.
package enum Record: Hashable, Sendable {
    case network(NetworkRecord)
    case department(DepartmentRecord)
    case serviceSystem(ServiceSystemRecord)
    case validatorSet(ValidatorSetRecord)
    case parameters(ParametersRecord)
    case certificateType(CertificateTypeRecord)
    case matter(MatterRecord)
    case subject(SubjectRecord)
    case accessHead(AccessHeadRecord)
    case certificate(CertificateRecord)
    case serviceCase(CaseRecord)
    case proposal(ProposalRecord)
    case equivocation(EquivocationRecord)

    /// Under which key the record is found.
    package var key: RecordKey {
        switch self {
        case .network: .network
        case .department(let record): .department(record.id)
        case .serviceSystem(let record): .serviceSystem(record.id)
        case .validatorSet: .validatorSet
        case .parameters: .parameters
        case .certificateType(let record): .certificateType(record.id)
        case .matter(let record): .matter(record.code)
        case .subject(let record): .subject(record.id)
        case .accessHead(let record): .accessHead(record.id)
        case .certificate(let record): .certificate(record.commitment)
        case .serviceCase(let record): .serviceCase(record.id)
        case .proposal(let record): .proposal(record.id)
        case .equivocation(let record): .equivocation(epoch: record.epoch, validator: record.validator)
        }
    }
}

extension Record: CanonicalCodable {
    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(key.kind.rawValue)
        switch self {
        case .network(let record): encoder.append(record)
        case .department(let record): encoder.append(record)
        case .serviceSystem(let record): encoder.append(record)
        case .validatorSet(let record): encoder.append(record)
        case .parameters(let record): encoder.append(record)
        case .certificateType(let record): encoder.append(record)
        case .matter(let record): encoder.append(record)
        case .subject(let record): encoder.append(record)
        case .accessHead(let record): encoder.append(record)
        case .certificate(let record): encoder.append(record)
        case .serviceCase(let record): encoder.append(record)
        case .proposal(let record): encoder.append(record)
        case .equivocation(let record): encoder.append(record)
        }
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        let tag = try decoder.readUInt8()
        guard let kind = RecordKind(rawValue: tag) else { throw .unknownTag(type: "Record", found: UInt64(tag)) }
        switch kind {
        case .network: self = .network(try decoder.read())
        case .department: self = .department(try decoder.read())
        case .serviceSystem: self = .serviceSystem(try decoder.read())
        case .validatorSet: self = .validatorSet(try decoder.read())
        case .parameters: self = .parameters(try decoder.read())
        case .certificateType: self = .certificateType(try decoder.read())
        case .matter: self = .matter(try decoder.read())
        case .subject: self = .subject(try decoder.read())
        case .accessHead: self = .accessHead(try decoder.read())
        case .certificate: self = .certificate(try decoder.read())
        case .serviceCase: self = .serviceCase(try decoder.read())
        case .proposal: self = .proposal(try decoder.read())
        case .equivocation: self = .equivocation(try decoder.read())
        }
    }
}
