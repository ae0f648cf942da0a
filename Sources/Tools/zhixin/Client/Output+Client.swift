import Credentials
import Cryptography
import Foundation
import ZhixinClient

extension Output {
    /// Runs a command's work that talks to nodes or reads keys: their errors become coded answers.
    func serve(_ work: () async throws -> Void) async throws {
        try await run {
            do {
                try await work()
            } catch let error as ClientError {
                throw CommandError(error)
            } catch let error as WalletError {
                throw CommandError(error)
            } catch let error as KeyFileError {
                throw CommandError.key(error)
            } catch let error as DefinitionError {
                throw CommandError(
                    code: "definition-unknown",
                    chinese: "无法理解账本上的定义：\(error)",
                    english: "a definition on the ledger is not understood: \(error)"
                )
            }
        }
    }

    /// A line that programs need at once too, before the result: on standard error.
    func announce(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }

    /// Asks a person; whoever cannot be asked has said no.
    func confirm(_ question: String) -> Bool {
        FileHandle.standardError.write(Data("\(question) [y/N] ".utf8))
        guard let answer = readLine(strippingNewline: true) else { return false }
        return ["y", "yes", "是", "同意"].contains(answer.lowercased())
    }
}

extension CommandError {
    init(_ error: ClientError) {
        var reason = error.reason
        let advice: LocalizedText?
        switch error {
        case .transport(.certificateNotPinned, let address):
            reason = LocalizedText(
                chinese: "\(address) 出示的证书与固定的不符，或没有固定证书，已中止",
                english: "\(address) shows a certificate that is not the pinned one, or none was pinned"
            )
            advice = LocalizedText(
                chinese: "请用 --certificate 给出该节点的证书（节点文件夹中的 keys/link.certificate.pem）或其 SHA-256",
                english: "give the node's own certificate (keys/link.certificate.pem in its folder) or its SHA-256 "
                    + "with --certificate"
            )
        case .problem(let document) where document.code == "caller-unknown":
            advice = LocalizedText(
                chinese: "请确认这是本部门的节点：办事员和业务系统只在所属部门的节点登记",
                english: "is it your own department's node? Clerks and service systems are known to that one alone"
            )
        default: advice = nil
        }
        self.init(code: error.code, reason, advice)
    }

    init(_ error: WalletError) {
        let advice: LocalizedText? =
            switch error {
            case .identifierDiffers:
                LocalizedText(
                    chinese: "请核对号码；若登记时写错，请新建钱包（zhixin wallet init）并重新登记",
                    english:
                        "check it; if it was registered wrong, make a new wallet (zhixin wallet init) and register "
                        + "that one"
                )
            default: nil
            }
        self.init(code: error.code, error.reason, advice)
    }

    /// A sentence of a node ends with a stop of its own.
    private static func joined(_ sentence: String, _ mark: String, _ advice: String?) -> String {
        guard let advice else { return sentence }
        return (sentence.hasSuffix("。") || sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence) + mark
            + advice
    }

    private init(code: String, _ reason: LocalizedText, _ advice: LocalizedText?) {
        self.init(
            code: code,
            chinese: Self.joined(reason.chinese, "。", advice?.chinese),
            english: Self.joined(reason.english, "; ", advice?.english)
        )
    }
}
