import ArgumentParser
import Consensus
import Credentials
import Cryptography
import Foundation
import LedgerModel
import Primitives
import Synchronization
import Testing
import ZhixinClient
import ZhixinVerify

@testable import zhixin

@Suite struct CertificateImportTests {
    private let scratch: ScratchFolder
    private let type: CertificateTypeDefinition

    init() throws {
        scratch = try ScratchFolder()
        type = try CertificateTypeDefinition(
            json: Array(
                """
                {"code":"card","id":1,"version":1,"name":{"zh":"卡","en":"card"},"issuers":["police"],
                "subject":"natural","validity":{"end":"open"},"numberField":"number","holderIdentifierField":"citizen",
                "holderNameField":"name","fields":[
                {"name":"number","header":"编号","kind":"text"},
                {"name":"citizen","header":"身份证号","aliases":["公民身份号码"],"kind":"citizen-identifier"},
                {"name":"name","header":"姓名","kind":"text"}]}
                """.utf8
            )
        )
    }

    /// An export of `count` good rows and, at the lines in `spoiled`, rows with a wrong citizen id.
    private func export(_ count: Int, spoiled: Set<Int> = [], extraColumn: Bool = false) throws -> String {
        var text = "编号,公民身份号码,姓名" + (extraColumn ? ",备注" : "") + "\n"
        for index in 0..<count {
            let citizen = SyntheticCitizen(seed: 1, index: UInt64(index)).identifier.text
            let identifier = spoiled.contains(index + 2) ? "1" + citizen.dropFirst(2) : citizen
            text += "N\(index),\(identifier),人" + (extraColumn ? ",秘密" : "") + "\n"
        }
        return try scratch.write(Array(text.utf8), "export-\(count).csv")
    }

    private func makeImport(_ path: String, refused: String? = nil) throws -> CertificateImport {
        let file = try ExportFile(path: path)
        return try CertificateImport(
            file: file,
            type: type,
            refusedPath: refused,
            digestFunction: Suites.international.digestFunction,
            progress: ImportProgress(rowCount: file.lineBreakCount - 1, isSilent: true)
        )
    }

    @Test func checkingFindsEveryFaultAndWritesItDown() throws {
        let refused = scratch.file("refused.csv")
        let task = try makeImport(try export(10, spoiled: [3, 11]), refused: refused)
        try task.check()
        #expect(task.summary.rows == 10 && task.summary.good == 8 && task.summary.rejected == 2)
        #expect(task.summary.checkedJSON.object?["good"]?.integer == 8)
        #expect(task.summary.checkedJSON.object?["issued"] == nil && task.summary.settled == 10)
        let text = String(decoding: scratch.read("refused.csv"), as: UTF8.self)
        #expect(text.hasPrefix("\u{feff}行号,错误,编号,公民身份号码,姓名\r\n"))
        #expect(text.contains("\r\n3,") && text.contains("\r\n11,") && text.contains("公民身份号码应为18位"))
    }

    @Test func refusedRowsCanBeImportedAgainAsTheyAre() throws {
        let refused = scratch.file("refused.csv")
        try makeImport(try export(4, spoiled: [2]), refused: refused).check()
        let again = try makeImport(refused)
        try again.check()
        #expect(again.summary.rows == 1 && again.summary.rejected == 1)
    }

    @Test func fileWithoutFaultsLeavesNoErrorsFile() throws {
        let refused = scratch.file("refused.csv")
        try makeImport(try export(3), refused: refused).check()
        #expect(!FileManager.default.fileExists(atPath: refused))
    }

