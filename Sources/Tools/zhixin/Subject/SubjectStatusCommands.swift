import ArgumentParser
import Credentials
import LedgerModel
import Primitives
import ZhixinClient

/// What the three commands that change a subject's status share.
struct SubjectStatusOptions: ParsableArguments {
    @Argument(help: "主体标识 The subject: did:zhixin:…")
    var did: String

    @OptionGroup var clerk: ClerkOptions
    @OptionGroup var output: Output

    func set(_ status: SubjectCondition, _ chinese: String) async throws {
        try await output.serve {
            let id = try SubjectID.typed(did)
            try await clerk.connect { session in
                let response = try await session.client.setStatus(of: id, to: status, signer: session.signer)
                output.show(
                    .of([
                        ("did", .string(did)), ("status", .string(status.rawValue)),
                        ("height", .number(response.height.rawValue)),
                    ]),
                    words: ["\(chinese)：\(did)", "\(status.rawValue) in block \(response.height)"]
                )
            }
        }
    }
}

/// Suspends a subject: its key signs nothing until it is resumed.
struct SubjectSuspend: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "suspend", abstract: "暂停主体。Suspend a subject.")
    @OptionGroup var options: SubjectStatusOptions
    func run() async throws { try await options.set(.suspended, "已暂停") }
}

/// Resumes a suspended subject.
struct SubjectResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "resume", abstract: "恢复主体。Resume a subject.")
    @OptionGroup var options: SubjectStatusOptions
    func run() async throws { try await options.set(.active, "已恢复") }
}

/// Deactivates a subject for good.
struct SubjectDeactivate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deactivate",
        abstract: "永久停用主体。Deactivate a subject for good."
    )
    @OptionGroup var options: SubjectStatusOptions
    func run() async throws { try await options.set(.deactivated, "已停用") }
}
