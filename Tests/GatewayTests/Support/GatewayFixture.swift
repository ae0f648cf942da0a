import Consensus
import Credentials
import Execution
import Foundation
import Gateway
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import LedgerModel
import Logging
import NIOCore
import Ports
import Primitives
import Synchronization
import TestKit

/// A gateway of the fixture's market department over a small ledger: two certificates, one subject, one access head.
final class GatewayFixture: Sendable {
    let ledger = LedgerFixture()
    let store: InMemoryLedgerStore
    let gate: FakeGate
    let services = FakeServices()
    let logs = LogCollector()
    let server: GatewayServer
    let issued: Digest
    let revoked: Digest
    let head: Digest
    let transaction: SealedTransaction
    let clock: ManualClock
    /// When the gateway was made; the clock stands a little later, so that it takes signed requests.
    let start: Timestamp
    private let ports = Later<(Int, Int)>()
    private let nonces = Mutex<UInt64>(0)

    /// - Parameter adjust: Changes the limits or whatever else the test is about.
    init(adjust: (inout GatewayConfiguration) -> Void = { _ in }) throws {
        issued = ledger.digest(1)
        revoked = ledger.digest(2)
        let access = ledger.access(head: 1, department: LedgerFixture.market, id: 4, count: 1, previous: .zero)
        head = AccessHeads.identifier(of: access.headKey, digestFunction: ledger.suite.digestFunction)
        let expiry = LedgerFixture.start.adding(milliseconds: 60_000)
        transaction = ledger.transaction(
            by: LedgerFixture.market,
            id: 1,
            expiry: expiry,
            ledger.issue(LedgerFixture.licenceType, [issued, revoked])
        )
        var chain = CertifiedChain(fixture: ledger)
        store = InMemoryLedgerStore(genesis: ledger.genesisBlock, digestFunction: ledger.suite.digestFunction)
        let transactions: [[SealedTransaction]] = [
            [
                transaction,
                ledger.transaction(
                    by: LedgerFixture.police,
                    id: 2,
                    expiry: expiry,
                    ledger.registration(subject: 1, id: 2)
                ),
            ],
            [
                ledger.transaction(
                    by: LedgerFixture.market,
                    id: 3,
                    expiry: expiry,
                    ledger.change([revoked], to: .revoked)
                ),
                ledger.transaction(by: LedgerFixture.market, id: 4, expiry: expiry, .recordAccess(access)),
            ],
        ]
        for block in transactions {
            let executed = try chain.append(block)
            try store.commit([(executed, chain.blocks.last?.certificate)])
        }
        let header = store.view().header
        gate = FakeGate(
            status: NodeStatus(
                validators: [NodeID(1), NodeID(2), NodeID(3), NodeID(4)],
                connected: [NodeID(1), NodeID(2), NodeID(3)],
                ownNode: NodeID(2),
                epoch: .zero,
                view: header.view,
                finalHeight: header.height,
                storedHeight: header.height,
                finalTimestamp: header.timestamp,
                poolCount: 3,
                refusal: nil,
                equivocations: []
            )
        )
        let clock = ManualClock(header.timestamp)
        self.clock = clock
        start = clock.now
        let identity = try TestIdentity.shared.get()
        var configuration = GatewayConfiguration(
            host: "127.0.0.1",
            port: 0,
            encryptedPort: 0,
            certificatePEM: identity.certificate,
            privateKeyPEM: identity.privateKey,
            department: LedgerFixture.market,
            clerks: ["ann": ledger.signatures.signer(400).publicKey],
            links: [NodeLink(department: 1, address: "http://10.0.0.1:8080")]
        )
        adjust(&configuration)
        let logs = logs
        let ports = ports
        server = try GatewayServer(
            configuration: configuration,
            gate: gate,
            archive: store,
            services: services,
            suite: ledger.suite,
            genesisBytes: ledger.genesis.canonicalBytes,
            clock: { clock.now },
            logger: Logger(label: "test") { _ in logs.handler() },
            onListening: { ports.fulfil(($0, $1)) }
        )
        clock.advance(milliseconds: configuration.limits.clockAheadMilliseconds + 1)
    }

    // MARK: Callers

