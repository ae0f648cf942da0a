import Credentials
import Cryptography
import Foundation
import Glibc
import LedgerModel
import Primitives
import ZhixinClient

/// A citizen's wallet on disk: keys, the pinned genesis, and everything that was ever signed. No node reads it.
struct WalletFolder {
    static let genesisName = "genesis.bcs"

    let path: String

    var seed: String { file("seed.key") }
    var genesis: String { file(Self.genesisName) }
    var profile: String { file("wallet.json") }
    var uses: String { file("uses") }
    var certificates: String { file("certificates") }

    /// The subject's key that goes with this head set.
    func subjectKey(_ headSet: UInt32) -> String { file(headSet == 0 ? "subject.key" : "subject-\(headSet).key") }

    func file(_ name: String) -> String { path + "/" + name }

    /// Makes a wallet.
    ///
    /// - Throws: `CommandError` when the folder is there already; nothing is overwritten.
    func create(genesis source: String, identifier: String?) throws -> Wallet {
        guard !FileManager.default.fileExists(atPath: path) else { throw CommandError.exists(path) }
        let network = try PinnedNetwork(path: source)
        try makeFolder(path)
        try makeFolder(uses)
        try makeFolder(certificates)
        guard let bytes = FileManager.default.contents(atPath: source) else {
            throw CommandError.file(source, "not found")
        }
        try AtomicFile.write(Array(bytes), to: genesis)
        let seedBytes = SystemEntropy.randomBytes(AccessHeadKeys.seedByteCount)
        try KeyFile.write(secret: seedBytes, kind: .seed, to: seed)
        let key = try SigningKey.generate(network.genesis.suite == .guomi ? .sm2 : .p256)
        try KeyFile.write(key, to: subjectKey(0))
        var entropy = SystemEntropy()
        let subject = SubjectID(
            key: key.publicKey,
            network: network.digest,
            digestFunction: network.suite.digestFunction
        )
        let profile = WalletProfile(
            network: network.digest,
            did: subject.description,
            salt: SystemEntropy.randomBytes(Commitments.saltByteCount),
            registration: TransactionID(from: &entropy),
            headSet: 0,
            identifier: identifier
        )
        try save(profile)
        return try read()
    }

    private func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw CommandError.file(path, error.localizedDescription)
        }
    }

    func save(_ profile: WalletProfile) throws {
        try AtomicFile.write(profile.jsonBytes, to: self.profile)
    }

    /// Opens the wallet.
    ///
    /// - Throws: `CommandError`, `KeyFileError`.
    func read() throws -> Wallet {
        guard let data = FileManager.default.contents(atPath: profile) else {
            throw CommandError(
                code: "wallet-missing",
                chinese: "\(path) 中没有钱包。请先执行 zhixin wallet init --out \(path)",
                english: "there is no wallet in \(path); run zhixin wallet init --out \(path) first"
            )
        }
        let profile: WalletProfile
        do throws(ExchangeError) {
            profile = try WalletProfile(parsing: Array(data), byteCountMax: 65_536)
        } catch {
            throw CommandError.file(self.profile, "\(error)")
        }
        let network = try PinnedNetwork(path: genesis, expected: profile.network)
        let key = try KeyFile.readSigningKey(subjectKey(profile.headSet))
        return Wallet(
            folder: self,
            profile: profile,
            network: network,
            keys: try WalletKeys(
                subjectKey: key,
                seed: try KeyFile.readSecret(seed, kind: .seed),
                network: network.digest,
                suite: network.suite,
                headSet: profile.headSet,
                subject: SubjectID(did: profile.did)
            )
        )
    }

    /// Runs `body` while no other process signs with this wallet: two at once would give one number on a head twice.
    func exclusively<Result>(_ body: () async throws -> Result) async throws -> Result {
        let descriptor = open(file("wallet.lock"), O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CommandError.file(path, String(cString: strerror(errno))) }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw CommandError(
                code: "wallet-busy",
                chinese: "另一个进程正在使用这个钱包，请稍候再试",
                english: "another process is using this wallet; try again in a moment"
            )
        }
        return try await body()
    }

    // MARK: Uses

    private func usePath(_ use: WalletUse) -> String { uses + "/\(use.caseID)-\(use.entry.transaction).json" }

    /// Keeps a use. It is on disk when this returns.
    func save(_ use: WalletUse) throws { try AtomicFile.write(use.jsonBytes, to: usePath(use)) }

    /// Everything that was ever signed, oldest first.
    func readUses() throws -> [WalletUse] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: uses)) ?? []
        var found: [WalletUse] = []
        for name in names where name.hasSuffix(".json") {
            let path = uses + "/" + name
            guard let data = FileManager.default.contents(atPath: path) else { continue }
            do throws(ExchangeError) {
                found.append(try WalletUse(parsing: Array(data), byteCountMax: 1 << 20))
            } catch {
                throw CommandError.file(path, "\(error)")
            }
        }
        return found.sorted { ($0.madeAt, $0.entry.count) < ($1.madeAt, $1.entry.count) }
    }
}

/// An opened wallet.
struct Wallet {
    let folder: WalletFolder
    let profile: WalletProfile
    let network: PinnedNetwork
    let keys: WalletKeys

    /// Signs requests to a department's gateway as the subject.
    func signer(for gateway: DepartmentID) -> RequestSigner {
        RequestSigner(caller: .subject(did: keys.subject.description), gateway: gateway, signer: keys.subjectKey)
    }
}
