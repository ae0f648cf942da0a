import LedgerModel
import Primitives

/// Which rule a ledger breaks. The raw value is stable.
enum AuditRule: String, Sendable, CaseIterable {
    /// A block's bytes are not the canonical form of a block.
    case blockEncoding = "block-encoding"
    /// A transaction's bytes are not the canonical form of a transaction.
    case transactionEncoding = "transaction-encoding"
    /// The file does not hold whole blocks up to its end mark.
    case exportFraming = "export-framing"
    /// Of another network than the genesis file's.
    case network
    /// The header does not continue the chain before it.
    case headerLink = "header-link"
    /// A finality certificate that is there does not hold.
    case certificate
    /// No certificate makes the newest blocks final.
    case notCertified = "not-certified"
    /// The transactions are not those that the header commits to.
    case transactionsRoot = "transactions-root"
    /// Executing the transactions gives other verdicts.
    case verdicts
    /// Executing the transactions gives a register of another size.
    case registerSize = "register-size"
    /// Executing the transactions gives another register.
    case registerRoot = "register-root"
    /// Executing the transactions gives another header in some other field.
    case header
    /// A node's folder holds a record that the replay did not compute, or lacks one.
    case storedRecord = "stored-record"
    /// The same of the index from keys to positions.
    case storedIndex = "stored-index"
    /// The same of the tiles of the register's tree.
    case storedRegisterTile = "stored-register-tile"
    /// The same of the tiles of the history's tree.
    case storedHistoryTile = "stored-history-tile"
    /// The same of a block's verdicts, height by digest, or place of a transaction.
    case storedLookup = "stored-lookup"
    /// The same of what a block's transactions are remembered by.
    case storedInclusions = "stored-inclusions"
    /// The same of the note on the newest block.
    case storedTip = "stored-tip"
    /// An entry of a kind that no node writes.
    case storedUnknown = "stored-unknown"

    /// The rule for people.
    var text: AuditText {
        switch self {
        case .blockEncoding: AuditText("区块编码不合规范", "the block's bytes are not canonical")
        case .transactionEncoding: AuditText("交易编码不合规范", "the transaction's bytes are not canonical")
        case .exportFraming: AuditText("导出文件不完整或被改动", "the export is cut short or altered")
        case .network: AuditText("不属于该网络", "it belongs to another network")
        case .headerLink: AuditText("区块头不承接上一区块", "the header does not continue the chain")
        case .certificate: AuditText("终局证书无效", "the finality certificate does not hold")
        case .notCertified: AuditText("末尾区块没有终局证书", "nothing certifies the newest blocks")
        case .transactionsRoot: AuditText("交易与区块头不符", "the transactions are not the header's")
        case .verdicts: AuditText("重新执行的结论不同", "executing gives other verdicts")
        case .registerSize: AuditText("重新执行的登记簿大小不同", "executing gives a register of another size")
        case .registerRoot: AuditText("重新执行的登记簿根不同", "executing gives another register root")
        case .header: AuditText("重新执行的区块头不同", "executing gives another header")
        case .storedRecord: AuditText("存储的记录与重放不符", "a stored record differs from the replay")
        case .storedIndex: AuditText("存储的索引与重放不符", "a stored index entry differs from the replay")
        case .storedRegisterTile: AuditText("存储的登记簿树与重放不符", "a stored register tile differs")
        case .storedHistoryTile: AuditText("存储的历史树与重放不符", "a stored history tile differs")
        case .storedLookup: AuditText("存储的查找项与重放不符", "a stored look-up differs from the replay")
        case .storedInclusions: AuditText("存储的防重放项与重放不符", "stored inclusions differ from the replay")
        case .storedTip: AuditText("存储的最新区块标记与重放不符", "the stored tip differs from the replay")
        case .storedUnknown: AuditText("存储中有未知条目", "an unknown entry is stored")
        }
    }
}

/// A sentence in Chinese with its English beside it.
struct AuditText: Hashable, Sendable {
    let chinese: String
    let english: String

    init(_ chinese: String, _ english: String) {
        self.chinese = chinese
        self.english = english
    }

    /// Both, Chinese first.
    var line: String { "\(chinese) (\(english))" }
}

/// The first thing that is wrong with a ledger.
struct AuditFault: Error, Hashable, Sendable {
    let height: Height
    /// The transaction's place in its block, from 0; nil where the fault is the block's.
    var transaction: Int?
    let rule: AuditRule
    /// What was found and what was expected.
    let detail: String
}

/// The ledger cannot be read to its end for a reason outside of it: no file, no answer.
struct SourceProblem: Error, Hashable, Sendable {
    let reason: String
}