    /// More rows apart than a batch holds, where the node cannot see it.
    private func exportWithRepeats() throws -> String {
        let path = try export(2_500)
        let text = String(decoding: scratch.read("export-2500.csv"), as: UTF8.self)
        var lines = text.split(separator: "\n").map(String.init)
        lines.append(lines[1])
        lines.append(lines[2].replacing("人", with: "别人"))
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test func aNumberThatStandsTwiceInTheFileIsFoundByChecking() throws {
        let task = try makeImport(try exportWithRepeats(), refused: scratch.file("refused.csv"))
        try task.check()
        #expect(task.summary.rows == 2_502 && task.summary.good == 2_500)
        #expect(task.summary.skipped == 1 && task.summary.rejected == 1)
        let text = String(decoding: scratch.read("refused.csv"), as: UTF8.self)
        #expect(text.contains("\r\n2503,“编号”：与第 3 行编号相同而内容不同,N1,"))
    }

    @Test func ofTwoRowsWithOneNumberTheFirstIsSent() async throws {
        let node = ImportingNode()
        let summary = try await issue(try exportWithRepeats(), node: node)
        #expect(summary.issued == 2_500 && summary.skipped == 1 && summary.rejected == 1)
        let lines = node.batches.flatMap(\.rows).filter { $0.values[0].text == "N1" }.map(\.line)
        #expect(lines == [3])
    }

    /// What an interrupted import refused is in the way of no other one, and a whole import leaves nothing else behind.
    @Test(arguments: [true, false]) func anInterruptedImportLeavesNoErrorsFile(hasFaults: Bool) throws {
        let refused = scratch.file("refused.csv")
        // Never closed, as when the connection broke.
        let interrupted = RefusedRows(path: refused, headers: ["编号"])
        try interrupted.write(CertificateRowProblems(line: 2, problems: []), cells: ["N0"])
        #expect(!FileManager.default.fileExists(atPath: refused))
        try makeImport(try export(3, spoiled: hasFaults ? [3] : []), refused: refused).check()
        #expect(FileManager.default.fileExists(atPath: refused) == hasFaults)
        #expect(!FileManager.default.fileExists(atPath: refused + ".new"))
        if hasFaults {
            let text = String(decoding: scratch.read("refused.csv"), as: UTF8.self)
            #expect(text.split(separator: "\r\n").count == 2)
        }
    }

    @Test func missingColumnsAreNamedBeforeAnythingIsSent() throws {
        let path = try scratch.write(Array("编号,姓名\nA,B\n".utf8), "a.csv")
        let error = #expect(throws: CommandError.self) { try makeImport(path) }
        #expect(error?.code == "columns" && error?.chinese.contains("身份证号") == true)
    }

    @Test(arguments: [(";", "semicolons", "分号"), ("\t", "tabs", "制表符")])
    func anotherSeparatorIsNamed(_ separator: String, _ english: String, _ chinese: String) throws {
        let path = try scratch.write(Array(["编号", "身份证号", "姓名"].joined(separator: separator).utf8), "a.csv")
        let error = #expect(throws: CommandError.self) { try makeImport(path) }
        #expect(error?.code == "columns")
        #expect(error?.english.contains(english) == true && error?.chinese.contains(chinese) == true)
    }

    @Test func aFileWithoutRowsSaysSo() throws {
        let task = try makeImport(try export(0))
        try task.check()
        #expect(task.summary.checkedWords.first?.contains("no rows") == true)
        #expect(try ExportFile(path: export(3)).lineBreakCount == 4)
    }

    // MARK: The answer

    @Test func wordsNameEveryBatchAndHowToUndoIt() throws {
        var summary = ImportSummary()
        summary.rows = 10
        summary.issued = 10
        summary.batches = ["0a"]
        let clerk = try ClerkOptions.parse(["--folder", "Nodes/local/police", "--clerk", "li"])
        let one = summary.issuedWords(clerk: clerk.typed).joined(separator: "\n")
        #expect(one.contains("zhixin certificate undo --batch 0a --folder Nodes/local/police --clerk li"))
        summary.batches.append("0b")
        let two = summary.issuedWords(clerk: clerk.typed).joined(separator: "\n")
        #expect(two.contains("batch 0a") && two.contains("batch 0b") && two.contains("undo --batch BATCH"))
        #expect(!two.contains("reissued") && !two.contains("holder"))
    }

    @Test func errorsOfNodesAndWalletsSayWhatToDo() {
        let document = ProblemDocument(
            type: "https://zhixin.example/problems/caller-unknown",
            title: "The caller is not known here.",
            titleChinese: "调用方未登记。",
            status: 401,
            code: "caller-unknown"
        )
        let unknown = CommandError(ClientError.problem(document))
        #expect(unknown.chinese.hasPrefix("调用方未登记。请确认"))
        #expect(unknown.english.hasPrefix("The caller is not known here; is it your own department's node?"))
        let unpinned = CommandError(ClientError.transport(.certificateNotPinned, address: "https://a:1"))
        #expect(unpinned.english.contains("--certificate") && unpinned.code == "certificate-not-pinned")
        #expect(CommandError(WalletError.identifierDiffers).english.contains("zhixin wallet init"))
        #expect(CommandError(WalletError.otherNetwork).english == WalletError.otherNetwork.reason.english)
    }

    @Test func wordsTellReissuedRowsAndChangedHolders() {
        var summary = ImportSummary()
        summary.reissued = 3
        summary.changedHolder = [9, 4]
        let words = summary.issuedWords(clerk: "").joined(separator: "\n")
        #expect(words.contains("重新签发 3（此前已注销） 3 reissued after a revocation"))
        #expect(words.contains("2 numbers went to another holder（行 lines 4, 9）"))
        #expect(summary.json.object?["reissued"]?.integer == 3)
    }

    @Test(arguments: [["--check"], []]) func aTypeOfAnotherDepartmentIsRefusedAtOnce(_ mode: [String]) async throws {
        let network = scratch.file("network")
        try await NetworkInitialise.parse(["--template", "Genesis/chancheng", "--out", network, "--json"]).run()
        let arguments = [
            "--csv", try export(1), "--type", "household-register", "--folder", network + "/housing-fund",
        ]
        let command = try CertificateIssue.parse(arguments + mode)
        let pinned = try command.clerk.pinned()
        let error = await #expect(throws: CommandError.self) {
            try await command.requireOwn(pinned.certificateType("household-register").record, pinned)
        }
        #expect(error?.code == "certificate-type-not-issued-here")
        #expect(error?.english.contains("housing-fund-account") == true)
    }

