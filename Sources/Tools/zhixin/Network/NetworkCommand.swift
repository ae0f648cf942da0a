import ArgumentParser

/// A local network: one process per node, all on this machine.
struct NetworkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "network",
        abstract: "本机网络，每节点一个进程。A local network, one process per node.",
        subcommands: [NetworkInitialise.self, NetworkUp.self, NetworkDown.self, NetworkStatus.self]
    )
}
