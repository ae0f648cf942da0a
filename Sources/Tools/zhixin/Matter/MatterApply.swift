import ArgumentParser
import Credentials
import Cryptography
import Foundation
import LedgerModel
import Primitives
import ZhixinClient

/// The service system's side: opens a case, shows where the subject authorises it, and waits for the decision.
struct MatterApply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "以业务系统身份发起办件。Open a case as a service system."
    )

    @OptionGroup var node: NodeOptions

    @Option(name: .long, help: "业务系统密钥文件。The service system's key file.")
    var serviceKey: String

    @Option(name: .long, help: "业务系统编号或代码。The service system's number or code.")
    var service: String

    @Option(name: .long, help: "事项代码。The matter's code.")
    var matter: String

    @Option(name: .long, help: "本系统自己的编号，不给别人看。Your own reference.")
    var reference: String?

    @Option(name: .long, help: "把授权请求写入此文件，供钱包读取。Write the request to this file for the wallet.")
    var out: String?

    @Flag(name: .long, help: "等待决定。Wait for the decision.")
    var wait = false

    @Option(name: .long, help: "最多等待的秒数。Seconds to wait at most.")
    var seconds = 300

    @OptionGroup var genesis: GenesisOption
    @OptionGroup var output: Output

    func run() async throws {
        try await output.serve {
            let network = try genesis.pinned()
            guard let code = Code(matter), network.catalogue.matter(code: matter) != nil else {
                throw CommandError.matterUnknown(matter)
            }
            let record = try find(in: network.catalogue)
            let signer = RequestSigner(
                caller: .service(record.id.rawValue),
                gateway: record.department,
                signer: try KeyFile.readSigningKey(serviceKey)
            )
            let pin = try CertificatePin.named(node.certificate)
            try await network.withClient(try NodeAddress(node.node), pin: pin) { client in
                let opened = try await client.openCase(matter: code, reference: reference, signer: signer)
                if let out { try AtomicFile.write(opened.jsonBytes, to: out) }
                guard wait else { return show(opened) }
                output.announce("授权请求（请用钱包打开）request for the wallet: \(opened.requestAddress)")
                let view = try await client.awaitDecision(
                    opened.caseID,
                    timeoutMilliseconds: UInt64(max(0, seconds)) * 1000,
                    signer: signer
                )
                output.show(view.json, words: DecisionWords.lines(view))
                if view.state != .decided { throw ExitCode(1) }
            }
        }
    }

    private func show(_ opened: CaseOpeningResponse) {
        output.show(
            opened.json,
            words: [
                "办件已开立 case opened：\(opened.caseID)",
                "  请市民用钱包打开 let the citizen's wallet open: \(opened.requestAddress)",
                "  有效至 until \(TimeText.words(opened.expires))",
                "  zhixin wallet authorise --request \(opened.requestAddress)",
            ]
        )
    }

    private func find(in catalogue: LedgerCatalogue) throws -> ServiceSystemRecord {
        let found = catalogue.services.first { $0.code.text == service || "\($0.id)" == service }
        guard let found else {
            throw CommandError(
                code: "service-unknown",
                chinese: "创世文件中没有业务系统 \(service)",
                english: "genesis knows no service system \(service)"
            )
        }
        return found
    }
}
