package import Credentials
package import LedgerModel
import Primitives

/// Who and what the ledger began with: departments, service systems, certificate types and matters of the pinned genesis.
///
/// No transaction changes them in this epoch, so they need no proof beyond the genesis file's digest.
package struct LedgerCatalogue: Sendable {
    /// By number.
    package let departments: [DepartmentRecord]
    package let services: [ServiceSystemRecord]
    package let certificateTypes: [CertificateTypeRecord]
    /// By code.
    package let matters: [MatterRecord]
    /// How far ahead a transaction's expiry may lie.
    package let transactionLifetimeMilliseconds: UInt64

    package init(_ genesis: Genesis) {
        var departments: [DepartmentRecord] = []
        var services: [ServiceSystemRecord] = []
        var certificateTypes: [CertificateTypeRecord] = []
        var matters: [MatterRecord] = []
        for record in genesis.records {
            switch record {
            case .department(let department): departments.append(department)
            case .serviceSystem(let service): services.append(service)
            case .certificateType(let type): certificateTypes.append(type)
            case .matter(let matter): matters.append(matter)
            default: break
            }
        }
        self.departments = departments.sorted { $0.id < $1.id }
        self.services = services.sorted { $0.id < $1.id }
        self.certificateTypes = certificateTypes.sorted { $0.id < $1.id }
        self.matters = matters.sorted { $0.code.text < $1.code.text }
        transactionLifetimeMilliseconds = genesis.parameters?.transactionLifetimeMilliseconds ?? 60_000
    }

    package func department(_ id: DepartmentID) -> DepartmentRecord? { departments.first { $0.id == id } }
    package func department(code: String) -> DepartmentRecord? { departments.first { $0.code.text == code } }
    package func service(_ id: ServiceSystemID) -> ServiceSystemRecord? { services.first { $0.id == id } }
    package func certificateType(_ id: CertificateTypeID) -> CertificateTypeRecord? {
        certificateTypes.first { $0.id == id }
    }
    package func certificateType(code: String) -> CertificateTypeRecord? {
        certificateTypes.first { $0.code.text == code }
    }
    package func matter(code: String) -> MatterRecord? { matters.first { $0.code.text == code } }
}

extension CertificateTypeRecord {
    /// What certificates of the type contain.
    ///
    /// - Throws: `DefinitionError` for a definition that this version does not understand.
    package func decodedDefinition() throws(DefinitionError) -> CertificateTypeDefinition {
        try CertificateTypeDefinition(json: definition)
    }
}

extension MatterRecord {
    /// What the matter needs and gives.
    ///
    /// - Throws: `DefinitionError` for a definition that this version does not understand.
    package func decodedDefinition() throws(DefinitionError) -> MatterDefinition {
        try MatterDefinition(json: definition)
    }
}
