import ArgumentParser
import Credentials
import LedgerModel
import Primitives
import ZhixinClient
import ZhixinVerify

/// The subject's own record of who used its data.
struct AccessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "access",
        abstract: "用证记录。Who used your data.",
        subcommands: [AccessList.self]
    )
}

/// Lists every use, checked for completeness against the ledger.
struct AccessList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "列出每一次用证并核对有无遗漏。List every use and check that none is missing.",
        discussion: """
            退出码：0 无遗漏；1 有遗漏或与账本不符；2 未能核对（有链头无人答复）。
            Exit codes: 0 complete; 1 something is missing or wrong; 2 not known, as some heads were not answered for.
            """
    )

    @OptionGroup var wallet: WalletOption

    @Option(name: .long, help: "节点地址，可重复；缺省为以往授权的节点。A node's address; repeatable.")
    var node: [String] = []

    @Option(name: .long, help: "各节点的证书或其 SHA-256，与 --node 同序。The nodes' certificates or digests, in the same order.")
    var certificate: [String] = []

    @Flag(name: .long, help: "通读整条链以找回钱包不记得的用证。Read the whole chain for uses that the wallet forgot.")
    var scan = false

    @OptionGroup var output: Output

    func run() async throws {
        try await output.serve {
            let wallet = try wallet.folder.read()
            let uses = try wallet.folder.readUses()
            let addresses = try self.addresses(uses)
            guard !addresses.isEmpty else {
                throw CommandError(
                    code: "node-missing",
                    chinese: "钱包没有用过任何节点，请给出 --node",
                    english: "the wallet has used no node yet; give --node"
                )
            }
            let collector = AccessLogCollector(
                keys: wallet.keys,
                catalogue: wallet.network.catalogue,
                uses: uses
            )
            let listing = try await collect(addresses[...], [], wallet, collector)
            output.show(
                AccessListing(overview: listing.overview, wallet: wallet, uses: uses).json(listing.unreachable),
                words: AccessListing(overview: listing.overview, wallet: wallet, uses: uses).lines(listing.unreachable)
            )
            switch listing.overview.verdict {
            case .complete: break
            case .incomplete: throw ExitCode(1)
            case .undetermined: throw ExitCode(2)
            }
        }
    }

    private func addresses(_ uses: [WalletUse]) throws -> [(NodeAddress, CertificatePin?)] {
        guard certificate.isEmpty || certificate.count == node.count else {
            throw CommandError(
                code: "certificate-count",
                chinese: "--certificate 与 --node 的个数须相同",
                english: "give as many --certificate as --node"
            )
        }
        if node.isEmpty {
            let known = Set(uses.map(\.node)).sorted()
            return try known.map { (try NodeAddress($0), nil) }
        }
        return try node.enumerated().map { index, text in
            (try NodeAddress(text), try CertificatePin.named(certificate.isEmpty ? nil : certificate[index]))
        }
    }

    private struct Listing: Sendable {
        let overview: AccessLogOverview
        /// What could not be asked, and why.
        let unreachable: [String]
    }

    /// Connects to one node after the other, and with all of them open gathers and checks.
    private func collect(
        _ addresses: ArraySlice<(NodeAddress, CertificatePin?)>,
        _ sources: [AccessLogCollector.Source],
        _ wallet: Wallet,
        _ collector: AccessLogCollector,
        unreachable: [String] = []
    ) async throws -> Listing {
        guard let (address, pin) = addresses.first else {
            return try await gather(sources, wallet, collector, unreachable: unreachable)
        }
        let rest = addresses.dropFirst()
        func without(_ error: ClientError) async throws -> Listing {
            let words = "\(address)：\(error.reason.chinese) \(error.reason.english)"
            return try await collect(rest, sources, wallet, collector, unreachable: unreachable + [words])
        }
        var isConnected = false
        do {
            return try await wallet.network.withClient(address, pin: pin) { client in
                isConnected = true
                let department: DepartmentID
                do throws(ClientError) {
                    department = DepartmentID(try await client.status().department.id)
                } catch {
                    return try await without(error)
                }
                let source = AccessLogCollector.Source(department: department, client: client)
                return try await collect(rest, sources + [source], wallet, collector, unreachable: unreachable)
            }
        } catch let error as ClientError where !isConnected {
            // Its certificate could not be had.
            return try await without(error)
        }
    }

    private func gather(
        _ sources: [AccessLogCollector.Source],
        _ wallet: Wallet,
        _ collector: AccessLogCollector,
        unreachable: [String]
    ) async throws -> Listing {
        var collector = collector
        let failures = try await collector.collect(from: sources).map { department, error in
            "部门 \(department)：\(error.reason.chinese) \(error.reason.english)"
        }
        if scan, let source = sources.first {
            output.tell("通读整条链 reading the whole chain")
            let height = try await collector.scan(source.client)
            output.tell("已读至第 \(height) 块 read up to block \(height)")
        }
        return Listing(
            overview: try collector.overview(
                ledger: wallet.network.ledger,
                freshness: FreshnessPolicy(),
                now: ClientClock.civil
            ),
            unreachable: unreachable + failures
        )
    }
}
