package import Credentials
package import LedgerModel
package import Ports
package import Primitives

/// A certificate type as the ledger holds it, with its definition read.
package struct CatalogueType: Hashable, Sendable {
    package let record: CertificateTypeRecord
    package let definition: CertificateTypeDefinition
}

/// A matter as the ledger holds it, with its definition read.
package struct CatalogueMatter: Hashable, Sendable {
    package let record: MatterRecord
    package let definition: MatterDefinition
    /// The digest by which receipts name this version.
    package let digest: Digest
}

/// The institutions and rules of the ledger, read once: they stand in genesis and no transaction changes them.
package struct Catalogue: Sendable {
    package private(set) var departments: [DepartmentID: DepartmentRecord] = [:]
    package private(set) var services: [ServiceSystemID: ServiceSystemRecord] = [:]
    package private(set) var types: [CertificateTypeID: CatalogueType] = [:]
    package private(set) var matters: [Code: CatalogueMatter] = [:]
    /// Codes of types and matters whose definitions cannot be read. They count as unknown: a node that does not understand
    /// a rule must not act on it.
    package private(set) var unreadable: [String] = []
    /// How far in the future a transaction's expiry may lie.
    package let transactionLifetimeMilliseconds: UInt64
    private var typesByCode: [String: CertificateTypeID] = [:]

    /// Reads what genesis put into the register.
    ///
    /// - Throws: `StoreError`; `.corrupt` when there are no parameters.
    package init(view: any LedgerView, digestFunction: any DigestFunction) throws(StoreError) {
        guard let genesis = try view.header(at: .genesis) else { throw .corrupt(reason: "no genesis header") }
        guard case .parameters(let parameters)? = try view.record(.parameters)?.record else {
            throw .corrupt(reason: "the register holds no parameters")
        }
        transactionLifetimeMilliseconds = parameters.transactionLifetimeMilliseconds
        for record in try view.records(from: Position(0), countMax: Int(clamping: genesis.registerSize)) {
            add(record, digestFunction: digestFunction)
        }
    }

    private mutating func add(_ record: Record, digestFunction: any DigestFunction) {
        switch record {
        case .department(let record): departments[record.id] = record
        case .serviceSystem(let record): services[record.id] = record
        case .certificateType(let record):
            do throws(DefinitionError) {
                let definition = try CertificateTypeDefinition(json: record.definition)
                types[record.id] = CatalogueType(record: record, definition: definition)
                typesByCode[record.code.text] = record.id
            } catch {
                unreadable.append(record.code.text)
            }
        case .matter(let record):
            do throws(DefinitionError) {
                let definition = try MatterDefinition(json: record.definition)
                let digest = definition.digest(digestFunction)
                matters[record.code] = CatalogueMatter(record: record, definition: definition, digest: digest)
            } catch {
                unreadable.append(record.code.text)
            }
        case .network, .validatorSet, .parameters, .subject, .accessHead, .certificate, .serviceCase, .proposal,
            .equivocation:
            break
        }
    }

    /// The type with this code, or nil.
    package func type(code: String) -> CatalogueType? { typesByCode[code].flatMap { types[$0] } }
}
