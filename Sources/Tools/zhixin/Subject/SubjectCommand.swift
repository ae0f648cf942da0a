import ArgumentParser
import Credentials
import Foundation
import LedgerModel
import Primitives
import ZhixinClient
import ZhixinVerify

/// Attested people and organisations.
struct SubjectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subject",
        abstract: "主体：登记、查询、暂停。Register, show and suspend subjects.",
        subcommands: [
            SubjectRegister.self, SubjectShow.self, SubjectRotateKey.self, SubjectSuspend.self, SubjectResume.self,
            SubjectDeactivate.self,
        ]
    )
}

/// Registers a person whom the clerk has checked.
struct SubjectRegister: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register",
        abstract: "登记已核验身份的主体。Register a checked person's wallet."
    )

    @Option(name: .long, help: "zhixin wallet show --registration 的输出。The wallet's registration request.")
    var request: String

    @Option(name: .long, help: "核验过的证件号码。The checked citizen id or social credit code.")
    var identifier: String

    @Option(name: .long, help: "姓名或名称。The person's name.")
    var name: String?

    @Option(name: .long, help: "认证等级：inPerson、document、selfDeclared。How the person was checked.")
    var assurance = AssuranceWord.inPerson

    @OptionGroup var clerk: ClerkOptions
    @OptionGroup var output: Output

    func run() async throws {
        try await output.serve {
            let identifier = try TypedIdentifier(identifier)
            let registration = try read()
            try await clerk.connect { session in
                guard registration.network == session.network.digest else {
                    throw CommandError(
                        code: "other-network",
                        chinese: "登记申请属于另一个网络",
                        english: "the registration request is of another network"
                    )
                }
                guard registration.isSound(suite: session.network.suite) else {
                    throw CommandError(
                        code: "registration-unsound",
                        chinese: "登记申请的签名不成立，请在钱包上重新生成",
                        english: "the request's signature does not hold; let the wallet make it again"
                    )
                }
                let response = try await session.client.registerSubject(
                    registration.request(
                        identifier: identifier.text,
                        kind: identifier.kind,
                        name: name,
                        assurance: assurance
                    ),
                    signer: session.signer
                )
                output.show(
                    response.json,
                    words: [
                        "已登记：\(response.did)（第 \(response.height) 块）",
                        "registered in block \(response.height)",
                    ]
                )
            }
        }
    }

    private func read() throws -> WalletRegistration {
        guard let data = FileManager.default.contents(atPath: request) else {
            throw CommandError.file(request, "找不到 not found")
        }
        do throws(ExchangeError) {
            return try WalletRegistration(parsing: Array(data), byteCountMax: 65_536)
        } catch {
            throw CommandError.file(request, "不是登记申请 no registration request")
        }
    }
}

extension AssuranceWord: ExpressibleByArgument {}

/// Shows a subject's proven record.
struct SubjectShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "查询主体（附证明）。Show a subject's proven record."
    )

    @Argument(help: "主体标识 The subject: did:zhixin:…")
    var did: String

    @OptionGroup var node: NodeOptions
    @OptionGroup var genesis: GenesisOption
    @OptionGroup var output: Output

    func run() async throws {
        try await output.serve {
            let id = try SubjectID.typed(did)
            let network = try genesis.pinned()
            let pin = try CertificatePin.named(node.certificate)
            let proven = try await network.withClient(try NodeAddress(node.node), pin: pin) { try await $0.subject(id) }
            guard let proven else {
                throw CommandError(
                    code: "subject-unknown",
                    chinese: "节点称账本上没有 \(did)",
                    english: "the node says that the ledger has no \(did)"
                )
            }
            let record = proven.record
            let attester = network.catalogue.department(record.attester)
            output.show(
                .of([
                    ("did", .string(did)), ("status", .string("\(record.status)")),
                    ("assurance", .string("\(record.assurance)")),
                    ("attester", .string(attester?.code.text ?? "\(record.attester)")),
                    ("key", .string(record.key.description)), ("changedAt", .number(record.changedAt.rawValue)),
                    ("height", .number(proven.asOf.header.height.rawValue)),
                    ("timestamp", .number(proven.asOf.header.timestamp.milliseconds)),
                ]),
                words: [
                    did,
                    "  状态 status \(record.status)，认证等级 assurance \(record.assurance)",
                    "  认证部门 attested by \(attester.map { "\($0.name) \($0.englishName)" } ?? "\(record.attester)")",
                    "  已验证 verified as of block \(proven.asOf.header.height)，"
                        + TimeText.words(proven.asOf.header.timestamp),
                ]
            )
        }
    }
}

extension SubjectID {
    static func typed(_ did: String) throws -> SubjectID {
        guard let id = SubjectID(did: did) else {
            throw CommandError(code: "did-malformed", chinese: "不是主体标识：\(did)", english: "\(did) is no DID of Zhixin")
        }
        return id
    }
}
