import Credentials
import Execution
import LedgerModel
import Logging
import Ports
import Primitives
import Synchronization
import TestKit
import ZeroSubmission

/// Civil time that a test sets.
final class TestClock: Sendable {
    private let time: Mutex<Timestamp>

    init(_ time: Timestamp) { self.time = Mutex(time) }

    var now: Timestamp { time.withLock { $0 } }

    func advance(milliseconds: UInt64) { time.withLock { $0 = $0.adding(milliseconds: milliseconds) } }
}

/// Four departments with their vaults on one ledger, as the templates have them.
final class City: Sendable {
    let setup: CityGenesis
    let clock = TestClock(CityGenesis.start.adding(milliseconds: 1_000))
    let gate: InMemoryLedgerGate
    let vaults: [DepartmentID: InMemoryVault]
    let peers = CityPeers()
    let log = LogRecorder()

    private static let plain = Result { try CityGenesis() }

    init(furtherMatters: [(file: String, service: String)] = []) throws {
        setup = try furtherMatters.isEmpty ? Self.plain.get() : CityGenesis(furtherMatters: furtherMatters)
        gate = InMemoryLedgerGate(
            genesis: setup.block,
            suite: setup.suite,
            validators: setup.validators,
            signatures: setup.signatures,
            clock: { [clock] in clock.now }
        )
        vaults = Dictionary(uniqueKeysWithValues: setup.departments.values.map { ($0, InMemoryVault()) })
        for id in vaults.keys {
            let desk = try desk(id)
            peers.desks.withLock { $0[id] = desk }
        }
    }

    /// The department with this code.
    func id(_ code: String) -> DepartmentID {
        guard let id = setup.departments[code] else { preconditionFailure("the template has no \(code)") }
        return id
    }

    /// The desk of the department with this code, as it was made with the city.
    subscript(_ code: String) -> DepartmentDesk {
        guard let desk = peers.desks.withLock({ $0[id(code)] }) else { preconditionFailure("every department has one") }
        return desk
    }

    /// A further desk over the same vault: the department's node after a restart.
    func desk(
        _ id: DepartmentID,
        vault: (any Vault)? = nil,
        gate: (any LedgerGate)? = nil,
        change: (inout DepartmentLimits) -> Void = { _ in }
    ) throws -> DepartmentDesk {
        var limits = DepartmentLimits()
        limits.finalityWaitMilliseconds = 40
        limits.busyPauseMilliseconds = 1
        limits.vaultPauseMilliseconds = 1
        limits.sweepPauseMilliseconds = 20
        change(&limits)
        let keys = DepartmentKeys(
            transaction: setup.transactionSigner(id),
            credential: setup.credentialSigner(id),
            sealing: setup.sealing(id)
        )
        let department = try Department(
            id: id,
            suite: setup.suite,
            keys: keys,
            gate: gate ?? self.gate,
            archive: self.gate.store,
            vault: vault ?? vaults[id] ?? InMemoryVault(),
            publicAddress: "http://127.0.0.1:8080",
            limits: limits,
            logger: log.logger,
            clock: { [clock] in clock.now },
            entropy: { SystemRandomNumberGenerator() }
        )
        return DepartmentDesk(department, peers: peers)
    }

    /// Every byte on the ledger: headers, transactions and records.
    var ledgerBytes: [[UInt8]] {
        let view = gate.store.view()
        var bytes = (try? view.records(from: Position(0), countMax: .max).map(\.canonicalBytes)) ?? []
        for height in 0...view.header.height.rawValue {
            if let block = (try? view.block(at: Height(height))) ?? nil { bytes.append(block.canonicalBytes) }
        }
        return bytes
    }
}

/// Departments that call each other directly.
final class CityPeers: VaultPeers {
    let desks = Mutex<[DepartmentID: DepartmentDesk]>([:])
    /// What is in the way, by department.
    let faults = Mutex<[DepartmentID: [ServiceError]]>([:])
    /// Who asks, where it is not the caller's own department.
    private let requests = Mutex<[ReleaseRequest]>([])

    var sent: [ReleaseRequest] { requests.withLock { $0 } }

    func release(
        _ request: ReleaseRequest,
        from department: DepartmentID
    ) async throws(ServiceError) -> ReleaseResponse {
        requests.withLock { $0.append(request) }
        let fault = faults.withLock { faults -> ServiceError? in
            guard let next = faults[department]?.first else { return nil }
            faults[department]?.removeFirst()
            return next
        }
        if let fault { throw fault }
        guard let desk = desks.withLock({ $0[department] }) else { throw .vaultUnreachable }
        let asking: DepartmentID
        do throws(DecodeError) {
            asking = DepartmentID(try Signed<AuthorisationRequest>(canonicalBytes: request.request).content.department)
        } catch {
            throw .vaultUnreachable
        }
        return try await desk.release(request, to: asking)
    }
}

/// Keeps what was logged.
final class LogRecorder: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    var logger: Logger {
        var logger = Logger(label: "city") { [self] _ in Handler(recorder: self) }
        logger.logLevel = .trace
        return logger
    }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let line = "\(event.level) \(event.message) \(event.metadata ?? [:])"
            recorder.lines.withLock { $0.append(line) }
        }
    }
}
