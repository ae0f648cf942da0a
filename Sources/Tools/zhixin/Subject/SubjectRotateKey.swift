import ArgumentParser
import Credentials
import Cryptography
import Foundation
import LedgerModel
import Primitives
import ZhixinClient

/// Replaces a wallet's key, and with it the set of its access heads.
struct SubjectRotateKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate-key",
        abstract: "更换钱包密钥。Replace a wallet's key.",
        discussion: """
            由钱包所有人执行；旧密钥签名，新密钥自证。中断后重新执行即可。
            Run by the wallet's owner: the old key signs, the new one proves itself. After an interruption run it again.
            """
    )

    @OptionGroup var wallet: WalletOption
    @OptionGroup var node: NodeOptions
    @OptionGroup var output: Output

    func run() async throws {
        try await output.serve {
            let folder = wallet.folder
            try await folder.exclusively {
                let wallet = try folder.read()
                let pin = try CertificatePin.named(node.certificate)
                let height = try await wallet.network.withClient(try NodeAddress(node.node), pin: pin) { client in
                    try await rotate(wallet, client)
                }
                output.show(
                    .of([
                        ("did", .string(wallet.profile.did)), ("headSet", .number(UInt64(wallet.profile.headSet) + 1)),
                        ("height", .number(height.rawValue)),
                    ]),
                    words: [
                        "密钥已更换（第 \(height) 块），请重新备份钱包文件夹",
                        "the key was replaced in block \(height); back up the wallet",
                    ]
                )
            }
        }
    }

    /// - Returns: The height at which the record changed.
    private func rotate(_ wallet: Wallet, _ client: NodeClient) async throws -> Height {
        let next = try nextKeys(wallet)
        guard let subject = try await client.subject(wallet.keys.subject)?.record else {
            throw WalletError.notRegistered
        }
        // An earlier run may have come as far as the ledger and not as far as the wallet.
        if subject.key != next.subjectKey.publicKey {
            guard subject.key == wallet.keys.subjectKey.publicKey else { throw WalletError.keyReplaced }
            let transaction = try transaction(wallet, next, now: client.now)
            let report = try await client.submit(transaction.canonicalBytes, waitsForFinality: true)
            guard report.state == .pending || report.verdictCode == Verdict.accepted.rawValue else {
                throw CommandError(
                    code: "ledger-refused",
                    chinese: "账本拒绝更换：\(report.verdict ?? "")",
                    english: "the ledger refused: \(report.verdict ?? "")"
                )
            }
        }
        guard let changed = try await client.subject(wallet.keys.subject)?.record,
            changed.key == next.subjectKey.publicKey
        else {
            throw CommandError(
                code: "rotation-pending",
                chinese: "更换尚未生效，请稍候重新执行",
                english: "the change is not final yet; run the command again in a moment"
            )
        }
        var profile = wallet.profile
        profile.headSet = next.headSet
        try wallet.folder.save(profile)
        return changed.changedAt
    }

    /// The keys to come; a key that an earlier run made is used again.
    private func nextKeys(_ wallet: Wallet) throws -> WalletKeys {
        let headSet = wallet.keys.headSet + 1
        let path = wallet.folder.subjectKey(headSet)
        if !FileManager.default.fileExists(atPath: path) {
            try KeyFile.write(try SigningKey.generate(wallet.keys.subjectKey.algorithm), to: path)
        }
        return try WalletKeys(
            subjectKey: try KeyFile.readSigningKey(path),
            seed: try KeyFile.readSecret(wallet.folder.seed, kind: .seed),
            network: wallet.network.digest,
            suite: wallet.network.suite,
            headSet: headSet,
            subject: wallet.keys.subject
        )
    }

    private func transaction(_ wallet: Wallet, _ next: WalletKeys, now: Timestamp) throws -> Transaction {
        var entropy = SystemEntropy()
        let id = TransactionID(from: &entropy)
        let lifetime = wallet.network.catalogue.transactionLifetimeMilliseconds / 10 * 9
        return try Transaction(
            signing: TransactionBody(
                network: wallet.network.digest,
                author: .subject(wallet.keys.subject),
                id: id,
                expiry: now.adding(milliseconds: lifetime),
                payload: .rotateSubjectKey(
                    SubjectKeyRotation(
                        key: next.subjectKey.publicKey,
                        accessHeadSet: try next.headSetRoot(),
                        proof: try next.keyProof(transaction: id)
                    )
                )
            ),
            with: wallet.keys.subjectKey
        )
    }
}
