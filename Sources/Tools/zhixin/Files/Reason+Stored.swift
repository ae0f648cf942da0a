import Foundation
import Ports
import ZeroSubmission

/// What is wrong with what a node stored.
extension Reason {
    init(journal error: JournalError) {
        switch error {
        case .lockedByAnother:
            self.init("正被另一个进程使用，请先停止那个节点", "another process uses it; stop that node first")
        case .ofAnotherOwner:
            self.init(
                "它属于另一个网络或另一把投票密钥，请放回与 keys/voting.key 相配的日志",
                "it belongs to another network or voting key; put back the one that belongs to keys/voting.key"
            )
        case .formatUnknown(let file, let found):
            self.init("\(file) 由更新的版本写成（格式 \(found)）", "\(file) was written by a newer version (format \(found))")
        case .damagedBeforeTail(let file, let offset):
            self.init("\(file) 在第 \(offset) 字节处损坏", "\(file) is damaged at byte \(offset)")
        case .sequenceGap(let file, let expected, let found):
            self.init(
                "\(file) 从第 \(found) 条记录开始，应为第 \(expected) 条",
                "\(file) begins with record \(found), not \(expected)"
            )
        case .recordTooLarge(let found):
            self.init("有一条记录过大（\(found) 字节）", "a record of \(found) bytes is too large")
        case .failed(let operation, let file, let code):
            let words = String(cString: strerror(code))
            self.init("\(file)：\(operation) 失败（\(words)）", "\(file): \(operation) failed (\(words))")
        case .failedBefore: self.init("先前的写入失败", "an earlier write failed")
        }
    }

    init(store error: StoreError) {
        switch error {
        case .lockedByAnother:
            self.init("正被另一个进程使用，请先停止那个节点", "another process uses it; stop that node first")
        case .ofAnotherNetwork(let found): self.init("属于另一个网络（\(found)）", "it belongs to another network (\(found))")
        case .formatUnknown(let found):
            self.init("由更新的版本写成（格式 \(found)）", "a newer version wrote it (format \(found))")
        case .incompleteFolder(let folder):
            self.init("\(folder) 缺少文件", "files are missing in \(folder)")
        case .corrupt(let reason): self.init("内容已损坏", "its content is damaged: \(reason)")
        case .failed(let reason): self.init("磁盘操作失败", "the disk failed: \(reason)")
        case .failedBefore: self.init("先前的写入失败", "an earlier write failed")
        case .notNextBlock(let expected, let found):
            self.init("下一区块应为 \(expected)，实为 \(found)", "the next block is \(expected), not \(found)")
        }
    }

    init(vault error: VaultError) {
        switch error {
        case .store(let error): self.init(store: error)
        case .commitmentExists: self.init("证照已在库中", "the certificate is there already")
        case .tooLarge(let found, let limit):
            self.init("\(found) 字节超过上限 \(limit)", "\(found) bytes are over the limit of \(limit)")
        case .notAuthentic:
            self.init("keys/vault.key 与它不符，或它被改动过", "keys/vault.key is not its key, or it was changed")
        case .sealingFailed: self.init("无法加密", "it cannot be sealed")
        }
    }

    init(setup error: DepartmentSetupError) {
        switch error {
        case .store(let error): self.init(store: error)
        case .vault(let error): self.init(vault: error)
        case .departmentUnknown(let department):
            self.init("账本中没有部门 \(department)", "the ledger has no department \(department)")
        case .otherTransactionKey:
            self.init(
                "keys/transaction.key 不是账本上的那一把",
                "keys/transaction.key is not the one on the ledger"
            )
        case .otherCredentialKey:
            self.init("keys/credential.key 不是账本上的那一把", "keys/credential.key is not the one on the ledger")
        }
    }
}
