import ArgumentParser
import Cryptography
import LedgerModel
import Primitives
import TestKit
import Testing

@testable import zhixin_audit

struct CommandTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: [
        ["--genesis", "g"], ["--file", "f"], ["--genesis", "g", "--file", "f", "--node", "n"],
        ["--genesis", "g", "--data", "d", "--node", "n"], ["--genesis", "g", "--file"],
    ])
    func exactlyOneSourceAndAGenesisAreNeeded(arguments: [String]) {
        #expect(throws: (any Error).self) { try AuditCommand.parse(arguments) }
    }

    @Test func everySourceIsAccepted() throws {
        for source in ["--file", "--node", "--data"] {
            _ = try AuditCommand.parse(["--genesis", "g", source, "x", "--json", "--quiet"])
        }
    }

    private func exitCode(_ arguments: [String]) async throws -> Int32 {
        let command = try AuditCommand.parse(arguments + ["--quiet"])
        do {
            try await command.run()
            return 0
        } catch let code as ExitCode {
            return code.rawValue
        }
    }

    @Test func filesThatCannotBeReadExitWithTwo() async throws {
        let none = folder.path + "/none"
        #expect(try await exitCode(["--genesis", none, "--file", none]) == 2)
        let genesis = folder.path + "/genesis"
        try write(LedgerFixture().genesis.canonicalBytes, to: genesis)
        #expect(try await exitCode(["--genesis", genesis, "--file", none, "--json"]) == 2)
        #expect(try await exitCode(["--genesis", genesis, "--data", none]) == 2)
        #expect(try await exitCode(["--genesis", genesis, "--file", genesis]) == 2)
    }

    @Test func aLedgerIsReadFromItsFilesAndJudged() async throws {
        // The real suite, so a ledger without blocks; a certificate takes real keys.
        let world = try AuditWorld(fixture: LedgerFixture(digestFunction: Suites.international.digestFunction))
        let genesis = folder.path + "/genesis"
        let export = folder.path + "/export"
        try write(world.fixture.genesis.canonicalBytes, to: genesis)
        try write(ChainExport.encode([], network: world.network), to: export)
        #expect(try await exitCode(["--genesis", genesis, "--file", export]) == 0)
        // Signed with the keys of another suite.
        let forged = folder.path + "/forged"
        try write(world.export, to: forged)
        #expect(try await exitCode(["--genesis", genesis, "--file", forged]) == 1)
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        try TemporaryFolder.write(bytes, to: path)
    }
}
