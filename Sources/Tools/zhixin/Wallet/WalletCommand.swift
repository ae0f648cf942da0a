import ArgumentParser
import Credentials
import Cryptography
import LedgerModel
import Primitives
import ZhixinClient
import ZhixinVerify

/// The citizen's own side: a folder and a process that no node ever reads.
struct WalletCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wallet",
        abstract: "市民钱包。The citizen's wallet.",
        subcommands: [WalletInitialise.self, WalletShow.self, WalletAuthorise.self]
    )
}

/// The wallet that a command opens.
struct WalletOption: ParsableArguments {
    @Option(name: .long, help: "钱包文件夹。The wallet's folder.")
    var wallet = "wallet"

    var folder: WalletFolder { WalletFolder(path: wallet) }
}

/// Makes a wallet with a new seed and key.
struct WalletInitialise: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "新建钱包。Make a wallet."
    )

    @Option(name: .long, help: "要新建的文件夹。The folder to make.")
    var out: String

    @OptionGroup var genesis: GenesisOption

    @Option(name: .long, help: "证件号码；也可在首次授权时给出。Your citizen id or social credit code; can be given later.")
    var identifier: String?

    @OptionGroup var output: Output

    func run() async throws {
        try await output.serve {
            let identifier = try identifier.map { try TypedIdentifier($0).text }
            let wallet = try WalletFolder(path: out).create(genesis: genesis.genesis, identifier: identifier)
            output.show(
                .of([
                    ("wallet", .string(out)), ("did", .string(wallet.profile.did)),
                    ("network", .string(wallet.network.digest.description)),
                ]),
                words: [
                    "钱包已建立：\(out)（请备份 seed.key，切勿给任何人）",
                    "wallet made; back up seed.key and show it to nobody",
                    "  \(wallet.profile.did)",
                    "  网络 network \(wallet.network.genesis.name) \(wallet.network.digest)",
                    "下一步 next: zhixin wallet show --wallet \(out) --registration > request.json",
                ]
            )
        }
    }
}

/// Shows the pseudonym, its state on the ledger, or what a clerk needs to register it.
struct WalletShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "显示主体标识与状态，或登记申请。Show the DID and its status, or the registration request."
    )

    @OptionGroup var wallet: WalletOption

    @Flag(name: .long, help: "输出给办事员的登记申请。Print the registration request for the clerk.")
    var registration = false

    @Option(name: .long, help: "向此节点查询链上状态（附证明）。Ask this node for the proven status.")
    var node: String?

    @Option(name: .long, help: "节点证书文件或其 SHA-256。The node's certificate or its digest.")
    var certificate: String?

    @OptionGroup var output: Output

    func run() async throws {
        try await output.serve {
            let wallet = try wallet.folder.read()
            if registration {
                let request = try WalletRegistration(
                    keys: wallet.keys,
                    transaction: wallet.profile.registration,
                    salt: wallet.profile.salt
                )
                print(request.json.compactText)
                return
            }
            var members: [(String, JSONValue)] = [
                ("did", .string(wallet.profile.did)),
                ("key", .string(wallet.keys.subjectKey.publicKey.description)),
                ("accessHeadSet", .string(try wallet.keys.headSetRoot().description)),
                ("uses", .integer(Int64(try wallet.folder.readUses().count))),
            ]
            var lines = [
                wallet.profile.did,
                "  密钥 key \(wallet.keys.subjectKey.publicKey)",
                "  证件号码 identifier \(wallet.profile.identifier == nil ? "未填写 not known" : "已保存 kept")",
            ]
            if let node {
                let proven = try await wallet.network.withClient(
                    try NodeAddress(node),
                    pin: try CertificatePin.named(certificate)
                ) { try await $0.subject(wallet.keys.subject) }
                members.append(("status", proven.map { .string("\($0.record.status)") } ?? .null))
                if let proven { members.append(("height", .number(proven.asOf.header.height.rawValue))) }
                lines += Self.lines(proven)
            }
            output.show(.of(members), words: lines)
        }
    }

    private static func lines(_ proven: ProvenRecord<SubjectRecord>?) -> [String] {
        guard let proven else { return ["  尚未登记 not registered"] }
        return [
            "  状态 status \(proven.record.status)，认证等级 assurance \(proven.record.assurance)，"
                + "认证部门 attested by department \(proven.record.attester)",
            "  已验证 verified as of block \(proven.asOf.header.height)，\(TimeText.words(proven.asOf.header.timestamp))",
        ]
    }
}
