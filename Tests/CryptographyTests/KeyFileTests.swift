import Cryptography
import Foundation
import Primitives
import TestKit
import Testing

struct KeyFileTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func aSigningKeyReadsBack(algorithm: SignatureAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)
        let path = folder.file("key")
        try KeyFile.write(key, to: path)
        #expect(try folder.mode("key") == 0o600)
        #expect(try folder.names() == ["key"])
        #expect(try KeyFile.readSigningKey(path).secretBytes == key.secretBytes)
        #expect(try KeyFile.readSigningKey(path, algorithm: algorithm).publicKey == key.publicKey)
        #expect(try KeyFile.kind(path).rawValue == "\(algorithm)")
    }

    @Test func theTextIsTheWrittenOne() throws {
        let key = try SigningKey(algorithm: .ed25519, secretBytes: [UInt8](repeating: 0, count: 32))
        try KeyFile.write(key, to: folder.file("key"))
        let expected = """
            zhixin-key-1 ed25519
            AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
            # public ed25519:3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29

            """
        #expect(try folder.text("key") == expected)
    }

    @Test func agreementKeysAndSecretsReadBack() throws {
        let key = AgreementKey.generate()
        try KeyFile.write(key, to: folder.file("agreement"))
        #expect(try KeyFile.readAgreementKey(folder.file("agreement")).secretBytes == key.secretBytes)
        for kind in [KeyFile.Kind.seed, .vault] {
            let secret = SystemEntropy.randomBytes(KeyFile.secretByteCount)
            let path = folder.file(kind.rawValue)
            try KeyFile.write(secret: secret, kind: kind, to: path)
            #expect(try folder.mode(kind.rawValue) == 0o600)
            #expect(try KeyFile.readSecret(path, kind: kind) == secret)
            #expect(try KeyFile.kind(path) == kind)
        }
    }

    /// Whatever the process's mask says, the owner can read and nobody else can.
    @Test(arguments: [0o600, 0o400, 0o700, 0o500])
    func aFileOfItsOwnerAloneIsRead(mode: Int) throws {
        let key = try SigningKey.generate(.ed25519)
        try KeyFile.write(key, to: folder.file("key"))
        try folder.setMode(mode, of: "key")
        #expect(try KeyFile.readSigningKey(folder.file("key")).publicKey == key.publicKey)
    }

    @Test(arguments: [0o601, 0o602, 0o604, 0o610, 0o620, 0o640, 0o644, 0o660, 0o666, 0o777])
    func aFileThatOthersCanUseIsRefused(mode: Int) throws {
        let path = folder.file("key")
        try KeyFile.write(try SigningKey.generate(.ed25519), to: path)
        try KeyFile.write(AgreementKey.generate(), to: folder.file("agreement"))
        try folder.setMode(mode, of: "key")
        try folder.setMode(mode, of: "agreement")
        #expect(throws: KeyFileError.readableByOthers(path: path, mode: UInt16(mode))) {
            try KeyFile.readSigningKey(path)
        }
        #expect(throws: KeyFileError.readableByOthers(path: folder.file("agreement"), mode: UInt16(mode))) {
            try KeyFile.readAgreementKey(folder.file("agreement"))
        }
    }

    @Test func anExistingFileIsNeverOverwritten() throws {
        let path = folder.file("key")
        let first = try SigningKey.generate(.ed25519)
        try KeyFile.write(first, to: path)
        #expect(throws: KeyFileError.exists(path: path)) { try KeyFile.write(SigningKey.generate(.p256), to: path) }
        #expect(throws: KeyFileError.exists(path: path)) { try KeyFile.write(AgreementKey.generate(), to: path) }
        #expect(try KeyFile.readSigningKey(path).secretBytes == first.secretBytes)
        // A dangling link is in the way as well, and no temporary file stays behind.
        try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: "nowhere")
        #expect(throws: KeyFileError.exists(path: folder.file("link"))) {
            try KeyFile.write(first, to: folder.file("link"))
        }
        #expect(try folder.names() == ["key", "link"])
    }

    @Test func oneOfManyWritersWins() async throws {
        let path = folder.file("key")
        let winners = await withTaskGroup(of: SigningKey?.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    guard let key = try? SigningKey.generate(.ed25519) else { return nil }
                    do {
                        try KeyFile.write(key, to: path)
                        return key
                    } catch {
                        return nil
                    }
                }
            }
            return await group.reduce(into: [SigningKey]()) { list, key in
                if let key { list.append(key) }
            }
        }
        #expect(winners.count == 1)
        #expect(try KeyFile.readSigningKey(path).publicKey == winners.first?.publicKey)
        #expect(try folder.names() == ["key"])
    }

    @Test func whatIsNotThereIsMissing() throws {
        let absent = folder.file("absent")
        #expect(throws: KeyFileError.missing(path: absent)) { try KeyFile.readSigningKey(absent) }
        let beyond = folder.file("no-folder/key")
        #expect(throws: KeyFileError.missing(path: beyond)) {
            try KeyFile.write(SigningKey.generate(.ed25519), to: beyond)
        }
    }

    @Test func foldersAndPipesAreNoKeys() throws {
        #expect(throws: KeyFileError.notAFile(path: folder.path)) { try KeyFile.readSigningKey(folder.path) }
        let pipe = folder.file("pipe")
        try #require(mkfifo(pipe, 0o600) == 0)
        #expect(throws: KeyFileError.notAFile(path: pipe)) { try KeyFile.readSigningKey(pipe) }
    }

    @Test func aLinkIsJudgedByItsFile() throws {
        let key = try SigningKey.generate(.ed25519)
        try KeyFile.write(key, to: folder.file("key"))
        try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: "key")
        #expect(try KeyFile.readSigningKey(folder.file("link")).publicKey == key.publicKey)
        try folder.setMode(0o644, of: "key")
        #expect(throws: KeyFileError.readableByOthers(path: folder.file("link"), mode: 0o644)) {
            try KeyFile.readSigningKey(folder.file("link"))
        }
    }

    @Test func aKeyOfAnotherKindIsRefused() throws {
        let signing = folder.file("signing")
        let agreement = folder.file("agreement")
        let seed = folder.file("seed")
        try KeyFile.write(try SigningKey.generate(.ed25519), to: signing)
        try KeyFile.write(AgreementKey.generate(), to: agreement)
        try KeyFile.write(secret: [UInt8](repeating: 1, count: 32), kind: .seed, to: seed)
        #expect(throws: KeyFileError.wrongKind(path: signing, expected: "p256", found: "ed25519")) {
            try KeyFile.readSigningKey(signing, algorithm: .p256)
        }
        #expect(throws: KeyFileError.wrongKind(path: agreement, expected: "a signing key", found: "x25519")) {
            try KeyFile.readSigningKey(agreement)
        }
        #expect(throws: KeyFileError.wrongKind(path: signing, expected: "x25519", found: "ed25519")) {
            try KeyFile.readAgreementKey(signing)
        }
        #expect(throws: KeyFileError.wrongKind(path: seed, expected: "vault", found: "seed")) {
            try KeyFile.readSecret(seed, kind: .vault)
        }
    }

    @Test(arguments: [
        ("", "not three lines"),
        ("zhixin-key-1 ed25519\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", "not three lines"),
        ("zhixin-key-2 ed25519\nAAAA\n#\n", "the first line does not begin with zhixin-key-1"),
        ("zhixin-key-1  ed25519\nAAAA\n#\n", "the first line does not begin with zhixin-key-1"),
        ("zhixin-key-1 rsa\nAAAA\n#\n", "an unknown kind of key"),
        ("zhixin-key-1 ed25519\nAAAA\n#\n", "the second line is not 32 bytes in base64url"),
        (
            "zhixin-key-1 ed25519\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n#\n",
            "the second line is not 32 bytes in base64url"
        ),
        (
            "zhixin-key-1 ed25519\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n# public\n",
            "the third line does not fit the secret"
        ),
        (
            "zhixin-key-1 p256\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n# public\n",
            "the secret is no p256 key"
        ),
        (
            "zhixin-key-1 sm2\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n# public\n",
            "the secret is no sm2 key"
        ),
    ])
    func aDamagedFileIsRefused(text: String, reason: String) throws {
        try folder.write(Array(text.utf8), to: "key")
        #expect(throws: KeyFileError.damaged(path: folder.file("key"), reason: reason)) {
            try KeyFile.readSigningKey(folder.file("key"))
        }
    }

    @Test func everyChangedByteIsNoticed() throws {
        try KeyFile.write(try SigningKey.generate(.ed25519), to: folder.file("signing"))
        try KeyFile.write(secret: SystemEntropy.randomBytes(32), kind: .seed, to: folder.file("seed"))
        var random = SeededRandom(seed: 11)
        for name in ["signing", "seed"] {
            let original = Array(try folder.text(name).utf8)
            for place in original.indices {
                var bytes = original
                repeat { bytes[place] = UInt8.random(in: 0...255, using: &random) } while bytes == original
                try folder.write(bytes, to: "changed")
                #expect(throws: KeyFileError.self, "byte \(place) of \(name)") {
                    if name == "signing" {
                        _ = try KeyFile.readSigningKey(folder.file("changed"))
                    } else {
                        _ = try KeyFile.readSecret(folder.file("changed"), kind: .seed)
                    }
                }
            }
        }
    }

    @Test func aHugeFileIsNotReadToItsEnd() throws {
        try folder.write([UInt8](repeating: 0x61, count: 65 * 1024), to: "key")
        #expect(throws: KeyFileError.damaged(path: folder.file("key"), reason: "more than 65536 bytes")) {
            try KeyFile.readSigningKey(folder.file("key"))
        }
    }
}
