import Credentials
import Hummingbird
import LedgerModel
import Ports
import Primitives

/// Reads of single records: subjects, access heads, matters, certificate types.
extension GatewayCore {
    /// A subject's record, or its proof.
    func subject(_ call: Call) throws(Refusal) -> Response {
        let key = RecordKey.subject(try call.subjectParameter())
        if call.wantsBinary { return try proof(of: key, orElse: .subjectUnknown) }
        let (position, record, moment) = try newest(key, orElse: .subjectUnknown)
        guard case .subject(let subject) = record else { throw .subjectUnknown }
        return Answer.json(
            SubjectReport(
                did: subject.id.description,
                status: subject.status.condition,
                key: subject.key.canonicalBytes,
                attester: catalogue.departments[subject.attester]?.code.text ?? "unknown",
                assurance: subject.assurance.word.rawValue,
                accessHeadSet: subject.accessHeadSet,
                changedAt: subject.changedAt,
                position: position.rawValue,
                asOf: moment
            )
        )
    }

    /// An access head's record, or its proof.
    func accessHead(_ call: Call) throws(Refusal) -> Response {
        let key = RecordKey.accessHead(try call.digestParameter())
        if call.wantsBinary { return try proof(of: key, orElse: .accessHeadUnknown) }
        let (position, record, moment) = try newest(key, orElse: .accessHeadUnknown)
        guard case .accessHead(let head) = record else { throw .accessHeadUnknown }
        return Answer.json(
            AccessHeadReport(
                head: head.id,
                department: catalogue.departments[head.department]?.code.text ?? "unknown",
                count: head.count,
                newestEntry: head.newestEntry,
                changedAt: head.changedAt,
                position: position.rawValue,
                asOf: moment
            )
        )
    }

    /// A matter's newest definition.
    func matter(_ call: Call) throws(Refusal) -> Response {
        guard let summary = try matterSummary(try call.codeParameter()) else { throw .matterUnknown }
        return Answer.json(summary)
    }

    func matters() throws(Refusal) -> Response {
        var matters: [MatterSummary] = []
        for code in catalogue.matterCodes {
            if let summary = try matterSummary(code) { matters.append(summary) }
        }
        return Answer.json(MatterList(matters: matters))
    }

    func certificateTypes() throws(Refusal) -> Response {
        let view = archive.view()
        var types: [CertificateTypeSummary] = []
        for id in catalogue.typeIDs {
            let found = try read { () throws(StoreError) in try view.record(.certificateType(id)) }
            guard case .certificateType(let type)? = found?.record else { continue }
            types.append(
                CertificateTypeSummary(
                    id: type.id.rawValue,
                    code: type.code.text,
                    version: type.version,
                    issuers: type.issuers.map(\.rawValue),
                    definition: Self.definition(type.definition)
                )
            )
        }
        return Answer.json(CertificateTypeList(certificateTypes: types))
    }

    private func matterSummary(_ code: Code) throws(Refusal) -> MatterSummary? {
        let view = archive.view()
        let found = try read { () throws(StoreError) in try view.record(.matter(code)) }
        guard case .matter(let matter)? = found?.record else { return nil }
        return MatterSummary(
            code: matter.code.text,
            version: matter.version,
            department: matter.department.rawValue,
            definition: Self.definition(matter.definition)
        )
    }

    /// The definition as JSON; null for bytes that are none.
    private static func definition(_ bytes: [UInt8]) -> JSONValue {
        do throws(JSONParseError) {
            return try JSONValue(parsing: bytes, byteCountMax: Limits.definitionBytesMax)
        } catch {
            return .null
        }
    }

    /// The record with `key` after the newest block.
    private func newest(
        _ key: RecordKey,
        orElse unknown: Refusal
    ) throws(Refusal) -> (position: Position, record: Record, moment: LedgerMoment) {
        let view = archive.view()
        guard let found = try read({ () throws(StoreError) in try view.record(key) }) else { throw unknown }
        return (found.position, found.record, LedgerMoment(view.header))
    }
}

extension LedgerMoment {
    init(_ header: Header) { self.init(height: header.height, timestamp: header.timestamp) }
}

extension SubjectStatus {
    /// The status's word in JSON.
    var condition: SubjectCondition {
        switch self {
        case .active: .active
        case .suspended: .suspended
        case .deactivated: .deactivated
        }
    }
}

extension AssuranceLevel {
    /// The level's word in JSON.
    var word: AssuranceWord {
        switch self {
        case .selfDeclared: .selfDeclared
        case .document: .document
        case .inPerson: .inPerson
        }
    }
}
