import ArgumentParser
import Credentials
import Cryptography
import Foundation
import LedgerModel
import Primitives
import ZhixinClient
import ZhixinVerify

/// A department's certificates.
struct CertificateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate",
        abstract: "电子证照：签发、查询、变更状态。Issue, show and change certificates.",
        subcommands: [
            CertificateIssue.self, CertificateShow.self, CertificateSuspend.self, CertificateResume.self,
            CertificateRevoke.self, CertificateUndo.self, CertificateBundle.self, CertificateSearch.self,
        ]
    )
}

/// Issues the certificates of an export.
struct CertificateIssue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue",
        abstract: "按部门导出的 CSV 批量签发。Issue from a department's export.",
        discussion: """
            CSV 可为 UTF-8 或 GB 18030。中断后重新执行同一命令即可继续，不会重复签发。
            The file is CSV in UTF-8 or GB 18030. After an interruption run the same command again: nothing is issued twice.
            """
    )

    @Option(name: .long, help: "部门导出的 CSV 文件。The department's export.")
    var csv: String

    @Option(name: .long, help: "证照类型代码。The certificate type's code.")
    var type: String

    @Flag(name: .long, help: "只检查，不签发。Check only; nothing is sent.")
    var check = false

    @Option(name: .long, help: "退回的行写入此 CSV，改正后可再次导入。Write refused rows to this CSV, to correct and import.")
    var errors: String?

    @OptionGroup var clerk: ClerkOptions
    @OptionGroup var output: Output

    func run() async throws {
        try await output.serve {
            if let errors, FileManager.default.fileExists(atPath: errors) { throw CommandError.exists(errors) }
            let file = try ExportFile(path: csv)
            output.tell("\(csv)：\(file.encoding.rawValue)，\(file.byteCount) 字节 bytes")
            let network = try clerk.pinned()
            let definition = try network.certificateType(type).definition
            let progress = ImportProgress(byteCount: file.byteCount, isSilent: output.json)
            let task = try CertificateImport(
                file: file,
                type: definition,
                refusedPath: errors,
                digestFunction: network.suite.digestFunction,
                progress: progress
            )
            if !task.ignoredHeaders.isEmpty {
                output.tell("未使用的列 columns left out：\(task.ignoredHeaders.joined(separator: "、"))")
            }
            if check {
                try task.check()
            } else {
                try await clerk.connect { session in
                    try await task.issue(
                        session.client,
                        signer: session.signer,
                        secret: session.key.secretBytes
                    )
                }
            }
            progress.finish(task.summary)
            report(task.summary)
            if task.summary.rejected > 0 { throw ExitCode(1) }
        }
    }

    private func report(_ summary: ImportSummary) {
        var words: [String]
        if check {
            words = [
                "检查完毕：\(summary.rows) 行，可签发 \(summary.issued)，重复而跳过 \(summary.skipped)，"
                    + "退回 \(summary.rejected)。未签发任何证照。",
                "checked \(summary.rows) rows: \(summary.issued) good, \(summary.skipped) repeated, "
                    + "\(summary.rejected) refused; nothing was issued",
            ]
        } else {
            words = [
                "完成：\(summary.rows) 行，签发 \(summary.issued)（其中替换 \(summary.superseded)），"
                    + "已有而跳过 \(summary.skipped)，退回 \(summary.rejected)",
                "\(summary.rows) rows: issued \(summary.issued) (\(summary.superseded) superseding), "
                    + "skipped \(summary.skipped), refused \(summary.rejected)",
            ]
            if let height = summary.height { words.append("最后一批在第 \(height) 块 last batch in block \(height)") }
        }
        if summary.rejected > 0 {
            words.append(
                errors.map { "退回的行见 \($0)，改正后可直接再次导入 refused rows are in \($0)" }
                    ?? "用 --errors FILE 可得到退回的行及原因 --errors FILE writes down which and why"
            )
        }
        output.show(summary.json, words: words)
    }
}
