import Credentials
import Cryptography
import Foundation
import LedgerModel
import Primitives

/// Where a node keeps what, below its own folder. Paths in `node.yaml` are relative to it.
struct NodeFolder {
    let path: String

    var configuration: String { file("node.yaml") }
    var descriptor: String { file(Descriptor.fileName) }
    var data: String { file("data") }
    var ledger: String { file("data/ledger") }
    var vault: String { file("data/vault") }
    var journal: String { file("data/journal") }
    var log: String { file("node.log") }
    var processIdentifier: String { file("node.pid") }
    var votingKey: String { file("keys/voting.key") }
    var transactionKey: String { file("keys/transaction.key") }
    var credentialKey: String { file("keys/credential.key") }
    var sealingKey: String { file("keys/sealing.key") }
    var vaultKey: String { file("keys/vault.key") }
    var clerkKey: String { file("keys/clerk.key") }
    var linkKey: String { file("keys/link.key.pem") }
    var linkCertificate: String { file("keys/link.certificate.pem") }

    func file(_ name: String) -> String { path + "/" + name }
}

/// A node's private keys, made where the node lives and never copied.
struct NodeKeys {
    let transaction: SigningKey
    let credential: SigningKey
    let sealing: AgreementKey
    let vault: [UInt8]
    let link: LinkIdentity

    /// Reads every key but the voting key, which is opened only together with its journal.
    init(_ folder: NodeFolder) throws {
        do {
            transaction = try KeyFile.readSigningKey(folder.transactionKey)
            credential = try KeyFile.readSigningKey(folder.credentialKey)
            sealing = try KeyFile.readAgreementKey(folder.sealingKey)
            vault = try KeyFile.readSecret(folder.vaultKey, kind: .vault)
            link = try LinkIdentity.read(
                certificatePath: folder.linkCertificate,
                privateKeyPath: folder.linkKey
            )
        } catch {
            throw CommandError.key(error)
        }
    }
}

extension CommandError {
    /// A key file that is missing, damaged, or open to others.
    static func key(_ error: KeyFileError) -> CommandError {
        if case .readableByOthers(let path, let mode) = error {
            return CommandError(
                code: "key-readable-by-others",
                chinese: "密钥文件 \(path) 可被他人读取（权限 \(String(mode, radix: 8))）。请执行 chmod 600 后再启动。",
                english: "key file \(path) can be read by others (mode \(String(mode, radix: 8))); run chmod 600 on it"
            )
        }
        let reason = Reason(error)
        return CommandError(
            code: "key-unusable",
            chinese: "密钥文件无法使用：\(reason.chinese)",
            english: "a key file cannot be used: \(reason.english)"
        )
    }

    /// A port that nothing can listen on, or that leaves no room for the ports after it.
    static func port(_ number: Int, of range: ClosedRange<Int>) -> CommandError {
        CommandError(
            code: "port-out-of-range",
            chinese: "端口 \(number) 不可用，应为 \(range.lowerBound) 到 \(range.upperBound)。",
            english: "port \(number) cannot be used; it is one of \(range.lowerBound) to \(range.upperBound)"
        )
    }
}

extension NodeFolder {
    /// The ports that a node can listen on.
    static let portRange = 1...65_535

    /// Makes the folder with all keys of a new node and its public descriptor.
    /// - Throws: `CommandError` when the folder is there already; nothing is overwritten.
    func create(
        code: Code,
        suite: SuiteName,
        host: String,
        linkPort: Int,
        httpPort: Int,
        tlsPort: Int
    ) throws -> Descriptor {
        for port in [linkPort, httpPort, tlsPort] where !NodeFolder.portRange.contains(port) {
            throw CommandError.port(port, of: NodeFolder.portRange)
        }
        guard !FileManager.default.fileExists(atPath: path) else { throw CommandError.exists(path) }
        try FileManager.default.createDirectory(
            atPath: file("keys"),
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let ledgerAlgorithm: SignatureAlgorithm = suite == .guomi ? .sm2 : .ed25519
        let credentialAlgorithm: SignatureAlgorithm = suite == .guomi ? .sm2 : .p256
        func newKey(_ algorithm: SignatureAlgorithm, at path: String) throws -> PublicKey {
            let key = try SigningKey.generate(algorithm)
            try KeyFile.write(key, to: path)
            return key.publicKey
        }
        let sealing = AgreementKey.generate()
        try KeyFile.write(sealing, to: sealingKey)
        try KeyFile.write(secret: SystemEntropy.randomBytes(KeyFile.secretByteCount), kind: .vault, to: vaultKey)
        let link = try LinkIdentity.generate(nodeName: code.text, now: Clock.civil)
        try link.write(certificatePath: linkCertificate, privateKeyPath: linkKey)
        _ = try newKey(ledgerAlgorithm, at: clerkKey)
        let descriptor = Descriptor(
            code: code,
            votingKey: try newKey(ledgerAlgorithm, at: votingKey),
            transactionKey: try newKey(ledgerAlgorithm, at: transactionKey),
            credentialKey: try newKey(credentialAlgorithm, at: credentialKey),
            sealingKey: sealing.publicKey,
            certificate: link.certificateDigest,
            linkHost: host,
            linkPort: linkPort,
            httpPort: httpPort,
            tlsPort: tlsPort
        )
        try write(descriptor.json.compactText + "\n", to: self.descriptor)
        return descriptor
    }

    func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: [.withoutOverwriting])
        } catch {
            throw CommandError.file(path, "\(error.localizedDescription)")
        }
    }
}
