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
                throw CommandError(code: error.code, chinese: error.reason.chinese, english: error.reason.english)
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

    /// Asks a person; whoever cannot be asked has said no.
    func confirm(_ question: String) -> Bool {
        FileHandle.standardError.write(Data("\(question) [y/N] ".utf8))
        guard let answer = readLine(strippingNewline: true) else { return false }
        return ["y", "yes", "是", "同意"].contains(answer.lowercased())
    }
}

extension CommandError {
    init(_ error: ClientError) {
        self.init(code: error.code, chinese: error.reason.chinese, english: error.reason.english)
    }
}
