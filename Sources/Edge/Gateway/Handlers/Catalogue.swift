import Consensus
import Credentials
import LedgerModel
import Primitives

/// What genesis names: departments, certificate types and matters, with the texts that answers carry.
///
/// The names stand for the whole life of the network; the newest version of a definition is read from the ledger.
struct Catalogue: Sendable {
    let departments: [DepartmentID: DepartmentRecord]
    let types: [CertificateTypeID: CertificateTypeRecord]
    /// By number.
    let typeIDs: [CertificateTypeID]
    /// In the order of their text.
    let matterCodes: [Code]
    let validators: ValidatorSetRecord?
    let departmentList: DepartmentList
    /// The members of a certificate's status that follow from its type and issuer, as JSON bytes.
    private let labels: [Label: [UInt8]]

    private struct Label: Hashable {
        let type: CertificateTypeID
        let issuer: DepartmentID
    }

    init(genesis: Genesis) {
        var departments: [DepartmentID: DepartmentRecord] = [:]
        var types: [CertificateTypeID: CertificateTypeRecord] = [:]
        var matterCodes: [Code] = []
        for record in genesis.records {
            switch record {
            case .department(let department): departments[department.id] = department
            case .certificateType(let type): types[type.id] = type
            case .matter(let matter): matterCodes.append(matter.code)
            default: break
            }
        }
        self.departments = departments
        self.types = types
        self.matterCodes = matterCodes.sorted { $0.text < $1.text }
        typeIDs = types.keys.sorted()
        validators = genesis.validatorSet
        departmentList = DepartmentList(
            departments: departments.values.sorted { $0.id < $1.id }.map(DepartmentSummary.init)
        )
        var labels: [Label: [UInt8]] = [:]
        for type in types.values {
            for issuer in type.issuers {
                labels[Label(type: type.id, issuer: issuer)] = Self.label(type: type, issuer: departments[issuer])
            }
        }
        self.labels = labels
    }

    /// The members `type` to `issuerEnglishName` of a certificate's status, each with the comma after it.
    func label(type: CertificateTypeID, issuer: DepartmentID) -> [UInt8] {
        labels[Label(type: type, issuer: issuer)] ?? Self.label(type: types[type], issuer: departments[issuer])
    }

    private static func label(type: CertificateTypeRecord?, issuer: DepartmentRecord?) -> [UInt8] {
        let name = type.flatMap(definedName)
        let code = type?.code.text ?? "unknown"
        let members: JSONValue = [
            "type": .string(code),
            "typeName": .string(name?.chinese ?? code),
            "typeEnglishName": .string(name?.english ?? code),
            "issuer": .string(issuer?.code.text ?? "unknown"),
            "issuerName": .string(issuer?.name ?? "unknown"),
            "issuerEnglishName": .string(issuer?.englishName ?? "unknown"),
        ]
        return members.compactBytes.dropFirst().dropLast() + [UInt8(ascii: ",")]
    }

    /// The name in a type's definition, or nil for a definition of another form.
    private static func definedName(_ type: CertificateTypeRecord) -> LocalizedText? {
        do throws(DefinitionError) {
            return try CertificateTypeDefinition(json: type.definition).name
        } catch {
            return nil
        }
    }
}

extension DepartmentSummary {
    init(_ record: DepartmentRecord) {
        self.init(
            id: record.id.rawValue,
            code: record.code.text,
            name: record.name,
            englishName: record.englishName
        )
    }
}
