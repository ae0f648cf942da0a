import ArgumentParser
import Credentials
import Cryptography
import Foundation
import LedgerModel
import Primitives
import ZhixinClient

/// Shows who asks for what and why, asks, and signs.
struct WalletAuthorise: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authorise",
        abstract: "查看并签署一次授权。Look at a request and sign it."
    )

    @OptionGroup var wallet: WalletOption

    @Option(name: .long, help: "授权请求的网址（二维码内容）或文件。The request's URL (the QR code's content) or file.")
    var request: String

    @Flag(name: .long, help: "不再询问，直接签署。Sign without asking.")
    var yes = false

    @Option(name: .long, help: "证件号码，只需给一次。Your identifier; once is enough.")
    var identifier: String?

    @Option(name: .long, help: "节点证书文件或其 SHA-256。The node's certificate or its digest.")
    var certificate: String?

    @Option(name: .long, help: "最多等待决定的秒数。Seconds to wait for the decision.")
    var wait = 120

    @OptionGroup var output: Output

    func run() async throws {
        try await output.serve {
            let wallet = try wallet.folder.read()
            let session = AuthorisationSession(
                wallet: wallet,
                pin: try CertificatePin.named(certificate),
                identifier: try identifier.map { try TypedIdentifier($0).text },
                waitMilliseconds: UInt64(max(0, wait)) * 1000,
                tell: { output.tell($0) },
                confirm: { yes || (!output.json && output.confirm($0)) }
            )
            let view = try await wallet.folder.exclusively { try await session.run(request) }
            output.show(view.json, words: DecisionWords.lines(view))
            if view.state == .failed { throw ExitCode(1) }
        }
    }
}
