import ArgumentParser
import Primitives

/// The command line of operators, departments and citizens; the one place where a node and its adapters meet.
@main
struct Zhixin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zhixin",
        abstract: "智信：身份认证与电子证照账本。A ledger of identity attestations and e-certificates.",
        version: Version.text,
        subcommands: [
            NetworkCommand.self, NodeCommand.self, GenesisCommand.self, WalletCommand.self, SubjectCommand.self,
            CertificateCommand.self, MatterCommand.self, AccessCommand.self, VerifyCommand.self, ExportCommand.self,
        ]
    )
}
