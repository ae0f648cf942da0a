import ArgumentParser
import Credentials
import Cryptography
import LedgerModel

/// What an operator does with one node.
struct NodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node",
        abstract: "一个部门的节点。One department's node.",
        subcommands: [NodeInitialise.self, NodeRun.self]
    )
}

/// Makes one node's keys and public descriptor, where the node lives.
struct NodeInitialise: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "生成节点密钥与公开描述。Make one node's keys and its public descriptor."
    )

    @Option(name: .long, help: "部门代码，如 public-security。The department's code.")
    var name: String

    @Option(name: .long, help: "要新建的节点文件夹。The folder to make.")
    var out: String

    @Option(name: .long, help: "密码套件 Cipher suite: international, guomi。")
    var suite: String = SuiteName.international.rawValue

    @Option(name: .long, help: "监听地址。Address to listen on.")
    var host: String = "127.0.0.1"

    @Option(name: .long, help: "节点间端口。Port between nodes.")
    var linkPort: Int = 7101

    @Option(name: .long, help: "HTTP 端口。Port for plain HTTP.")
    var httpPort: Int = 7201

    @Option(name: .long, help: "HTTPS 端口。Port for HTTPS.")
    var tlsPort: Int = 7301

    @OptionGroup var output: Output

    func run() async throws {
        try await output.run {
            guard let code = Code(name) else {
                throw CommandError(
                    code: "name-invalid",
                    chinese: "部门代码只能含小写字母、数字和连字符，最多 32 个字符。",
                    english: "a department's code has lower-case letters, digits and hyphens, 32 at most"
                )
            }
            guard let suite = SuiteName(rawValue: suite) else {
                throw CommandError(
                    code: "suite-unknown",
                    chinese: "密码套件只能是 international 或 guomi。",
                    english: "the suite is international or guomi"
                )
            }
            let folder = NodeFolder(path: out)
            let descriptor = try folder.create(
                code: code,
                suite: suite,
                host: host,
                linkPort: linkPort,
                httpPort: httpPort,
                tlsPort: tlsPort
            )
            output.show(
                descriptor.json,
                words: [
                    "已生成节点 \(code)：密钥在 \(out)/keys（仅本人可读），公开描述在 \(folder.descriptor)",
                    "node \(code) made: keys in \(out)/keys (mode 0600), public descriptor in \(folder.descriptor)",
                ]
            )
        }
    }
}
