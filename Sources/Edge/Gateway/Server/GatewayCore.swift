import Consensus
import Credentials
import Hummingbird
package import LedgerModel
package import Logging
import Merkle
package import Ports
package import Primitives
package import ZhixinVerify

/// Everything that handlers share; both listeners answer from one.
package final class GatewayCore: Sendable {
    let configuration: GatewayConfiguration
    let gate: any LedgerGate
    let archive: any LedgerArchive
    let services: any DepartmentServices
    let suite: Suite
    let genesisBytes: [UInt8]
    let genesis: Genesis
    let verifier: LedgerVerifier
    let network: Digest
    let catalogue: Catalogue
    let pages: Pages
    let authenticator: Authenticator
    let matcher: RouteMatcher
    let metrics: RequestMetrics
    let requestsInFlight: Allowance
    let bodyBytesHeld: Allowance
    let bulkAnswers: Allowance
    let waiters: Allowance
    let clock: @Sendable () -> Timestamp
    let logger: Logger

    /// - Parameter clock: Civil time.
    /// - Throws: `GatewaySetUpError`.
    package init(
        configuration: GatewayConfiguration,
        gate: any LedgerGate,
        archive: any LedgerArchive,
        services: any DepartmentServices,
        suite: Suite,
        genesisBytes: [UInt8],
        clock: @escaping @Sendable () -> Timestamp,
        logger: Logger
    ) throws(GatewaySetUpError) {
        do throws(DecodeError) {
            genesis = try Genesis(canonicalBytes: genesisBytes)
        } catch {
            throw .genesisMalformed(error)
        }
        do throws(PinnedGenesisError) {
            verifier = try LedgerVerifier(genesis: genesis, suite: suite)
        } catch {
            throw .genesisUnusable(error)
        }
        network = verifier.network
        catalogue = Catalogue(genesis: genesis)
        guard let department = catalogue.departments[configuration.department] else {
            throw .departmentUnknown(configuration.department)
        }
        self.configuration = configuration
        self.gate = gate
        self.archive = archive
        self.services = services
        self.suite = suite
        self.genesisBytes = genesisBytes
        self.clock = clock
        self.logger = logger
        pages = try Pages(department: department, networkName: genesis.name, network: network)
        authenticator = Authenticator(
            configuration: configuration,
            archive: archive,
            suite: suite,
            network: network,
            start: clock()
        )
        matcher = RouteMatcher(RouteTable.routes)
        metrics = RequestMetrics(routes: RouteTable.routes)
        let limits = configuration.limits
        requestsInFlight = Allowance(limit: limits.requestsInFlightMax)
        bodyBytesHeld = Allowance(limit: limits.bodyBytesHeldMax)
        bulkAnswers = Allowance(limit: limits.bulkAnswersMax)
        waiters = Allowance(limit: limits.waitersMax)
    }

    /// The department whose gateway this is.
    var department: DepartmentRecord {
        guard let department = catalogue.departments[configuration.department] else {
            preconditionFailure("the initialiser found the department")
        }
        return department
    }

    /// What `body` reads from the ledger.
    func read<Value>(_ body: () throws(StoreError) -> Value) throws(Refusal) -> Value {
        do throws(StoreError) {
            return try body()
        } catch {
            logger.error("the ledger cannot be read", metadata: ["reason": "\(error)"])
            throw .storeFailed
        }
    }

    /// The newest certified state, which proofs are made from.
    func certifiedView() throws(Refusal) -> any LedgerView {
        guard let view = archive.certifiedView() else { throw .notReady }
        return view
    }

    /// How long a caller who asks to may wait now: nothing when too many wait already. Give the place back.
    func takeWait() -> UInt64? { waiters.take() ? configuration.limits.waitMilliseconds : nil }

    /// The handler of each operation.
    func handle(_ call: Call) async throws(Refusal) -> Response {
        switch call.route.operation {
        case .certificate: try certificate(call)
        case .firstPage: pages.firstPage
        case .styleSheet: pages.styleSheet
        case .pageScript: pages.script
        case .openAPI: pages.openAPI
        case .health: Response(status: .ok, headers: Answer.textHeaders, body: Answer.body(Array("ok\n".utf8)))
        case .readiness: try readiness()
        case .metrics: metricsPage()
        case .status: Answer.json(nodeReport())
        case .genesis: Answer.binary(genesisBytes)
        case .submitTransaction: try await submitTransaction(call)
        case .transaction: try await transaction(call)
        case .blocks: try blocks(call)
        case .block: try block(call)
        case .checkpoint: try checkpoint()
        case .subject: try subject(call)
        case .accessHead: try accessHead(call)
        case .identifier: try identifier(call)
        case .matters: try matters()
        case .matter: try matter(call)
        case .departments: Answer.json(catalogue.departmentList)
        case .certificateTypes: try certificateTypes()
        case .verification: try verification(call)
        case .openCase, .authorisationRequest, .submitAuthorisation, .caseView, .release, .accesses, .registerSubject,
            .changeSubjectStatus, .issueBatch, .revokeBatch, .changeCertificateStatus, .searchVault, .bundle:
            try await serve(call)
        }
    }
}

/// Why a gateway cannot start.
package enum GatewaySetUpError: Error, Equatable, Sendable {
    /// The genesis bytes are no genesis file.
    case genesisMalformed(DecodeError)
    /// The genesis file cannot be pinned.
    case genesisUnusable(PinnedGenesisError)
    /// Genesis names no such department.
    case departmentUnknown(DepartmentID)
    /// A page, style sheet or script that belongs to the program is not beside it.
    case resourceMissing(String)
    /// The node's certificate or key is not PEM of one.
    case identityMalformed(reason: String)
}
