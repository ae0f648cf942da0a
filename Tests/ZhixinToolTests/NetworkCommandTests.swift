import ArgumentParser
import Consensus
import Credentials
import Foundation
import LedgerModel
import Primitives
import Testing

@testable import zhixin

/// The commands on a local network whose nodes do not run.
@Suite(.serialized, .timeLimit(.minutes(2))) struct NetworkCommandTests {
    private static let scratch = Result { try ScratchFolder() }
    private static let network = Task {
        let path = try scratch.get().file("network")
        let command = ["--template", "Genesis/chancheng", "--out", path, "--first-port", "40400", "--json"]
        try await NetworkInitialise.parse(command).run()
        return path
    }

    private let path: String

    init() async throws { path = try await Self.network.value }

    /// Two networks may have the same ports: whoever answers must be this network's node of this department.
    @Test(arguments: [
        (#"{"network":"OWN","department":{"code":"housing-fund"},"view":1}"#, true),
        (#"{"network":"OTHER","department":{"code":"housing-fund"},"view":1}"#, false),
        (#"{"network":"OWN","department":{"code":"public-security"},"view":1}"#, false),
        (#"{"department":{"code":"housing-fund"}}"#, false),
        (#"{"network":"OWN"}"#, false),
        ("<html>", false),
        ("", false),
    ])
    func onlyTheNodeItselfIsTakenForIt(content: String, isOwn: Bool) throws {
        let file = try NodeFile(path: path + "/housing-fund/node.yaml")
        let body = content.replacing("OWN", with: file.genesisDigest.description)
            .replacing("OTHER", with: String(repeating: "0", count: 64))
        let status = NodeProbe(file: file).judge(Array(body.utf8)).status
        #expect((status != nil) == isOwn)
    }

    @Test func anUnknownNodeIsRefused() async throws {
        let network = try LocalNetwork(path: path)
        #expect(try network.members(only: nil).count == 4)
        #expect(try network.members(only: "housing-fund").map(\.file.department.text) == ["housing-fund"])
        let error = #expect(throws: CommandError.self) { try network.members(only: "nosuch") }
        #expect(error?.code == "node-unknown")
        let command = ["--dir", path, "--only", "nosuch", "--json"]
        await #expect(throws: ExitCode(1)) { try await NetworkUp.parse(command).run() }
        await #expect(throws: ExitCode(1)) { try await NetworkDown.parse(command).run() }
    }

    @Test(arguments: ["0", "-1", "65332", "65500", "70000", "\(Int.max)", "\(Int.min)"])
    func portsThatCannotBeAreRefusedBeforeAnythingIsWritten(port: String) async throws {
        let out = try Self.scratch.get().file(UUID().uuidString)
        let network = try NetworkInitialise.parse(
            ["--template", "Genesis/chancheng", "--out", out, "--first-port=\(port)", "--json"])
        await #expect(throws: ExitCode(1)) { try await network.run() }
        #expect(!FileManager.default.fileExists(atPath: out))
        let node = try NodeInitialise.parse(
            ["--name", "police", "--out", out, "--tls-port=\(port == "65332" ? "65536" : port)", "--json"])
        if port != "65500" {
            await #expect(throws: ExitCode(1)) { try await node.run() }
            #expect(!FileManager.default.fileExists(atPath: out))
        }
    }

    @Test func aNetworkWithoutARunningNodeIsNoSuccess() async throws {
        let status = try NetworkStatus.parse(["--dir", path, "--json"])
        await #expect(throws: ExitCode(1)) { try await status.run() }
    }

    /// What a node that ended wrote is the cause, with its code.
    @Test(arguments: [
        ("info line\n端口被占用。\n127.0.0.1:1 is in use [port-in-use]\n", "port-in-use", "127.0.0.1:1 is in use"),
        ("info [zhixin] node starts\nFatal error: x\n", "node-not-ready", "Fatal error: x"),
        ("", "node-not-ready", "wrote nothing"),
    ])
    func theCauseIsWhatTheNodeWrote(written: String, code: String, words: String) {
        let cause = NodeStart.failure(written: written, log: "node.log")
        #expect(cause.code == code)
        #expect(cause.english.contains(words))
        #expect(!cause.chinese.isEmpty)
    }

    @Test func everyRefusalToVoteIsExplained() {
        let reasons: [RefusalReason] = [.keyNotInSet, .damagedJournal, .missingJournal, .unknownProtocolVersion]
        let sentences = reasons.map { VotingRefusal($0).english }
        #expect(Set(sentences).count == reasons.count)
        #expect(!sentences.contains(VotingRefusal(named: "another").english))
        #expect(VotingRefusal(named: "unknownOwnVote(Consensus.Vote(view: 3))").name == "unknownOwnVote")
    }
}
