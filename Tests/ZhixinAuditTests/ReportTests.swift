import Credentials
import LedgerModel
import Primitives
import TestKit
import Testing

@testable import zhixin_audit

struct ReportTests {
    private func report(_ outcome: AuditOutcome, isFolderCompared: Bool = false) throws -> AuditReport {
        let fixture = LedgerFixture()
        let auditor = try ChainAuditor(genesis: fixture.genesis, suite: fixture.suite)
        return auditor.report(
            genesis: fixture.genesis,
            outcome: outcome,
            isFolderCompared: isFolderCompared,
            seconds: 2.5
        )
    }

    private func object(_ report: AuditReport) throws -> JSONObject {
        try #require(JSONValue(parsing: Array(report.json.utf8), byteCountMax: 1 << 20).object)
    }

    @Test func aSoundLedgerSaysAsOfWhen() throws {
        let report = try report(.sound, isFolderCompared: true)
        #expect(report.exitCode == 0)
        #expect(report.lines[1] == "审计通过 sound: 高度 height 0–0；存储与重放逐项一致 (everything stored equals the replay)")
        #expect(report.lines.contains("截至 as of: 高度 height 0，2025-10-09T08:53:20Z，已证终局 certified 0"))
        let object = try object(report)
        #expect(object["outcome"] == "sound")
        #expect(object["folderCompared"] == true)
        #expect(object["seconds"] == .decimal("2.500"))
        #expect(object["historySize"] == 1)
    }

    @Test func aFaultNamesHeightTransactionAndRule() throws {
        let fault = AuditFault(height: Height(7), transaction: 3, rule: .transactionEncoding, detail: "x")
        let report = try report(.fault(fault))
        #expect(report.exitCode == 1)
        #expect(
            report.lines[1...5] == [
                "发现问题 FAULT: 交易编码不合规范 (the transaction's bytes are not canonical)", "  高度 height: 7",
                "  交易序号 transaction: 3", "  规则 rule: transaction-encoding", "  详情 detail: x",
            ]
        )
        let object = try #require(object(report)["fault"]?.object)
        #expect(object["height"] == 7)
        #expect(object["transaction"] == 3)
        #expect(object["rule"] == "transaction-encoding")
    }

    @Test func whatCouldNotBeReadIsNeitherSoundNorAFault() throws {
        let report = try report(.unreadable(height: Height(9), SourceProblem(reason: "gone")))
        #expect(report.exitCode == 2)
        #expect(report.lines[1] == "未能完成 NOT DONE: gone")
        #expect(try object(report)["problem"] == ["height": 9, "reason": "gone"])
    }

    @Test func everyRuleHasWordsInBothLanguages() {
        for rule in AuditRule.allCases {
            #expect(!rule.text.chinese.utf8.allSatisfy { $0 < 0x80 })
            #expect(rule.text.english.utf8.allSatisfy { $0 < 0x80 })
        }
    }

    @Test(arguments: [
        (UInt64(0), "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"),
        (951_868_800, "2000-03-01T00:00:00Z"), (1_709_164_799, "2024-02-28T23:59:59Z"),
        (4_107_542_399, "2100-02-28T23:59:59Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
        (1_735_689_599, "2024-12-31T23:59:59Z"), (1_735_689_600, "2025-01-01T00:00:00Z"),
    ])
    func timesAreWrittenInUTC(seconds: UInt64, text: String) {
        #expect(UTCTime(Timestamp(seconds: seconds)).description == text)
    }

    @Test func progressSaysHowFarHowFastAndHowLong() {
        var statistics = AuditStatistics()
        statistics.height = Height(40)
        statistics.transactions = 1000
        let line = ProgressReporter.line(statistics, source: SourceProgress(done: 25, total: 100), seconds: 10)
        #expect(line.contains(" 25%"))
        #expect(line.contains("高度 height 40"))
        #expect(line.contains("100 笔/秒 tx/s"))
        #expect(line.hasSuffix("剩余 left 0:30"))
        let unknown = ProgressReporter.line(statistics, source: nil, seconds: 10)
        #expect(unknown.hasPrefix("高度 height 40"))
    }
}
