import Consensus
import Credentials
import Cryptography
import Foundation
import LedgerModel
import Primitives

/// A network before it has keys: `Genesis/<network>/` with its departments, services, certificate types and matters.
struct Template {
    struct Department {
        let id: DepartmentID
        let code: Code
        let name: LocalizedText
    }

    struct Service {
        let id: ServiceSystemID
        let code: Code
        let name: LocalizedText
        let department: Code
        let matters: [Code]
    }

    let name: String
    let suite: SuiteName
    let parameters: ParametersRecord
    let departments: [Department]
    let services: [Service]
    let certificateTypes: [CertificateTypeDefinition]
    let matters: [MatterDefinition]

    /// Reads and checks every file of the folder.
    /// - Throws: `CommandError` that names the file and what is wrong in it.
    init(folder: String) throws {
        let network = folder + "/network.yaml"
        (name, suite, parameters) = try Template.read(network, Template.network)
        departments = try Template.readAll(folder + "/departments", Template.department).sorted { $0.id < $1.id }
        services = try Template.readAll(folder + "/services", Template.service).sorted { $0.id < $1.id }
        certificateTypes = try Template.readAll(folder + "/certificate-types") { value in
            try CertificateTypeDefinition(value)
        }.sorted { $0.id < $1.id }
        matters = try Template.readAll(folder + "/matters") { try MatterDefinition($0) }.sorted { $0.code < $1.code }
        let types = Dictionary(certificateTypes.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })
        for matter in matters {
            do {
                try matter.check(against: types)
            } catch {
                throw Template.fault("\(folder)/matters/\(matter.code).yaml", "\(error)")
            }
        }
    }

    private static func readAll<Value>(_ folder: String, _ decode: (JSONValue) throws -> Value) throws -> [Value] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw fault(folder, "找不到文件夹 no such folder")
        }
        return try names.filter { $0.hasSuffix(".yaml") }.sorted().map { try read(folder + "/" + $0, decode) }
    }

    private static func read<Value>(_ path: String, _ decode: (JSONValue) throws -> Value) throws -> Value {
        let value = try YAMLFile.read(path)
        do {
            return try decode(value)
        } catch {
            throw fault(path, "\(error)")
        }
    }

    private static func fault(_ path: String, _ reason: String) -> CommandError {
        CommandError(
            code: "template-invalid",
            chinese: "模板有误：\(path)：\(reason)",
            english: "the template is not valid: \(path): \(reason)"
        )
    }

    private static func network(_ value: JSONValue) throws -> (String, SuiteName, ParametersRecord) {
        var object = try StrictObject(value)
        let name = try object.string("name")
        let suite: SuiteName = try object.word("suite")
        let lifetime = try object.integer("transactionLifetimeSeconds", in: 1...3600)
        var consensus = try object.object("consensus")
        let parameters = ConsensusParameters(
            deltaMilliseconds: UInt32(try consensus.integer("deltaMilliseconds", in: 1...60_000)),
            retentionViews: UInt32(try consensus.integer("retentionViews", in: 16...65_536)),
            heartbeatMilliseconds: UInt32(try consensus.integer("heartbeatMilliseconds", in: 0...86_400_000)),
            clockAheadMilliseconds: UInt32(try consensus.integer("clockAheadMilliseconds", in: 1...3_600_000))
        )
        guard parameters.isWithinLimits else { throw object.refusal("consensus", "heartbeat is 0 or at least 1000") }
        try consensus.finish()
        try object.finish()
        let record = ParametersRecord(
            transactionLifetimeMilliseconds: UInt64(lifetime) * 1000,
            consensus: parameters
        )
        return (name, suite, record)
    }

    private static func department(_ value: JSONValue) throws -> Department {
        var object = try StrictObject(value)
        let department = Department(
            id: DepartmentID(UInt16(try object.integer("id", in: 1...65_535))),
            code: try code("code", in: &object),
            name: try object.localizedText("name")
        )
        try object.finish()
        return department
    }

    private static func service(_ value: JSONValue) throws -> Service {
        var object = try StrictObject(value)
        let service = Service(
            id: ServiceSystemID(UInt16(try object.integer("id", in: 1...65_535))),
            code: try code("code", in: &object),
            name: try object.localizedText("name"),
            department: try code("department", in: &object),
            matters: try object.strings("matters", count: 1...ServiceSystemRecord.mattersMax).map { text in
                guard let code = Code(text) else { throw object.refusal("matters", "\(text) is no code") }
                return code
            }
        )
        try object.finish()
        return service
    }

    private static func code(_ name: String, in object: inout StrictObject) throws -> Code {
        guard let code = Code(try object.string(name)) else { throw object.refusal(name, "a-z, 0-9 and -") }
        return code
    }
}

extension StrictObject {
    /// A text in both languages: `{zh, en}`.
    fileprivate mutating func localizedText(_ name: String) throws -> LocalizedText {
        var object = try object(name)
        let text = LocalizedText(chinese: try object.string("zh"), english: try object.string("en"))
        try object.finish()
        return text
    }
}
