import Credentials
import LedgerModel
import Primitives

/// The result of an audit, as it is printed.
struct AuditReport: Sendable {
    /// Everything agrees.
    static let soundCode: Int32 = 0
    /// The ledger breaks a rule.
    static let faultCode: Int32 = 1
    /// The audit could not be done.
    static let problemCode: Int32 = 2

    let networkName: String
    let network: Digest
    let outcome: AuditOutcome
    let statistics: AuditStatistics
    /// The newest header that was replayed.
    let newest: Header
    let newestDigest: Digest
    /// The newest height that a certificate makes final.
    let newestCertifiedHeight: Height
    /// The root over all headers, the newest included: with the size, the checkpoint.
    let historyRoot: Digest
    /// Whether a node's stored state was compared as well.
    let isFolderCompared: Bool
    let seconds: Double

    var exitCode: Int32 {
        switch outcome {
        case .sound: AuditReport.soundCode
        case .fault: AuditReport.faultCode
        case .unreadable: AuditReport.problemCode
        }
    }

    /// The lines for people.
    var lines: [String] {
        var lines = ["网络 network: \(networkName) \(network)"]
        switch outcome {
        case .sound:
            let compared = isFolderCompared ? "；存储与重放逐项一致 (everything stored equals the replay)" : ""
            lines.append("审计通过 sound: 高度 height 0–\(statistics.height)\(compared)")
        case .fault(let fault):
            lines.append("发现问题 FAULT: \(fault.rule.text.line)")
            lines.append("  高度 height: \(fault.height)")
            if let transaction = fault.transaction { lines.append("  交易序号 transaction: \(transaction)") }
            lines.append("  规则 rule: \(fault.rule.rawValue)")
            lines.append("  详情 detail: \(fault.detail)")
        case .unreadable(let height, let problem):
            lines.append("未能完成 NOT DONE: \(problem.reason)")
            lines.append("  高度 height: \(height)")
        }
        lines += [
            "区块 blocks: \(statistics.blocks)，有证书 certified \(statistics.certifiedBlocks)",
            "交易 transactions: \(statistics.transactions)，被拒 refused \(statistics.refusedTransactions)",
            "证照 certificates: \(statistics.certificates)",
            "截至 as of: 高度 height \(newest.height)，\(UTCTime(newest.timestamp))，已证终局 certified \(newestCertifiedHeight)",
            "登记簿 register: \(newest.registerSize) \(newest.registerRoot)",
            "检查点 checkpoint: \(newest.height.rawValue + 1) \(historyRoot)",
            "用时 time: \(decimal(seconds)) s，\(whole(rate(statistics.transactions))) 笔/秒 transactions/s，"
                + "\(whole(rate(statistics.certificates))) 证/秒 certificates/s",
        ]
        return lines
    }

    /// The same for programs: one object in one line.
    var json: String {
        var object: JSONObject = [
            "network": .string(network.description), "networkName": .string(networkName),
            "height": number(statistics.height.rawValue),
            "certifiedHeight": number(newestCertifiedHeight.rawValue), "blocks": number(statistics.blocks),
            "certifiedBlocks": number(statistics.certifiedBlocks), "transactions": number(statistics.transactions),
            "refusedTransactions": number(statistics.refusedTransactions),
            "certificates": number(statistics.certificates), "headerDigest": .string(newestDigest.description),
            "timestampMilliseconds": number(newest.timestamp.milliseconds),
            "registerSize": number(newest.registerSize), "registerRoot": .string(newest.registerRoot.description),
            "historySize": number(newest.height.rawValue + 1), "historyRoot": .string(historyRoot.description),
            "folderCompared": .bool(isFolderCompared), "seconds": .decimal(decimal(seconds)),
            "transactionsPerSecond": .decimal(whole(rate(statistics.transactions))),
            "certificatesPerSecond": .decimal(whole(rate(statistics.certificates))),
        ]
        switch outcome {
        case .sound: object["outcome"] = "sound"
        case .fault(let fault):
            object["outcome"] = "fault"
            object["fault"] = .object(faultObject(fault))
        case .unreadable(let height, let problem):
            object["outcome"] = "unreadable"
            object["problem"] = ["height": number(height.rawValue), "reason": .string(problem.reason)]
        }
        return String(decoding: JSONValue.object(object).compactBytes, as: UTF8.self)
    }

    private func faultObject(_ fault: AuditFault) -> JSONObject {
        var object: JSONObject = ["height": number(fault.height.rawValue), "rule": .string(fault.rule.rawValue)]
        if let transaction = fault.transaction { object["transaction"] = .integer(Int64(transaction)) }
        object["zh"] = .string(fault.rule.text.chinese)
        object["en"] = .string(fault.rule.text.english)
        object["detail"] = .string(fault.detail)
        return object
    }

    private func number(_ value: UInt64) -> JSONValue { .integer(Int64(clamping: value)) }
    private func rate(_ count: UInt64) -> Double { seconds > 0 ? Double(count) / seconds : 0 }
    private func whole(_ value: Double) -> String { "\(UInt64(value.rounded()))" }

    /// Milliseconds suffice, and a fixed form keeps the output the same everywhere.
    private func decimal(_ value: Double) -> String {
        let milliseconds = UInt64((value * 1000).rounded())
        let rest = "\(milliseconds % 1000)"
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }
}

/// A time on the ledger as people write it, in UTC: 2026-01-31T08:00:00Z.
struct UTCTime: CustomStringConvertible {
    private let timestamp: Timestamp

    init(_ timestamp: Timestamp) { self.timestamp = timestamp }

    var description: String {
        let (days, second) = timestamp.seconds.quotientAndRemainder(dividingBy: 86_400)
        // The Gregorian calendar repeats every 146,097 days; years are counted from 1 March, so that the leap day is last.
        let shifted = days + 719_468
        let (era, day) = shifted.quotientAndRemainder(dividingBy: 146_097)
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
        let dayOfYear = day - (365 * year + year / 4 - year / 100)
        let month = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * month + 2) / 5 + 1
        let calendarMonth = month < 10 ? month + 3 : month - 9
        let calendarYear = era * 400 + year + (calendarMonth <= 2 ? 1 : 0)
        return "\(pad(calendarYear, 4))-\(pad(calendarMonth))-\(pad(dayOfMonth))"
            + "T\(pad(second / 3600)):\(pad(second / 60 % 60)):\(pad(second % 60))Z"
    }

    private func pad(_ number: UInt64, _ count: Int = 2) -> String {
        let text = "\(number)"
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }
}
