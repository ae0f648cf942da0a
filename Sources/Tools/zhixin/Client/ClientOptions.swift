import ArgumentParser

/// The genesis file that a command pins.
struct GenesisOption: ParsableArguments {
    @Option(name: .long, help: "固定的创世文件。The genesis file that you pin.")
    var genesis = "Nodes/local/genesis.bcs"

    /// - Throws: `CommandError`.
    func pinned() throws -> PinnedNetwork { try PinnedNetwork(path: genesis) }
}

/// One node and the certificate it must show.
struct NodeOptions: ParsableArguments {
    @Option(name: .long, help: "节点地址，如 http://127.0.0.1:7201。The node's address.")
    var node: String

    @Option(name: .long, help: "节点证书文件或其 SHA-256（https 时固定）。The node's certificate or its digest, to pin.")
    var certificate: String?
}
