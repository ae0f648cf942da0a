import ArgumentParser
import Consensus
import Foundation
import Glibc
import LedgerModel
import Logging
import Primitives
import Testing
import ZhixinClient

@testable import zhixin

/// What keeps a node from starting, and the code that it ends with.
@Suite(.serialized, .timeLimit(.minutes(2))) struct StartUpFaultTests {
    private static let scratch = Result { try ScratchFolder() }
    /// A network of the template, whose nodes were never started.
    private static let network = Task {
        let path = try scratch.get().file("network")
        let command = ["--template", "Genesis/chancheng", "--out", path, "--first-port", "40100", "--json"]
        try await NetworkInitialise.parse(command).run()
        return path
    }

    private let folder: NodeFolder
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// A node's folder for one test: what it changes is no other test's.
    init() async throws {
        let path = try Self.scratch.get().file(UUID().uuidString)
        try FileManager.default.copyItem(atPath: try await Self.network.value, toPath: path)
        folder = NodeFolder(path: path + "/public-security")
    }

    private func change(_ text: String, to other: String) throws {
        let before = try String(contentsOfFile: folder.configuration, encoding: .utf8)
        let after = before.replacing(text, with: other)
        #expect(after != before, "\(text) is not in the configuration")
        try Data(after.utf8).write(to: URL(fileURLWithPath: folder.configuration))
    }

    private func expectRefusal(_ code: String) async throws {
        let error = await #expect(throws: CommandError.self) {
            try await NodeRun.serve(configuration: folder.configuration, logger: logger)
        }
        #expect(error?.code == code)
        #expect(error?.chinese.isEmpty == false && error?.english.isEmpty == false)
        if code == "configuration-invalid" {
            #expect(error?.english.allSatisfy(\.isASCII) == true, "each language has its own sentence")
        }
    }

    @Test(arguments: [
        ("host: 127.0.0.1\nlinkPort", "surprise: 1\nhost: 127.0.0.1\nlinkPort", "configuration-invalid"),
        ("linkPort: 40101", "linkPort: 0", "configuration-invalid"),
        ("genesisDigest: \"", "genesisDigest: \"00", "configuration-invalid"),
        ("department: public-security\n", "department: nobody\n", "department-unknown"),
        ("genesis: ../genesis.bcs", "genesis: ../missing.bcs", "file-unusable"),
        ("host: 127.0.0.1\nlinkPort", "host: 0.0.0.0\nlinkPort", "public-address-missing"),
        ("clerks:", "publicAddress: http://127.0.0.1:1\nclerks:", "configuration-invalid"),
        ("clerks:", "publicAddress: https://00@a:1\nclerks:", "configuration-invalid"),
        ("clerks:", "publicCertificate: mine\nclerks:", "configuration-invalid"),
        ("host: 127.0.0.1\nlinkPort", "host: 240.0.0.1\nlinkPort", "cannot-listen"),
    ])
    func aWrongConfigurationIsRefused(text: String, other: String, code: String) async throws {
        try change(text, to: other)
        try await expectRefusal(code)
    }

    @Test func anotherGenesisThanThePinnedOneIsRefused() async throws {
        let text = try String(contentsOfFile: folder.configuration, encoding: .utf8)
        let digest = try #require(text.firstMatch(of: /genesisDigest: "([0-9a-f]+)"/)?.1)
        try change(String(digest), to: String(repeating: "0", count: 64))
        try await expectRefusal("genesis-digest-mismatch")
    }

    @Test func aKeyThatOthersCanReadIsRefused() async throws {
        #expect(chmod(folder.transactionKey, 0o644) == 0)
        try await expectRefusal("key-readable-by-others")
    }

    @Test func aValidatorWithoutItsVotingKeyIsRefused() async throws {
        try FileManager.default.removeItem(atPath: folder.votingKey)
        try await expectRefusal("key-unusable")
    }

    @Test func aDepartmentThatIsNoValidatorFollowsWithoutAKey() throws {
        let node = try NodeAssembly(configuration: folder.configuration, logger: logger)
        try FileManager.default.removeItem(atPath: folder.votingKey)
        let votes = try VotingState(
            folder,
            suite: node.suite,
            network: node.network,
            own: NodeID(DepartmentID(999)),
            store: node.store
        )
        #expect(votes.signers.isEmpty && votes.refusal == nil)
    }

    @Test func aKeyThatIsNotTheLedgersDoesNotVote() throws {
        let node = try NodeAssembly(configuration: folder.configuration, logger: logger)
        try FileManager.default.removeItem(atPath: folder.votingKey)
        try FileManager.default.copyItem(atPath: folder.transactionKey, toPath: folder.votingKey)
        try FileManager.default.removeItem(atPath: folder.journal)
        let votes = try VotingState(
            folder,
            suite: node.suite,
            network: node.network,
            own: NodeID(node.department.id),
            store: node.store
        )
        #expect(votes.refusal == .keyNotInSet)
    }

    @Test func dataOfAnotherNetworkIsRefused() async throws {
        let other = try Self.scratch.get().file(UUID().uuidString)
        let command = ["--template", "Genesis/chancheng", "--out", other, "--first-port", "40200", "--json"]
        try await NetworkInitialise.parse(command).run()
        let foreign = NodeFolder(path: other + "/public-security")
        // Opening it once leaves a ledger behind.
        _ = try NodeAssembly(configuration: foreign.configuration, logger: logger)
        try FileManager.default.moveItem(atPath: foreign.data, toPath: folder.data)
        try await expectRefusal("data-of-another-network")
    }

    @Test func dataThatAnotherProcessUsesIsRefused() async throws {
        let other = try NodeAssembly(configuration: folder.configuration, logger: logger)
        try await expectRefusal("data-folder-locked")
        withExtendedLifetime(other) {}
    }

    @Test(arguments: ["linkPort: 40101", "httpPort: 40201", "tlsPort: 40301"])
    func aPortInUseIsNamed(line: String) async throws {
        let taken = try TakenPort()
        let name = try #require(line.split(separator: " ").first)
        try change("\n\(line) ", to: "\n\(name) \(taken.number) ")
        try await expectRefusal("port-in-use")
    }

    /// What a wallet is told: the node's own HTTPS with its certificate's digest, unless the configuration says otherwise.
    @Test(arguments: [
        ("", "https://DIGEST@127.0.0.1:40301"),
        ("publicAddress: https://node.example:8443\n", "https://DIGEST@node.example:8443"),
        ("publicAddress: https://node.example\npublicCertificate: authority\n", "https://node.example:443"),
        (
            "publicAddress: https://node.example\npublicCertificate: \"" + String(repeating: "0a", count: 32) + "\"\n",
            "https://" + String(repeating: "0a", count: 32) + "@node.example:443"
        ),
    ])
    func walletsAreToldAPinnedAddress(lines: String, expected: String) throws {
        if !lines.isEmpty { try change("clerks:", to: lines + "clerks:") }
        let own = Digest(words: (1, 2, 3, 4))
        let address = try NodeFile(path: folder.configuration).publicAddress(ownCertificate: own)
        #expect(address.pinnedDescription == expected.replacing("DIGEST", with: own.description))
    }
}

/// A port of this machine on which something listens.
private final class TakenPort {
    let number: UInt16
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                [bind(descriptor, address, length), listen(descriptor, 1), getsockname(descriptor, address, &length)]
            }
        }
        try #require(result == [0, 0, 0])
        number = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }
}
