import ArgumentParser
import Credentials
import Cryptography
import Foundation
import LedgerModel
import Primitives

/// Makes every node's keys, seals them with the template, and writes each node's configuration.
struct NetworkInitialise: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "按模板新建本机网络。Make a local network from a template."
    )

    @Option(name: .long, help: "模板文件夹。The template's folder.")
    var template: String = "Genesis/chancheng"

    @Option(name: .long, help: "要新建的网络文件夹。The folder to make.")
    var out: String = "Nodes/local"

    @Option(name: .long, help: "第一个端口；其余依次递增。The first port; the others follow.")
    var firstPort: Int = 7100

    @OptionGroup var output: Output

    func run() async throws {
        try await output.run {
            guard !FileManager.default.fileExists(atPath: out + "/" + GenesisFile.name) else {
                throw CommandError.exists(out)
            }
            let template = try Template(folder: template)
            let firstPortMax = NodeFolder.portRange.upperBound - 200 - template.departments.count
            guard (NodeFolder.portRange.lowerBound...firstPortMax).contains(firstPort) else {
                throw CommandError.port(firstPort, of: NodeFolder.portRange.lowerBound...firstPortMax)
            }
            output.tell("生成 \(template.departments.count) 个节点的密钥 making keys")
            let nodes = try template.departments.enumerated().map { index, department in
                let folder = NodeFolder(path: out + "/" + department.code.text)
                return (
                    folder,
                    try folder.create(
                        code: department.code,
                        suite: template.suite,
                        host: "127.0.0.1",
                        linkPort: firstPort + index + 1,
                        httpPort: firstPort + 100 + index + 1,
                        tlsPort: firstPort + 200 + index + 1
                    )
                )
            }
            let serviceKeys = try makeServiceKeys(template)
            output.tell("封存创世文件 sealing the genesis file")
            let genesis = try GenesisSealer(
                template: template,
                descriptors: nodes.map(\.1),
                serviceKeys: serviceKeys
            ).seal(at: Clock.civil)
            let digest = try GenesisFile.write(genesis, to: out)
            for (folder, own) in nodes {
                try folder.write(
                    NodeFile.text(
                        own: own,
                        peers: nodes.map(\.1).filter { $0.code != own.code },
                        genesis: "../" + GenesisFile.name,
                        genesisDigest: digest,
                        clerk: try KeyFile.readSigningKey(folder.clerkKey).publicKey
                    ),
                    to: folder.configuration
                )
            }
            let members: [(String, JSONValue)] = [
                ("folder", .string(out)),
                ("genesisDigest", .string(digest.description)),
                ("nodes", .array(nodes.map { $0.1.json })),
            ]
            output.show(
                .of(members),
                words: [
                    "网络「\(template.name)」已就绪：\(out)，\(nodes.count) 个节点。创世摘要 \(digest)",
                    "network ready in \(out); start it with: zhixin network up --dir \(out)",
                ]
            )
        }
    }

    private func makeServiceKeys(_ template: Template) throws -> [Code: PublicKey] {
        let folder = out + "/services"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        var keys: [Code: PublicKey] = [:]
        for service in template.services {
            let key = try SigningKey.generate(template.suite == .guomi ? .sm2 : .ed25519)
            try KeyFile.write(key, to: folder + "/\(service.code).key")
            keys[service.code] = key.publicKey
        }
        return keys
    }
}
