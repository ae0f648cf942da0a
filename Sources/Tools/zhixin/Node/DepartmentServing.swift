import Credentials
import Cryptography
import Foundation
import Gateway
import LedgerModel
import Logging
import Ports
import Primitives
import ServiceLifecycle
import Storage
import ZeroSubmission
import ZhixinClient
import ZhixinVerify

/// What stands in front of a node: the department's desk with its vault, the other vaults, and the gateway.
struct DepartmentServing {
    let desk: DeskService
    let peers: HTTPVaultPeers
    let gateway: GatewayServer

    /// - Throws: `CommandError` when the vault cannot be opened or a key is not the ledger's.
    init(_ node: NodeAssembly) throws {
        let departments = node.departments
        peers = HTTPVaultPeers(
            own: node.department.id,
            key: node.keys.transaction,
            ledger: try LedgerVerifier(genesis: node.genesis, suite: node.suite),
            peers: node.file.peers.compactMap { peer in
                departments[peer.department].map { id in
                    HTTPVaultPeers.Peer(
                        department: id,
                        address: NodeAddress(isSecure: true, host: peer.host, port: peer.tlsPort),
                        certificate: peer.certificate
                    )
                }
            },
            logger: node.logger
        )
        let department = try DepartmentServing.makeDepartment(node)
        desk = DeskService(desk: DepartmentDesk(department, peers: peers), logger: node.logger)
        gateway = try DepartmentServing.makeGateway(node, services: desk.desk)
    }

    private static func makeDepartment(_ node: NodeAssembly) throws -> Department {
        do {
            let vault = try LevelDBVault(
                path: node.folder.vault,
                network: node.network,
                sealing: try DepartmentVaultSealing(key: node.keys.vault)
            )
            return try Department(
                id: node.department.id,
                suite: node.suite,
                tokenDigestName: node.genesis.suite == .guomi ? "sm3" : "sha-256",
                keys: DepartmentKeys(
                    transaction: node.keys.transaction,
                    credential: node.keys.credential,
                    sealing: DepartmentSealing(key: node.keys.sealing)
                ),
                gate: node.driver,
                archive: node.store,
                vault: vault,
                publicAddress: try node.file.publicAddress(ownCertificate: node.keys.link.certificateDigest)
                    .pinnedDescription,
                logger: node.logger,
                clock: { Clock.civil },
                entropy: { SystemEntropy() }
            )
        } catch let error as VaultError {
            throw CommandError(
                code: "vault-unusable",
                chinese: "证照库 \(node.folder.vault) 无法使用：\(Reason(error).chinese)",
                english: "the vault \(node.folder.vault) cannot be used: \(Reason(error).english)"
            )
        } catch let error as DepartmentSetupError {
            throw CommandError(
                code: "department-keys-mismatch",
                chinese: "本节点的密钥与账本不符：\(Reason(error).chinese)",
                english: "this node's keys are not the ledger's: \(Reason(error).english)"
            )
        }
    }

    private static func makeGateway(_ node: NodeAssembly, services: any DepartmentServices) throws -> GatewayServer {
        let departments = node.departments
        return try GatewayServer(
            configuration: GatewayConfiguration(
                host: node.file.host,
                port: node.file.httpPort,
                encryptedPort: node.file.tlsPort,
                certificatePEM: node.keys.link.certificatePEM,
                privateKeyPEM: node.keys.link.privateKeyPEM,
                department: node.department.id,
                clerks: node.file.clerks,
                links: node.file.peers.compactMap { peer in
                    departments[peer.department].map { id in
                        NodeLink(department: id.rawValue, address: "http://\(peer.host):\(peer.httpPort)")
                    }
                }
            ),
            gate: node.driver,
            archive: node.store,
            services: services,
            suite: node.suite,
            genesisBytes: node.genesisBytes,
            clock: { Clock.civil },
            logger: node.logger
        )
    }
}

/// The desk as a service: settles what an earlier run left behind, then works on cases.
struct DeskService: Service {
    let desk: DepartmentDesk
    let logger: Logger

    func run() async throws {
        let settled = try await desk.start()
        logger.debug("drafts of an earlier run are settled", metadata: ["result": "\(settled)"])
        await cancelWhenGracefulShutdown { await desk.run() }
    }
}
