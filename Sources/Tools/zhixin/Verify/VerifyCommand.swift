import ArgumentParser
import Credentials
import Foundation
import LedgerModel
import Primitives
import ZhixinClient
import ZhixinVerify

/// Verifies an offline bundle against the pinned genesis; no network is used.
///
/// Exit codes: 0 valid, 1 not valid, 2 it could not be checked.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "离线验证凭证包。Verify a bundle offline.",
        discussion: "退出码：0 有效，1 无效，2 无法检查。Exit codes: 0 valid, 1 not valid, 2 could not be checked."
    )

    @Argument(help: "凭证包文件；- 表示标准输入。The bundle; - reads standard input.")
    var bundle: String

    @OptionGroup var genesis: GenesisOption

    @Option(name: .long, help: "账本区块最多旧多少秒（缺省 24 小时）。How many seconds old the block may be.")
    var fresh: UInt64 = FreshnessPolicy.maximumAgeMillisecondsDefault / 1000

    @OptionGroup var output: Output

    func run() async throws {
        let prepared: (bytes: [UInt8], network: PinnedNetwork)
        do {
            prepared = (try read(), try genesis.pinned())
        } catch let error as CommandError {
            output.show(
                .of([
                    ("error", .string(error.code)), ("chinese", .string(error.chinese)),
                    ("english", .string(error.english)),
                ]),
                words: ["\(error)"]
            )
            throw ExitCode(2)
        }
        let (seconds, overflow) = fresh.multipliedReportingOverflow(by: 1000)
        let verifier = BundleVerifier(
            ledger: prepared.network.ledger,
            freshness: FreshnessPolicy(maximumAgeMilliseconds: overflow ? .max : seconds)
        )
        do throws(BundleError) {
            let verified = try verifier.verify(bytes: prepared.bytes, now: ClientClock.civil)
            output.show(VerificationWords.json(verified), words: VerificationWords.lines(verified))
        } catch {
            let reason = VerificationWords.reason(error)
            output.show(
                .of([
                    ("valid", .bool(false)), ("reason", .string(error.code)), ("chinese", .string(reason.chinese)),
                    ("english", .string(reason.english)),
                ]),
                words: ["无效 NOT VALID：\(reason.chinese)", "  \(reason.english) [\(error.code)]"]
            )
            throw ExitCode(1)
        }
    }

    private func read() throws -> [UInt8] {
        let data: Data?
        if bundle == "-" {
            data = try? FileHandle.standardInput.read(upToCount: OfflineBundle.byteCountMax + 1)
        } else {
            data = FileManager.default.contents(atPath: bundle)
        }
        guard let data else { throw CommandError.file(bundle, "找不到 not found") }
        return Array(data)
    }
}
