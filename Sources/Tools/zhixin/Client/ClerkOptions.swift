import ArgumentParser
import Credentials
import Cryptography
import LedgerModel
import Primitives
import ZhixinClient

/// A clerk at a department's node: either the node's own folder, or address, genesis and key one by one.
struct ClerkOptions: ParsableArguments {
    @Option(name: .long, help: "节点文件夹，由此得到地址、证书、创世文件和办事员密钥。A node's folder, for all of the following.")
    var folder: String?

    @Option(name: .long, help: "节点地址。The node's address.")
    var node: String?

    @Option(name: .long, help: "节点证书文件或其 SHA-256。The node's certificate or its digest, to pin.")
    var certificate: String?

    @Option(name: .long, help: "固定的创世文件。The genesis file that you pin.")
    var genesis: String?

    @Option(name: .long, help: "办事员密钥文件。The clerk's key file.")
    var key: String?

    @Option(name: .long, help: "办事员在节点配置中的名字。The clerk's name in the node's configuration.")
    var clerk = "clerk"

    /// Runs `body` as this clerk.
    func connect(_ body: (ClerkSession) async throws -> Void) async throws {
        let access = try resolve()
        try await access.network.withClient(access.address, pin: access.pin) { client in
            let department = DepartmentID(try await client.status().department.id)
            if let expected = access.department, expected != department {
                throw ClientError.otherDepartment(found: department, expected: expected)
            }
            let signer = RequestSigner(caller: .clerk(name: clerk), gateway: department, signer: access.key)
            try await body(
                ClerkSession(
                    client: client,
                    signer: signer,
                    network: access.network,
                    department: department,
                    key: access.key
                )
            )
        }
    }

    /// The network alone, for what needs no node.
    func pinned() throws -> PinnedNetwork { try resolveNetwork().network }

    /// The department of the folder or else of the node; nil when neither is given.
    func department(in network: PinnedNetwork) async throws -> DepartmentID? {
        if folder != nil {
            return try resolveNetwork().file.flatMap { network.catalogue.department(code: $0.department.text)?.id }
        }
        guard let node else { return nil }
        let pin = try CertificatePin.named(certificate)
        return try await network.withClient(try NodeAddress(node), pin: pin) {
            DepartmentID(try await $0.status().department.id)
        }
    }

    /// The options again as they were given, for a command that is shown.
    var typed: String {
        let given = [
            ("--folder", folder), ("--node", node), ("--certificate", certificate), ("--genesis", genesis),
            ("--key", key), ("--clerk", clerk == "clerk" ? nil : clerk),
        ]
        return given.compactMap { name, value in value.map { "\(name) \($0)" } }.joined(separator: " ")
    }

    private struct Access {
        let address: NodeAddress
        let pin: CertificatePin?
        let network: PinnedNetwork
        let department: DepartmentID?
        let key: SigningKey
    }

    private func resolveNetwork() throws -> (network: PinnedNetwork, file: NodeFile?) {
        guard let folder else {
            return (try PinnedNetwork(path: genesis ?? "Nodes/local/genesis.bcs"), nil)
        }
        let file = try NodeFile(path: NodeFolder(path: folder).configuration)
        let path = genesis ?? (file.genesis.hasPrefix("/") ? file.genesis : folder + "/" + file.genesis)
        return (try PinnedNetwork(path: path, expected: file.genesisDigest), file)
    }

    private func resolve() throws -> Access {
        guard Caller.isName(clerk) else {
            throw CommandError(code: "clerk-name", chinese: "办事员名字有误：\(clerk)", english: "\(clerk) is no clerk's name")
        }
        let (network, file) = try resolveNetwork()
        let nodeFolder = folder.map { NodeFolder(path: $0) }
        guard let keyPath = key ?? nodeFolder?.clerkKey else {
            throw CommandError(
                code: "clerk-key-missing",
                chinese: "请给出 --key，或以 --folder 给出节点文件夹",
                english: "give --key, or the node's folder with --folder"
            )
        }
        let signingKey = try KeyFile.readSigningKey(keyPath)
        if let node {
            let department = file.flatMap { network.catalogue.department(code: $0.department.text)?.id }
            return Access(
                address: try NodeAddress(node),
                pin: try CertificatePin.named(certificate),
                network: network,
                department: department,
                key: signingKey
            )
        }
        guard let file, let nodeFolder else {
            throw CommandError(
                code: "node-missing",
                chinese: "请给出 --node 或 --folder",
                english: "give --node or --folder"
            )
        }
        return Access(
            address: NodeAddress(isSecure: true, host: file.host, port: file.tlsPort),
            pin: try CertificatePin.named(certificate ?? nodeFolder.linkCertificate),
            network: network,
            department: network.catalogue.department(code: file.department.text)?.id,
            key: signingKey
        )
    }
}

/// A clerk with a connection to the own department's node.
struct ClerkSession {
    let client: NodeClient
    let signer: RequestSigner
    let network: PinnedNetwork
    let department: DepartmentID
    let key: SigningKey
}
