import Credentials
import Cryptography
import LedgerModel
import Logging
import Ports
import Primitives
import ServiceLifecycle
import Synchronization
import ZeroSubmission
import ZhixinClient
import ZhixinVerify

/// The other departments' vaults over HTTPS, each with its pinned certificate; a service that keeps the connections.
final class HTTPVaultPeers: VaultPeers, Service {
    struct Peer: Sendable {
        let department: DepartmentID
        let address: NodeAddress
        let certificate: Digest
    }

    private let own: DepartmentID
    private let key: SigningKey
    private let ledger: LedgerVerifier
    private let peers: [Peer]
    private let logger: Logger
    private let clients = Mutex<[DepartmentID: NodeClient]>([:])

    /// - Parameter key: the department's transaction key, by which other gateways know it.
    init(own: DepartmentID, key: SigningKey, ledger: LedgerVerifier, peers: [Peer], logger: Logger) {
        self.own = own
        self.key = key
        self.ledger = ledger
        self.peers = peers
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for peer in self.peers { group.addTask { await self.keep(peer) } }
            }
        }
    }

    /// Holds a client of one peer until the task is cancelled; a peer that is not up yet is tried again.
    private func keep(_ peer: Peer) async {
        while !Task.isCancelled {
            do {
                try await HTTPTransport.with(peer.address, pin: .digest(peer.certificate)) { transport in
                    let client = NodeClient(address: peer.address, ledger: ledger, transport: transport)
                    clients.withLock { $0[peer.department] = client }
                    defer { clients.withLock { $0[peer.department] = nil } }
                    while true { try await Task.sleep(for: .seconds(3600)) }
                }
            } catch {
                logger.debug("a vault is not reached yet", metadata: ["department": "\(peer.department)"])
                // The sleep ends early only when the service ends.
                try? await Task.sleep(for: .milliseconds(250))
            }
        }
    }

    func release(
        _ request: ReleaseRequest,
        from department: DepartmentID
    ) async throws(ServiceError) -> ReleaseResponse {
        guard let client = clients.withLock({ $0[department] }) else { throw .vaultUnreachable }
        let signer = RequestSigner(caller: .department(own.rawValue), gateway: department, signer: key)
        do throws(ClientError) {
            return try await client.release(request, signer: signer)
        } catch {
            guard case .problem(let document) = error else { throw .vaultUnreachable }
            logger.debug(
                "a vault refused",
                metadata: ["department": "\(department)", "code": "\(document.code)"]
            )
            throw ReleaseRefusal.error(for: document)
        }
    }
}
