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

            编号已有且内容相同的行跳过，内容不同的替换原证照；内容相同但已注销或撤销的重新签发，并单独计数。
            A row is known by its number: what is in force is skipped, other content supersedes, and what was revoked or
            undone is issued anew and counted apart as reissued.

            误签发时按批撤销：zhixin certificate undo --batch（批次号在签发后显示，也可用 certificate search 查到）。
            A wrong batch is taken back with: zhixin certificate undo --batch. Its name is shown after issuing and by
            certificate search.
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
            let (record, definition) = try network.certificateType(type)
            try await requireOwn(record, network)
            let progress = ImportProgress(rowCount: file.lineBreakCount - 1, isSilent: output.json)
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
                try await issue(task)
            }
            progress.finish(task.summary)
            report(task.summary)
            if task.summary.rejected > 0 { throw ExitCode(1) }
        }
    }

    private func issue(_ task: CertificateImport) async throws {
        do {
            try await clerk.connect { session in
                try await task.issue(session.client, signer: session.signer, secret: session.key.secretBytes)
            }
        } catch {
            // What was issued before stays issued, and whoever wants it undone must know its batches.
            for line in task.summary.undoWords(clerk: clerk.typed) { output.tell(line) }
            throw error
        }
    }

    /// Refuses a type that the department may not issue before anything is read or sent.
    func requireOwn(_ record: CertificateTypeRecord, _ network: PinnedNetwork) async throws {
        guard let department = try await clerk.department(in: network), !record.issuers.contains(department) else {
            return
        }
        let own = network.catalogue.certificateTypes.filter { $0.issuers.contains(department) }.map(\.code.text)
            .joined(separator: ", ")
        throw CommandError(
            code: "certificate-type-not-issued-here",
            chinese: "本部门不能签发 \(type)。可签发：\(own)",
            english: "the department may not issue \(type); it may issue \(own)"
        )
    }

    private func report(_ summary: ImportSummary) {
        var words = check ? summary.checkedWords : summary.issuedWords(clerk: clerk.typed)
        if summary.rejected > 0 {
            words.append(
                errors.map { "退回的行见 \($0)，改正后可直接再次导入 refused rows are in \($0)" }
                    ?? "用 --errors FILE 可得到退回的行及原因 --errors FILE writes down which and why"
            )
        }
        output.show(check ? summary.checkedJSON : summary.json, words: words)
    }
}
