import Consensus
import Credentials
import Cryptography
import Foundation
import LedgerModel
import Primitives
import Testing
import ZhixinClient

@testable import zhixin

@Suite struct WalletFolderTests {
    private let scratch: ScratchFolder
    private let genesis: String
    private let folder: WalletFolder

    init() throws {
        scratch = try ScratchFolder()
        let keys = try (0..<4).map { _ in try SigningKey.generate(.ed25519).publicKey }
        let set = try #require(ValidatorSet(epoch: .zero, keys: keys))
        let record = ValidatorSetRecord(set: set, departments: keys.map { _ in DepartmentID(1) })
        let file = Genesis(
            name: "wallet",
            suite: .international,
            timestamp: Timestamp(0),
            records: [.validatorSet(record)]
        )
        genesis = try scratch.write(file.canonicalBytes, "genesis.bcs")
        folder = WalletFolder(path: scratch.file("wallet"))
    }

    private func mode(_ path: String) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test func walletIsReadBackAndBelongsToItsOwnerAlone() throws {
        let made = try folder.create(genesis: genesis, identifier: nil)
        let read = try folder.read()
        #expect(read.profile == made.profile && read.keys.subject.description == made.profile.did)
        #expect(try read.keys.headSetRoot() == made.keys.headSetRoot())
        #expect(try mode(folder.path) == 0o700)
        for path in [folder.seed, folder.profile, folder.genesis, folder.subjectKey(0)] {
            #expect(try mode(path) == 0o600)
        }
    }

    @Test func walletIsNeverOverwritten() throws {
        let made = try folder.create(genesis: genesis, identifier: nil)
        let error = #expect(throws: CommandError.self) { try folder.create(genesis: genesis, identifier: nil) }
        #expect(error?.code == "already-there")
        #expect(try folder.read().profile == made.profile)
    }

    @Test func folderWithoutWalletSaysWhatToDo() {
        let error = #expect(throws: CommandError.self) { try folder.read() }
        #expect(error?.code == "wallet-missing")
    }

    @Test func otherGenesisThanThePinnedOneIsNoticed() throws {
        _ = try folder.create(genesis: genesis, identifier: nil)
        var bytes = try #require(FileManager.default.contents(atPath: folder.genesis))
        // A letter of the network's name: still a genesis file, and another network.
        let letter = try #require(bytes.firstIndex(of: UInt8(ascii: "w")))
        bytes[letter] = UInt8(ascii: "v")
        try AtomicFile.write(Array(bytes), to: folder.genesis)
        let error = #expect(throws: CommandError.self) { try folder.read() }
        #expect(error?.code == "genesis-digest-mismatch")
    }

    @Test func keyThatOthersCanReadIsRefused() throws {
        _ = try folder.create(genesis: genesis, identifier: nil)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder.seed)
        #expect(throws: KeyFileError.self) { try folder.read() }
    }

    @Test func twoProcessesDoNotSignAtOnce() async throws {
        _ = try folder.create(genesis: genesis, identifier: nil)
        let code = try await folder.exclusively { () -> String? in
            let error = await #expect(throws: CommandError.self) { try await folder.exclusively { 1 } }
            return error?.code
        }
        #expect(code == "wallet-busy")
        #expect(try await folder.exclusively { 2 } == 2)
    }

    @Test func fileIsReplacedWholeAndNothingIsLeftBeside() throws {
        let path = scratch.file("a.json")
        try AtomicFile.write(Array("one".utf8), to: path)
        try AtomicFile.write(Array("two".utf8), to: path)
        #expect(scratch.read("a.json") == Array("two".utf8))
        #expect(try mode(path) == 0o600)
        #expect(!FileManager.default.fileExists(atPath: path + ".new"))
        #expect(throws: CommandError.self) { try AtomicFile.write([1], to: scratch.file("no/such/folder")) }
    }

    @Test(arguments: [
        ("440604193512208563", SubjectIdentifierKind.citizen), (" 11010519491231002x ", .citizen),
        ("91350100M000100Y43", .socialCredit),
    ])
    func identifiersAreReadAsTheyAreTyped(_ typed: String, _ kind: SubjectIdentifierKind) throws {
        #expect(try TypedIdentifier(typed).kind == kind)
    }

    @Test(arguments: ["440604193512208564", "4406041935122085", "91350100M000100Y44", ""])
    func mistypedIdentifiersAreRefusedWithoutRepeatingThem(_ typed: String) {
        let error = #expect(throws: CommandError.self) { try TypedIdentifier(typed) }
        #expect(error?.code == "identifier-malformed")
        #expect(typed.isEmpty || error?.description.contains(typed) == false)
    }

    @Test func timesAreChinas() {
        #expect(TimeText.words(Timestamp(seconds: 0)) == "1970-01-01 08:00:00")
        #expect(TimeText.words(Timestamp(seconds: 1_767_196_799)) == "2025-12-31 23:59:59")
        #expect(TimeText.words(Timestamp(seconds: 1_767_196_800)) == "2026-01-01 00:00:00")
    }
}
