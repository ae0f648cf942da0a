import Consensus
import Execution
import LedgerModel
import Primitives
import TestKit

@testable import zhixin_audit

/// A small ledger in which every kind of record and transaction occurs, refused ones too.
struct AuditWorld {
    var chain: CertifiedChain
    private var nextID: UInt64 = 1

    var fixture: LedgerFixture { chain.fixture }
    var network: Digest { fixture.network }

    /// An export of the whole ledger.
    var export: [UInt8] { ChainExport.encode(chain.blocks, network: network) }

    init(fixture: LedgerFixture = LedgerFixture()) throws {
        chain = CertifiedChain(fixture: fixture)
        try addSubjects()
        try addCertificates()
        try addAccesses()
        try addRefusals()
        try chain.append()
    }

    /// A department's transaction for the next block.
    mutating func transaction(_ department: DepartmentID, _ payload: (UInt64) -> Payload) -> SealedTransaction {
        defer { nextID += 1 }
        return fixture.transaction(by: department, id: nextID, expiry: chain.expiry, payload(nextID))
    }

    private mutating func addSubjects() throws {
        let fixture = fixture
        let registrations = (1...3).map { number in
            transaction(LedgerFixture.police) { fixture.registration(subject: number, id: $0) }
        }
        try chain.append(registrations)
        // A rotation, after which the subject signs with another key than at the block before.
        let rotation = fixture.body(
            .subject(fixture.subjectID(1)),
            id: nextID,
            expiry: chain.expiry,
            fixture.rotation(to: fixture.subjectSigner(11), id: nextID)
        )
        nextID += 1
        let suspension = transaction(LedgerFixture.police) { _ in
            .setSubjectStatus(SubjectStatusChange(subject: fixture.subjectID(2), status: .suspended))
        }
        let sealed = fixture.sealed(rotation, signer: fixture.subjectSigner(1))
        try chain.append([sealed, suspension], isCertified: false)
    }

    private mutating func addCertificates() throws {
        let fixture = fixture
        let batch = transaction(LedgerFixture.market) { _ in
            fixture.issue(LedgerFixture.licenceType, (0..<40).map(fixture.digest))
        }
        try chain.append([batch], isCertified: false, skippedViews: 1)
        let changes = transaction(LedgerFixture.market) { _ in
            fixture.change([3, 7].map(fixture.digest), to: .suspended)
        }
        let renewal = transaction(LedgerFixture.market) { _ in
            fixture.issue(LedgerFixture.licenceType, [fixture.digest(100)], replacing: [fixture.digest(3)])
        }
        let revocation = transaction(LedgerFixture.market) { _ in fixture.change([fixture.digest(7)], to: .revoked) }
        try chain.append([changes, renewal, revocation])
    }

    private mutating func addAccesses() throws {
        let fixture = fixture
        var previous = Digest.zero
        for count in 1...2 {
            var record: AccessRecord?
            let id = nextID
            let use = transaction(LedgerFixture.market) { id in
                let access = fixture.access(
                    head: 1,
                    department: LedgerFixture.market,
                    id: id,
                    count: UInt64(count),
                    previous: previous
                )
                record = access
                return .recordAccess(access)
            }
            let decision = transaction(LedgerFixture.market) { _ in fixture.decision(case: UInt64(count)) }
            try chain.append([use, decision], isCertified: count == 2)
            if let record { previous = fixture.entryDigest(record, department: LedgerFixture.market, id: id) }
        }
    }

    private mutating func addRefusals() throws {
        let fixture = fixture
        let unsigned = fixture.sealed(
            fixture.body(
                .department(LedgerFixture.market),
                id: nextID,
                expiry: chain.expiry,
                fixture.decision(case: 9)
            ),
            signer: fixture.departmentSigner(LedgerFixture.health)
        )
        nextID += 1
        let expired = fixture.transaction(
            by: LedgerFixture.market,
            id: nextID,
            expiry: LedgerFixture.start,
            fixture.decision(case: 9)
        )
        nextID += 1
        let twice = transaction(LedgerFixture.market) { _ in fixture.decision(case: 1) }
        let block = try chain.append([unsigned, expired, twice, twice])
        precondition(block.verdicts == [.signatureInvalid, .expired, .caseExists, .repeated], "\(block.verdicts)")
        // Again in a later block, which needs what the replay remembers of the earlier one.
        let again = try chain.append([twice], isCertified: false)
        precondition(again.verdicts == [.repeated], "\(again.verdicts)")
    }

    /// Audits an export.
    static func audit(_ export: [UInt8], fixture: LedgerFixture) async throws -> AuditOutcome {
        var auditor = try ChainAuditor(genesis: fixture.genesis, suite: fixture.suite)
        return await auditor.audit(
            ExportSource(MemoryStream(export), network: fixture.network),
            observer: SilentObserver()
        )
    }

    func audit(_ export: [UInt8]) async throws -> AuditOutcome {
        try await AuditWorld.audit(export, fixture: fixture)
    }

    /// Audits these blocks.
    func audit(_ blocks: [FinalisedBlock]) async throws -> AuditOutcome {
        try await audit(ChainExport.encode(blocks, network: network))
    }
}

/// Watches and says nothing.
final class SilentObserver: AuditObserver {
    private(set) var heights: [Height] = []

    func replayed(_ block: ExecutedBlock, from bytes: [UInt8], statistics: AuditStatistics) {
        heights.append(block.header.height)
    }
    func progressed(_ statistics: AuditStatistics, source: SourceProgress?) {}
    func finished(_ replay: ChainReplay) {}
}

extension AuditOutcome {
    /// The fault, or nil for any other outcome.
    var fault: AuditFault? { if case .fault(let fault) = self { fault } else { nil } }

    /// Where the audit ended, or nil for a sound ledger.
    var height: Height? {
        switch self {
        case .sound: nil
        case .fault(let fault): fault.height
        case .unreadable(let height, _): height
        }
    }
}