    // MARK: Issuing

    private func issue(
        _ path: String,
        node: ImportingNode,
        secret: [UInt8] = [1],
        refused: String? = nil
    ) async throws -> ImportSummary {
        let task = try makeImport(path, refused: refused)
        try await task.issue(
            try node.client(),
            signer: RequestSigner(
                caller: .clerk(name: "clerk"),
                gateway: DepartmentID(1),
                signer: try SigningKey.generate(.ed25519)
            ),
            secret: secret
        )
        return task.summary
    }

    @Test(arguments: [(2_000, [2_000]), (2_001, [2_000, 1]), (4_500, [2_000, 2_000, 500])])
    func rowsTravelInBatchesOfTwoThousand(_ count: Int, _ sizes: [Int]) async throws {
        let node = ImportingNode()
        let summary = try await issue(try export(count), node: node)
        #expect(summary.issued == count && summary.batches.count == sizes.count)
        #expect(node.batches.map(\.rows.count).sorted(by: >) == sizes)
        #expect(node.inFlightMax <= 2)
    }

    @Test func onlyColumnsOfTheTypeAreSent() async throws {
        let node = ImportingNode()
        _ = try await issue(try export(2, extraColumn: true), node: node)
        #expect(node.batches[0].rows[0].values.map(\.header) == ["编号", "公民身份号码", "姓名"])
        #expect(node.batches[0].rows[0].line == 2)
    }

