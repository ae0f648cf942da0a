import ArgumentParser
import Credentials
import Cryptography
import Foundation
import LedgerModel
import Primitives

/// What is done once, before a network begins.
struct GenesisCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "genesis",
        abstract: "创世文件。The genesis file that everyone pins.",
        subcommands: [GenesisSeal.self]
    )
}

/// Seals a template and the departments' descriptors into a genesis file.
struct GenesisSeal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract: "把模板与各节点公开描述封为创世文件。Seal a template and descriptors into a genesis file."
    )

    @Option(name: .long, help: "模板文件夹，如 Genesis/chancheng。The template's folder.")
    var template: String

    @Argument(help: "各节点的 descriptor.json。The nodes' descriptors.")
    var descriptors: [String]

    @Option(name: .long, help: "业务系统公钥：代码=公钥，可重复。A service's public key as CODE=KEY.")
    var service: [String] = []

    @Option(name: .long, help: "写入 genesis.bcs 与 genesis.digest 的文件夹。The folder to write both to.")
    var out: String

    @OptionGroup var output: Output

    func run() async throws {
        try await output.run {
            let keys = try service.map { pair in
                let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
                guard parts.count == 2, let code = Code(parts[0]), let key = PublicKey(text: parts[1]) else {
                    throw CommandError(
                        code: "service-key-invalid",
                        chinese: "业务系统公钥须写作 代码=公钥：\(pair)",
                        english: "a service's key is written CODE=KEY: \(pair)"
                    )
                }
                return (code, key)
            }
            let sealer = GenesisSealer(
                template: try Template(folder: template),
                descriptors: try descriptors.map { try Descriptor(path: $0) },
                serviceKeys: Dictionary(keys, uniquingKeysWith: { first, _ in first })
            )
            let genesis = try sealer.seal(at: Clock.civil)
            let digest = try GenesisFile.write(genesis, to: out)
            output.show(
                .of([("genesis", .string(out + "/" + GenesisFile.name)), ("digest", .string(digest.description))]),
                words: [
                    "创世文件已写入 \(out)/\(GenesisFile.name)",
                    "genesis digest \(digest)",
                ]
            )
        }
    }
}

/// The genesis file on disk.
enum GenesisFile {
    static let name = "genesis.bcs"
    static let digestName = "genesis.digest"

    /// Writes the file and its digest beside it.
    static func write(_ genesis: Genesis, to folder: String) throws -> Digest {
        let suite = try (genesis.suite == .guomi ? SuiteName.guomi : .international).suite
        let digest = genesis.digest(suite.digestFunction)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        do {
            try Data(genesis.canonicalBytes).write(
                to: URL(fileURLWithPath: folder + "/" + name),
                options: [.withoutOverwriting]
            )
            try Data("\(digest)\n".utf8).write(to: URL(fileURLWithPath: folder + "/" + digestName))
        } catch {
            throw CommandError.exists(folder + "/" + name)
        }
        return digest
    }

    /// The genesis in a file, with its suite and digest.
    /// - Parameter expected: what the digest must be, if the caller pins it.
    /// - Throws: `CommandError` for a file that is none, or another one than expected.
    static func read(_ path: String, expected: Digest?) throws -> (genesis: Genesis, suite: Suite, digest: Digest) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandError.file(path, "找不到 not found")
        }
        let genesis: Genesis
        do {
            genesis = try Genesis(canonicalBytes: Array(data))
        } catch {
            throw CommandError.file(path, "不是创世文件 no genesis file: \(error)")
        }
        let suite = try (genesis.suite == .guomi ? SuiteName.guomi : .international).suite
        let digest = genesis.digest(suite.digestFunction)
        if let expected, digest != expected {
            throw CommandError(
                code: "genesis-digest-mismatch",
                chinese: "创世文件与配置的摘要不符：应为 \(expected)，实为 \(digest)。请向网络发起方核对。",
                english: "the genesis file digests to \(digest), and \(expected) is pinned; ask who began the network"
            )
        }
        return (genesis, suite, digest)
    }
}
