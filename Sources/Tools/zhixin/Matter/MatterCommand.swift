import ArgumentParser
import Credentials
import Foundation
import LedgerModel
import Primitives
import ZhixinClient

/// Public services: what there is, what it needs, and asking for one.
struct MatterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "matter",
        abstract: "政务服务事项：查看与申请。Show and apply for matters.",
        subcommands: [MatterList.self, MatterShow.self, MatterApply.self]
    )
}

/// Where matters are read from: a template, a node's genesis, or a pinned genesis file.
struct MatterSource: ParsableArguments {
    @Option(name: .long, help: "模板文件夹，如 Genesis/chancheng。A template's folder.")
    var template: String?

    @Option(name: .long, help: "节点地址；其目录与创世文件核对后显示。A node's address; its list is checked against genesis.")
    var node: String?

    @Option(name: .long, help: "节点证书文件或其 SHA-256。The node's certificate or its digest.")
    var certificate: String?

    @OptionGroup var genesis: GenesisOption

    /// By code, as the ledger or the template says.
    func matters() async throws -> [MatterDefinition] {
        if let template { return try Template(folder: template).matters }
        let network = try genesis.pinned()
        if let node {
            let pin = try CertificatePin.named(certificate)
            // Asked so that a node of another network is noticed; what matters say stands in the pinned genesis.
            _ = try await network.withClient(try NodeAddress(node), pin: pin) { try await $0.status() }
        }
        return try network.catalogue.matters.map { try $0.decodedDefinition() }
    }
}

/// Lists the matters.
struct MatterList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "列出事项。List the matters.")

    @OptionGroup var source: MatterSource
    @OptionGroup var output: Output

    func run() async throws {
        try await output.serve {
            let matters = try await source.matters()
            output.show(
                .of([
                    (
                        "matters",
                        .array(
                            matters.map {
                                .of([
                                    ("code", .string($0.code)), ("version", .integer(Int64($0.version))),
                                    ("department", .string($0.department)), ("name", $0.name.json),
                                ])
                            }
                        )
                    )
                ]),
                words: matters.map {
                    let code = $0.code.padding(toLength: 34, withPad: " ", startingAt: 0)
                    return "\(code)\($0.name.chinese)  \($0.name.english)（\($0.department)）"
                }
            )
        }
    }
}

/// Shows what a matter needs and gives.
struct MatterShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "显示事项需要什么。Show what a matter needs."
    )

    @Argument(help: "事项代码。The matter's code.")
    var code: String

    @OptionGroup var source: MatterSource
    @OptionGroup var output: Output

    func run() async throws {
        try await output.serve {
            guard let matter = try await source.matters().first(where: { $0.code == code }) else {
                throw CommandError.matterUnknown(code)
            }
            let definition = try JSONValue(parsing: matter.canonicalJSON, byteCountMax: Limits.definitionBytesMax)
            output.show(definition, words: lines(matter))
        }
    }

    private func lines(_ matter: MatterDefinition) -> [String] {
        var lines = [
            "\(matter.name.chinese) \(matter.name.english)（\(matter.code) 第 \(matter.version) 版 version \(matter.version)）",
            "  办理部门 decided by \(matter.department)",
            "  用途 purpose \(matter.purpose.chinese) \(matter.purpose.english)",
            "  材料 evidence（由部门证照库直接取得，无需提交 taken from the issuers' vaults; nothing is submitted）:",
        ]
        for evidence in matter.evidence {
            let weight = evidence.isCore ? "" : "（可容缺 may follow later）"
            lines.append("    \(evidence.label.chinese) \(evidence.label.english)\(weight)")
            switch evidence.demand {
            case .certificate(let fields): lines.append("      \(evidence.type)：\(fields.joined(separator: ", "))")
            case .predicate: lines.append("      \(evidence.type)：只问是或否 yes or no only")
            case .noEntry: lines.append("      \(evidence.type)：只问有无登记 whether there is an entry")
            }
        }
        switch matter.outcome {
        case .issueCertificate(let type, _): lines.append("  结果 outcome：签发 issues \(type)")
        case .show(let fields):
            lines.append("  结果 outcome：查询 shows \(fields.map(\.label.chinese).joined(separator: "、"))")
        case .paymentOrder(let order):
            lines.append(
                "  结果 outcome：支付 pays \(order.amountCents / 100) 元 yuan，\(order.period)，\(order.label.chinese)"
            )
        }
        return lines
    }
}

extension CommandError {
    static func matterUnknown(_ code: String) -> CommandError {
        CommandError(
            code: "matter-unknown",
            chinese: "没有事项 \(code)；用 zhixin matter list 查看",
            english: "there is no matter \(code); see zhixin matter list"
        )
    }
}
