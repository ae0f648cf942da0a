import ArgumentParser
import Testing

@testable import zhixin

@Suite struct AccessCommandTests {
    /// Nobody answers, over HTTP or HTTPS: the log is neither complete nor wrong.
    @Test func withoutANodeTheAnswerIsNotKnown() async throws {
        let scratch = try ScratchFolder()
        let network = ["--template", "Genesis/chancheng", "--out", scratch.file("network"), "--json"]
        try await NetworkInitialise.parse(network).run()
        let folder = WalletFolder(path: scratch.file("wallet"))
        _ = try folder.create(genesis: scratch.file("network/genesis.bcs"), identifier: nil)
        let pin = String(repeating: "0a", count: 32)
        let nodes = ["--node", "https://\(pin)@127.0.0.1:1", "--node", "http://127.0.0.1:1"]
        let error = await #expect(throws: ExitCode.self) {
            try await AccessList.parse(["--wallet", folder.path, "--json"] + nodes).run()
        }
        #expect(error == ExitCode(2))
    }
}