    @Test func batchIsNamedByContentAndKey() async throws {
        let path = try export(5)
        let secrets: [[UInt8]] = [[1], [1], [2]]
        let names = try await secrets.asyncMap { secret in
            let node = ImportingNode()
            _ = try await issue(path, node: node, secret: secret)
            return node.batches[0].batch
        }
        #expect(names[0] == names[1] && names[0] != names[2])
    }

    @Test func rowsThatTheNodeRefusesAreWrittenDownWithTheirCells() async throws {
        let node = ImportingNode(refusing: [3])
        let summary = try await issue(try export(3), node: node, refused: scratch.file("refused.csv"))
        #expect(summary.issued == 2 && summary.rejected == 1)
        let text = String(decoding: scratch.read("refused.csv"), as: UTF8.self)
        #expect(text.contains("\r\n3,编号重复,N1,"))
    }

    @Test func progressSaysShareRateAndTimeLeft() {
        var summary = ImportSummary()
        // Rows on their way are not done.
        summary.rows = 2_500
        summary.issued = 498
        summary.rejected = 2
        let line = ImportProgress.line(summary, share: 0.25, seconds: 10)
        #expect(
            line.contains(" 25% 500 ") && line.contains("50/s") && line.contains("left 30 s")
                && line.contains("refused 2")
        )
        #expect(ImportProgress.line(summary, share: 2, seconds: 0).hasPrefix(String(repeating: "█", count: 24)))
    }
}

extension Sequence {
    fileprivate func asyncMap<Value>(_ body: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await body(element)) }
        return values
    }
}

/// A node in memory that issues whatever it is sent.
private final class ImportingNode: NodeTransport {
    private struct State {
        var batches: [CertificateBatchRequest] = []
        var inFlight = 0
        var inFlightMax = 0
    }

    private let state = Mutex(State())
    private let refused: Set<Int>

    init(refusing refused: Set<Int> = []) { self.refused = refused }

    var batches: [CertificateBatchRequest] { state.withLock { $0.batches } }
    var inFlightMax: Int { state.withLock { $0.inFlightMax } }

    func client() throws -> NodeClient {
        let keys = try (0..<4).map { _ in try SigningKey.generate(.ed25519).publicKey }
        let set = try #require(ValidatorSet(epoch: .zero, keys: keys))
        let record = ValidatorSetRecord(set: set, departments: keys.map { _ in DepartmentID(1) })
        let genesis = Genesis(
            name: "import",
            suite: .international,
            timestamp: Timestamp(0),
            records: [.validatorSet(record)]
        )
        return NodeClient(
            address: NodeAddress(isSecure: false, host: "a", port: 1),
            ledger: try LedgerVerifier(genesis: genesis, suite: Suites.international),
            transport: self
        )
    }

    func send(_ request: NodeRequest) async throws(TransportError) -> NodeAnswer {
        state.withLock { state in
            state.inFlight += 1
            state.inFlightMax = max(state.inFlightMax, state.inFlight)
        }
        defer { state.withLock { $0.inFlight -= 1 } }
        guard let batch = try? CertificateBatchRequest(parsing: request.body, byteCountMax: 8 << 20) else {
            return NodeAnswer(status: 400)
        }
        // Long enough for a third batch to overtake, if one were sent.
        try? await Task.sleep(for: .milliseconds(5))
        state.withLock { $0.batches.append(batch) }
        let problem = CaseProblem(code: "number-repeated", chinese: "编号重复", english: "repeated")
        let rejected = batch.rows.filter { refused.contains($0.line) }
            .map { RejectedRow(line: $0.line, problems: [problem]) }
        let report = CertificateBatchReport(
            batch: batch.batch,
            issued: batch.rows.count - rejected.count,
            superseded: 0,
            skipped: 0,
            rejected: rejected,
            height: Height(5)
        )
        return NodeAnswer(status: 200, body: report.jsonBytes)
    }
}
