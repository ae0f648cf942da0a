import Consensus
import Credentials
import Cryptography
import Execution
import LedgerModel
import Primitives

/// Joins a template with the public keys of its departments and services into the file that everyone pins.
struct GenesisSealer {
    let template: Template
    let descriptors: [Descriptor]
    /// Public keys of the service systems, by code.
    let serviceKeys: [Code: PublicKey]

    /// - Throws: `CommandError` when a department has no descriptor, a code is unknown, or the result cannot begin a ledger.
    func seal(at timestamp: Timestamp) throws -> Genesis {
        let byCode = Dictionary(descriptors.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })
        let ids = Dictionary(
            template.departments.map { ($0.code, $0.id) },
            uniquingKeysWith: { first, _ in first }
        )
        for descriptor in descriptors where ids[descriptor.code] == nil {
            throw fault("模板没有部门 \(descriptor.code)", "the template has no department \(descriptor.code)")
        }
        var records: [Record] = []
        for department in template.departments {
            guard let keys = byCode[department.code] else {
                throw fault("缺少 \(department.code) 的节点描述", "the descriptor of \(department.code) is missing")
            }
            records.append(
                .department(
                    DepartmentRecord(
                        id: department.id,
                        code: department.code,
                        name: department.name.chinese,
                        englishName: department.name.english,
                        transactionKey: keys.transactionKey,
                        credentialKey: keys.credentialKey,
                        sealingKey: keys.sealingKey
                    )
                )
            )
        }
        records += try services(ids)
        guard
            let set = ValidatorSet(
                epoch: .zero,
                keys: template.departments.compactMap { byCode[$0.code]?.votingKey }
            )
        else {
            throw fault("验证节点须为 4 至 31 个且密钥各不相同", "there must be 4 to 31 validators with different keys")
        }
        records.append(.validatorSet(ValidatorSetRecord(set: set, departments: template.departments.map(\.id))))
        records.append(.parameters(template.parameters))
        records += try certificateTypes(ids)
        records += try matters(ids)
        let genesis = Genesis(
            name: template.name,
            suite: template.suite == .guomi ? .guomi : .international,
            timestamp: timestamp,
            records: records
        )
        do {
            _ = try Executor.genesisBlock(genesis, suite: template.suite.suite)
        } catch {
            throw fault("创世文件不成立：\(error)", "this cannot begin a ledger: \(error)")
        }
        return genesis
    }

    private func services(_ ids: [Code: DepartmentID]) throws -> [Record] {
        try template.services.map { service in
            guard let key = serviceKeys[service.code] else {
                throw fault("缺少业务系统 \(service.code) 的公钥", "the key of service \(service.code) is missing")
            }
            return .serviceSystem(
                ServiceSystemRecord(
                    id: service.id,
                    code: service.code,
                    name: service.name.chinese,
                    englishName: service.name.english,
                    department: try id(of: service.department, in: ids),
                    key: key,
                    matters: service.matters
                )
            )
        }
    }

    private func certificateTypes(_ ids: [Code: DepartmentID]) throws -> [Record] {
        try template.certificateTypes.map { type in
            .certificateType(
                CertificateTypeRecord(
                    id: CertificateTypeID(type.id),
                    code: try code(type.code),
                    version: type.version,
                    issuers: try type.issuers.map { try id(of: try code($0), in: ids) },
                    definition: type.canonicalJSON
                )
            )
        }
    }

    private func matters(_ ids: [Code: DepartmentID]) throws -> [Record] {
        try template.matters.map { matter in
            .matter(
                MatterRecord(
                    code: try code(matter.code),
                    version: matter.version,
                    department: try id(of: try code(matter.department), in: ids),
                    definition: matter.canonicalJSON
                )
            )
        }
    }

    private func id(of code: Code, in ids: [Code: DepartmentID]) throws -> DepartmentID {
        guard let id = ids[code] else { throw fault("没有部门 \(code)", "there is no department \(code)") }
        return id
    }

    private func code(_ text: String) throws -> Code {
        guard let code = Code(text) else { throw fault("代码有误：\(text)", "\(text) is no code") }
        return code
    }

    private func fault(_ chinese: String, _ english: String) -> CommandError {
        CommandError(code: "genesis-invalid", chinese: "\(chinese)。", english: english)
    }
}
