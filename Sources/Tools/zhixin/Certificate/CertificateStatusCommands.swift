import ArgumentParser
import Credentials
import LedgerModel
import Primitives
import ZhixinClient

/// What the commands that change a certificate's status share.
struct CertificateStatusOptions: ParsableArguments {
    @OptionGroup var selection: CertificateSelection
    @OptionGroup var clerk: ClerkOptions
    @OptionGroup var output: Output

    func set(_ status: CertificateStatusWord, _ chinese: String) async throws {
        try await output.serve {
            try await clerk.connect { session in
                let certificate = try await selection.resolve(session)
                let response = try await session.client.setStatus(of: certificate, to: status, signer: session.signer)
                output.show(
                    .of([
                        ("certificate", .string(certificate.description)), ("status", .string(status.rawValue)),
                        ("height", .number(response.height.rawValue)),
                    ]),
                    words: ["\(chinese)：\(certificate)", "\(status.rawValue) in block \(response.height)"]
                )
            }
        }
    }
}

/// Suspends a certificate until it is resumed.
struct CertificateSuspend: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "suspend", abstract: "暂停证照。Suspend a certificate.")
    @OptionGroup var options: CertificateStatusOptions
    func run() async throws { try await options.set(.suspended, "已暂停") }
}

/// Resumes a suspended certificate.
struct CertificateResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "resume", abstract: "恢复证照。Resume a certificate.")
    @OptionGroup var options: CertificateStatusOptions
    func run() async throws { try await options.set(.active, "已恢复") }
}

/// Revokes a certificate for good.
struct CertificateRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "永久注销证照。Revoke a certificate for good.",
        discussion: """
            这张证照不会再恢复。但部门导出中仍有同一行时，下次导入会重新签发一张（计为 reissued），请先更正源数据。
            This certificate stays revoked. But an import whose file still has the row issues another one and counts it as
            reissued: correct the department's own records first.
            """
    )
    @OptionGroup var options: CertificateStatusOptions
    func run() async throws { try await options.set(.revoked, "已注销") }
}

/// Revokes everything that a wrong batch issued.
struct CertificateUndo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo",
        abstract: "撤销一整批误签发的证照。Undo a wrong batch.",
        discussion: """
            批次号在 certificate issue 之后显示，也可用 certificate search 查到。撤销后再次导入同样的行会重新签发。
            The batch's name is shown after certificate issue and by certificate search. Importing the same rows again
            issues them anew.
            """
    )

    @Option(name: .long, help: "批次号（32 位十六进制）。The batch's name.")
    var batch: String

    @OptionGroup var clerk: ClerkOptions
    @OptionGroup var output: Output

    func run() async throws {
        try await output.serve {
            guard let name = Hexadecimal.decode(batch), name.count == 16 else {
                throw CommandError(
                    code: "batch-malformed",
                    chinese: "批次号应为 32 位十六进制数字",
                    english: "a batch's name is 32 hexadecimal digits"
                )
            }
            try await clerk.connect { session in
                let report = try await session.client.revokeBatch(name, signer: session.signer)
                output.show(
                    report.json,
                    words: ["已注销该批 \(report.revoked) 张证照", "revoked \(report.revoked) certificates of the batch"]
                )
            }
        }
    }
}
