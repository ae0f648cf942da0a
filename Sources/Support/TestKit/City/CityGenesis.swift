package import Consensus
import Credentials
package import Execution
package import LedgerModel
package import Primitives

/// The ledger that the templates under `Genesis/chancheng` begin, with keys that follow from a seed.
package struct CityGenesis: Sendable {
    package static let folder = "Genesis/chancheng"
    /// The time of the genesis block: 2025-11-21T04:00:00Z, noon in China.
    package static let start = Timestamp(seconds: 1_763_697_600)

    package let signatures: FakeSignatures
    package let suite: Suite
    package let validators: ValidatorSet
    package let genesis: Genesis
    package let block: ExecutedBlock
    /// Departments by their codes.
    package let departments: [String: DepartmentID]
    /// Service systems by their codes.
    package let services: [String: ServiceSystemID]

    /// - Parameters:
    ///   - matters: Files of further matters, each asked for by the service system that is named with it.
    package init(
        seed: UInt64 = 1,
        digestFunction: any DigestFunction = FastDigest(),
        furtherMatters matters: [(file: String, service: String)] = []
    ) throws {
        let signatures = FakeSignatures(seed: seed)
        let keys = (0..<UInt64(4)).map { signatures.signer($0).publicKey }
        guard let validators = ValidatorSet(epoch: .zero, keys: keys) else {
            preconditionFailure("four validators are a set")
        }
        self.signatures = signatures
        self.validators = validators
        suite = Suite(digestFunction: digestFunction, verifier: signatures)
        var reader = RecordReader(signatures: signatures)
        try reader.read(furtherMatters: matters)
        departments = reader.departments
        services = reader.services
        let set = ValidatorSetRecord(set: validators, departments: (1...4).map { DepartmentID($0) })
        let parameters = ParametersRecord(transactionLifetimeMilliseconds: 600_000, consensus: .initial)
        genesis = Genesis(
            name: "city \(seed)",
            suite: .international,
            timestamp: CityGenesis.start,
            records: reader.records + [.validatorSet(set), .parameters(parameters)]
        )
        block = try Executor.genesisBlock(genesis, suite: suite)
    }

    package var network: Digest { block.header.network }

    package func transactionSigner(_ id: DepartmentID) -> FakeSigner { signatures.signer(100 + UInt64(id.rawValue)) }
    package func credentialSigner(_ id: DepartmentID) -> FakeSigner { signatures.signer(200 + UInt64(id.rawValue)) }
    package func sealing(_ id: DepartmentID) -> FakeSealing { FakeSealing(seed: UInt64(id.rawValue)) }
}

/// Makes records of the templates.
private struct RecordReader {
    let signatures: FakeSignatures
    var records: [Record] = []
    var departments: [String: DepartmentID] = [:]
    var services: [String: ServiceSystemID] = [:]

    init(signatures: FakeSignatures) { self.signatures = signatures }

    mutating func read(furtherMatters: [(file: String, service: String)]) throws {
        try readDepartments()
        try readTypes()
        let files = try TemplateReader.files(in: "\(CityGenesis.folder)/matters") + furtherMatters.map(\.file)
        var further: [String: [String]] = [:]
        for file in files {
            let definition = try MatterDefinition(TemplateReader.read(file))
            for (named, service) in furtherMatters where named == file {
                further[service, default: []].append(definition.code)
            }
            records.append(
                .matter(
                    MatterRecord(
                        code: try code(definition.code),
                        version: definition.version,
                        department: try department(definition.department),
                        definition: definition.canonicalJSON
                    )
                )
            )
        }
        try readServices(further)
    }

    private mutating func readDepartments() throws {
        for file in try TemplateReader.files(in: "\(CityGenesis.folder)/departments") {
            var object = try StrictObject(TemplateReader.read(file))
            let id = DepartmentID(UInt16(try object.integer("id", in: 1...65_535)))
            let name = try object.string("code")
            departments[name] = id
            records.append(
                .department(
                    DepartmentRecord(
                        id: id,
                        code: try code(name),
                        name: name,
                        englishName: name,
                        transactionKey: signatures.signer(100 + UInt64(id.rawValue)).publicKey,
                        credentialKey: signatures.signer(200 + UInt64(id.rawValue)).publicKey,
                        sealingKey: FakeSealing(seed: UInt64(id.rawValue)).publicKey
                    )
                )
            )
        }
    }

    private mutating func readTypes() throws {
        for file in try TemplateReader.files(in: "\(CityGenesis.folder)/certificate-types") {
            let definition = try CertificateTypeDefinition(TemplateReader.read(file))
            records.append(
                .certificateType(
                    CertificateTypeRecord(
                        id: CertificateTypeID(definition.id),
                        code: try code(definition.code),
                        version: definition.version,
                        issuers: try definition.issuers.map { try department($0) },
                        definition: definition.canonicalJSON
                    )
                )
            )
        }
    }

    private mutating func readServices(_ further: [String: [String]]) throws {
        for file in try TemplateReader.files(in: "\(CityGenesis.folder)/services") {
            var object = try StrictObject(TemplateReader.read(file))
            let id = ServiceSystemID(UInt16(try object.integer("id", in: 1...65_535)))
            let name = try object.string("code")
            services[name] = id
            let matters = try object.strings("matters", count: 0...64) + (further[name] ?? [])
            records.append(
                .serviceSystem(
                    ServiceSystemRecord(
                        id: id,
                        code: try code(name),
                        name: name,
                        englishName: name,
                        department: try department(try object.string("department")),
                        key: signatures.signer(300 + UInt64(id.rawValue)).publicKey,
                        matters: try matters.map { try code($0) }
                    )
                )
            )
        }
    }

    private func department(_ name: String) throws -> DepartmentID {
        guard let id = departments[name] else { throw TemplateFault.unknownDepartment(name) }
        return id
    }

    private func code(_ text: String) throws -> Code {
        guard let code = Code(text) else { throw TemplateFault.noCode(text) }
        return code
    }

    private enum TemplateFault: Error {
        case unknownDepartment(String)
        case noCode(String)
    }
}
