import Consensus
import Credentials
import LedgerModel
import Ports
import Primitives
import Synchronization
import TestKit
import ZeroSubmission
import ZhixinVerify

extension City {
    /// A city whose registers know these citizens, all of them with a wallet; nobody owns property.
    static func populated(
        _ citizens: [SyntheticCitizen],
        furtherMatters: [(file: String, service: String)] = []
    ) async throws -> City {
        let city = try City(furtherMatters: furtherMatters)
        let batches = [
            ("public-security", "household-register", citizens.map { Exports.household($0) }),
            ("social-insurance", "social-insurance-participation", citizens.map { Exports.insurance($0) }),
            ("housing-fund", "housing-fund-account", citizens.map { Exports.fund($0) }),
        ]
        for (department, type, rows) in batches {
            _ = try await city[department].issueBatch(Exports.batch(type, rows, name: 100), by: "c")
        }
        for citizen in citizens { try await TestWallet(city, citizen: citizen).register() }
        return city
    }

    /// The case as both sides see it in the end.
    struct Decided {
        let service: CaseView
        let subject: CaseView
    }

    /// The department that decides the matter.
    func department(ofMatter matter: String) throws -> DepartmentID {
        guard let code = Code(matter), case .matter(let record)? = try gate.store.view().record(.matter(code))?.record
        else { preconditionFailure("the template has no \(matter)") }
        return record.department
    }

    func desk(ofMatter matter: String) throws -> DepartmentDesk {
        let id = try department(ofMatter: matter)
        guard let desk = peers.desks.withLock({ $0[id] }) else { preconditionFailure("every department has one") }
        return desk
    }

    func service(_ code: String) -> ServiceSystemID {
        guard let id = setup.services[code] else { preconditionFailure("the template has no \(code)") }
        return id
    }

    func open(_ matter: String, at service: String) async throws -> CaseOpeningResponse {
        guard let code = Code(matter) else { preconditionFailure("\(matter) is no code") }
        return try await desk(ofMatter: matter).openCase(
            matter: code,
            CaseOpeningRequest(reference: "ref-1"),
            by: self.service(service)
        )
    }

    /// Takes a matter from the question to the decision.
    func apply(
        _ matter: String,
        at service: String,
        wallet: TestWallet,
        bend: TestWallet.Bend = TestWallet.Bend()
    ) async throws -> Decided {
        let desk = try desk(ofMatter: matter)
        let opened = try await open(matter, at: service)
        return try await desk.working {
            _ = try await desk.submitAuthorisation(forCase: opened.caseID, wallet.answer(opened, bend: bend))
            let seen = try await desk.caseView(
                of: opened.caseID,
                for: .service(self.service(service)),
                waitMilliseconds: 20_000
            )
            let own = try await desk.caseView(of: opened.caseID, for: .subject(wallet.subject), waitMilliseconds: 0)
            return Decided(service: seen, subject: own)
        }
    }

    var certificateRecords: [CertificateRecord] {
        let records = (try? gate.store.view().records(from: Position(0), countMax: .max)) ?? []
        return records.compactMap { if case .certificate(let record) = $0 { record } else { nil } }
    }

    var certificateTypes: [CertificateTypeID] { certificateRecords.map(\.type) }

    func certificates(of type: CertificateTypeID) -> [CertificateRecord] {
        certificateRecords.filter { $0.type == type }
    }

    /// The subject's log as its wallet puts it together from the ledger and from what departments keep.
    func accessLog(of wallet: TestWallet, departments: [String]) throws -> AccessLogReport {
        let view = gate.store.view()
        let ledger = try LedgerVerifier(genesis: setup.genesis, suite: setup.suite)
        var openings: [Digest: [CommitmentOpening]] = [:]
        for department in departments {
            for kept in try self[department].department.openings(of: wallet.subject.digest) {
                openings[kept.head, default: []].append(CommitmentOpening(salt: kept.salt, content: kept.opening))
            }
        }
        var answers: [AccessHeadAnswer] = []
        for head in wallet.heads.heads {
            guard let proven = try view.provenRecord(.accessHead(head)), let certificate = view.certificate else {
                continue
            }
            let proof = RecordProof(
                record: proven.record,
                inclusion: proven.proof,
                header: view.header,
                certificate: certificate
            )
            let entries = try entries(on: head).map { entry in
                AccessLogEntry(
                    entry: entry,
                    opening: openings[head]?.first { opening in
                        Commitments.access(
                            salt: opening.salt,
                            opening: opening.content,
                            digestFunction: setup.suite.digestFunction
                        ) == entry.commitment
                    }
                )
            }
            answers.append(AccessHeadAnswer(proof: proof, entries: entries))
        }
        return AccessLogVerifier(ledger: ledger).verify(heads: wallet.heads.heads, answers: answers, now: clock.now)
    }

    /// The entries on a head, from the blocks.
    private func entries(on head: Digest) throws -> [AccessEntry] {
        let view = gate.store.view()
        var entries: [AccessEntry] = []
        for height in 0...view.header.height.rawValue {
            for bytes in try view.block(at: Height(height))?.transactions ?? [] {
                let body = try Transaction(canonicalBytes: bytes).body
                guard case .recordAccess(let record) = body.payload, case .department(let department) = body.author,
                    AccessHeads.identifier(of: record.headKey, digestFunction: setup.suite.digestFunction) == head
                else { continue }
                entries.append(record.entry(network: body.network, department: department, transaction: body.id))
            }
        }
        return entries
    }
}

extension DepartmentDesk {
    /// Runs `body` while the desk works on cases.
    func working<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                await self.run()
                return nil
            }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            while let value = try await group.next() { if let value { return value } }
            preconditionFailure("the body gives a value or throws")
        }
    }
}