    static let did = SubjectID.prefix

    /// A caller of each role that may ask something here.
    func caller(_ role: CallerRole) -> Caller {
        switch role {
        case .anyone: preconditionFailure("anyone has no name")
        case .service: .service(1)
        case .subject: .subject(did: ledger.subjectID(1).description)
        case .department: .department(LedgerFixture.police.rawValue)
        case .clerk: .clerk(name: "ann")
        }
    }

    func signer(_ role: CallerRole) -> FakeSigner {
        switch role {
        case .anyone: preconditionFailure("anyone has no key")
        case .service: ledger.signatures.signer(300)
        case .subject: ledger.subjectSigner(1)
        case .department: ledger.departmentSigner(LedgerFixture.police)
        case .clerk: ledger.signatures.signer(400)
        }
    }

    /// A nonce that no other request of the test has.
    func freshNonce() -> [UInt8] {
        let number = nonces.withLock { number in
            number += 1
            return number
        }
        return [UInt8](repeating: 0, count: 8) + withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    /// The headers of a request signed by `signer`, or by the role's own key.
    func headers(
        _ role: CallerRole,
        _ method: String,
        _ target: String,
        body: [UInt8] = [],
        caller: Caller? = nil,
        signer: FakeSigner? = nil,
        time: Timestamp? = nil,
        nonce: [UInt8]? = nil,
        gateway: DepartmentID = LedgerFixture.market
    ) throws -> HTTPFields {
        let request = SignedRequest(
            network: ledger.network,
            gateway: gateway.rawValue,
            caller: caller ?? self.caller(role),
            method: method,
            target: target,
            time: time ?? clock.now,
            nonce: nonce ?? freshNonce(),
            bodyDigest: ledger.suite.digestFunction.digest(body)
        )
        var fields = HTTPFields()
        for (name, value) in try request.headers(signedBy: signer ?? self.signer(role)) {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return fields
    }

    // MARK: Asking

    /// Asks without a socket, as over HTTPS unless said otherwise.
    func ask(
        _ method: String,
        _ target: String,
        headers: HTTPFields = [:],
        body: [UInt8]? = nil,
        isEncrypted: Bool = true
    ) async throws -> TestResponse {
        let application = try server.application(isEncrypted: isEncrypted)
        return try await application.test(.router) { client in
            try await client.executeRequest(
                uri: target,
                method: HTTPRequest.Method(method) ?? .get,
                headers: headers,
                body: body.map { ByteBuffer(bytes: $0) }
            )
        }
    }

    /// Runs both listeners for as long as `body` takes.
    func live(_ body: @Sendable (_ port: Int, _ encryptedPort: Int) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [server] in try await server.run() }
            let (port, encryptedPort) = await ports.wait()
            do {
                try await body(port, encryptedPort)
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
        }
    }
}

/// Civil time that the test sets.
final class ManualClock: Sendable {
    private let time: Mutex<Timestamp>

    init(_ start: Timestamp) { time = Mutex(start) }

    var now: Timestamp { time.withLock { $0 } }
    func advance(milliseconds: UInt64) { time.withLock { $0 = $0.adding(milliseconds: milliseconds) } }
}

/// A value that is there later.
final class Later<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        var waiters: [CheckedContinuation<Value, Never>] = []
    }

    private let state = Mutex(State())

    func fulfil(_ value: Value) {
        let waiters = state.withLock { state in
            state.value = value
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: value) }
    }

    func wait() async -> Value {
        await withCheckedContinuation { continuation in
            let value = state.withLock { state in
                if state.value == nil { state.waiters.append(continuation) }
                return state.value
            }
            if let value { continuation.resume(returning: value) }
        }
    }
}

/// Keeps every log line of a test.
final class LogCollector: Sendable {
    private let lines = Mutex<[String]>([])

    var text: String { lines.withLock { $0.joined(separator: "\n") } }
    func append(_ line: String) { lines.withLock { $0.append(line) } }
    func handler() -> any LogHandler { Handler(collector: self) }

    private struct Handler: LogHandler {
        let collector: LogCollector
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            collector.append("\(event.level) \(event.message) \(metadata) \(event.metadata ?? [:])")
        }
    }
}
