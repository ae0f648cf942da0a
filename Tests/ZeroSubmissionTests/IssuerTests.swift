import Credentials
import LedgerModel
import Ports
import Primitives
import TestKit
import Testing
import ZeroSubmission

@Suite struct IssuerTests {
    private let rows = (0..<30).map { Exports.household(.number($0)) }

    @Test func rowsBecomeCertificatesOnTheLedgerAndInTheVault() async throws {
        let city = try City()
        let report = try await city["public-security"].issueBatch(Exports.batch("household-register", rows), by: "c")
        #expect(report.issued == 30 && report.superseded == 0 && report.skipped == 0 && report.rejected.isEmpty)
        #expect(report.height == Height(1))
        let found = try await city["public-security"].searchVault(
            VaultSearchRequest(holder: SyntheticCitizen.number(3).identifier.text),
            by: "c"
        )
        #expect(found.certificates.map(\.number) == ["HK3"])
        #expect(found.certificates.map(\.status) == [.active])
    }

    @Test func theSameBatchAgainIsSkipped() async throws {
        let city = try City()
        let request = Exports.batch("household-register", rows)
        _ = try await city["public-security"].issueBatch(request, by: "c")
        let second = try await city["public-security"].issueBatch(request, by: "c")
        #expect(second.issued == 0 && second.skipped == 30 && second.height == nil)
        #expect(city.certificateCount == 30)
    }

    @Test func aBatchThatWasUndoneIsIssuedAgain() async throws {
        let city = try City()
        let desk = city["public-security"]
        let request = Exports.batch("household-register", rows)
        for round in 1...3 {
            let report = try await desk.issueBatch(request, by: "c")
            #expect(report.issued == 30 && report.superseded == 0 && report.skipped == 0, "round \(round)")
            #expect(report.reissued == (round == 1 ? 0 : 30), "round \(round)")
            #expect(city.certificateRecords.count { $0.status == .active } == 30, "round \(round)")
            #expect(try await desk.revokeBatch(request.batch, by: "c").revoked == 30, "round \(round)")
        }
        #expect(city.certificateCount == 90)
        #expect(city.certificateRecords.allSatisfy { $0.status == .revoked })
    }

    @Test func aCorrectedBatchBringsBackWhatWasUndone() async throws {
        let city = try City()
        let desk = city["public-security"]
        _ = try await desk.issueBatch(Exports.batch("household-register", rows), by: "c")
        _ = try await desk.revokeBatch([UInt8](repeating: 1, count: 16), by: "c")
        var corrected = rows
        corrected[4] = Exports.household(.number(4), division: "440605")
        let report = try await desk.issueBatch(Exports.batch("household-register", corrected, name: 2), by: "c")
        #expect(report.issued == 30 && report.superseded == 0 && report.skipped == 0)
        // The corrected row says something else than what was undone.
        #expect(report.reissued == 29)
        #expect(city.certificateRecords.count { $0.status == .active } == 30)
    }

    @Test func anEarlierContentCanBeIssuedAgain() async throws {
        let city = try City()
        let desk = city["public-security"]
        let first = Exports.batch("household-register", [rows[0]])
        let second = Exports.batch("household-register", [Exports.household(.number(0), division: "440605")], name: 2)
        _ = try await desk.issueBatch(first, by: "c")
        _ = try await desk.issueBatch(second, by: "c")
        let report = try await desk.issueBatch(first, by: "c")
        #expect(report.issued == 1 && report.superseded == 1 && report.skipped == 0)
        let vault = try #require(city.vaults[city.id("public-security")])
        let entries = try vault.entries(
            type: CertificateTypeID(1),
            holderIdentifier: SyntheticCitizen.number(0).identifier.text,
            countMax: 9
        )
        #expect(entries.map { $0.contentDigest == entries[0].contentDigest } == [true, false, true])
        let found = try await desk.searchVault(VaultSearchRequest(number: "HK0"), by: "c")
        #expect(found.certificates.map(\.status) == [.active, .superseded, .superseded])
    }

    @Test func aSuspendedCertificateIsNotIssuedAgain() async throws {
        let city = try City()
        let desk = city["public-security"]
        let request = Exports.batch("household-register", [rows[0]])
        _ = try await desk.issueBatch(request, by: "c")
        let hits = try await desk.searchVault(VaultSearchRequest(number: "HK0"), by: "c").certificates
        let suspended = CertificateStatusRequest(status: .suspended)
        for hit in hits { _ = try await desk.changeStatus(ofCertificate: hit.certificate, suspended, by: "c") }
        let report = try await desk.issueBatch(request, by: "c")
        #expect(report.issued == 0 && report.skipped == 1)
    }

    @Test func theSameNameForOtherRowsIsRefused() async throws {
        let city = try City()
        _ = try await city["public-security"].issueBatch(Exports.batch("household-register", rows), by: "c")
        await #expect(throws: ServiceError.batchNameTaken) {
            try await city["public-security"].issueBatch(
                Exports.batch("household-register", Array(rows.dropLast())),
                by: "c"
            )
        }
    }

    @Test func knownRowsAreSkippedChangedOnesSupersedeNewOnesAreIssued() async throws {
        let city = try City()
        let desk = city["public-security"]
        _ = try await desk.issueBatch(Exports.batch("household-register", Array(rows[..<20])), by: "c")
        var changed = rows
        changed[4] = Exports.household(.number(4), division: "440605")
        let report = try await desk.issueBatch(Exports.batch("household-register", changed, name: 2), by: "c")
        #expect(report.issued == 11 && report.superseded == 1 && report.skipped == 19)
        let found = try await desk.searchVault(VaultSearchRequest(type: "household-register", number: "HK4"), by: "c")
        #expect(found.certificates.map(\.status) == [.active, .superseded])
    }

    @Test func aRevokedCertificateIsReplacedWithoutSuperseding() async throws {
        let city = try City()
        let desk = city["public-security"]
        _ = try await desk.issueBatch(Exports.batch("household-register", [rows[0]]), by: "c")
        let hit = try #require(
            try await desk.searchVault(VaultSearchRequest(number: "HK0"), by: "c").certificates.first
        )
        _ = try await desk.changeStatus(
            ofCertificate: hit.certificate,
            CertificateStatusRequest(status: .revoked),
            by: "c"
        )
        let changed = Exports.household(.number(0), division: "440605")
        let report = try await desk.issueBatch(Exports.batch("household-register", [changed], name: 2), by: "c")
        #expect(report.issued == 1 && report.superseded == 0 && report.reissued == 0)
    }

    @Test func aNumberThatGoesToAnotherHolderIsNamed() async throws {
        let city = try City()
        let desk = city["public-security"]
        _ = try await desk.issueBatch(Exports.batch("household-register", Array(rows[..<3])), by: "c")
        var changed = Array(rows[..<3])
        changed[1] = Exports.household(.number(7), number: "HK1")
        let report = try await desk.issueBatch(Exports.batch("household-register", changed, name: 2), by: "c")
        #expect(report.issued == 1 && report.superseded == 1 && report.skipped == 2)
        #expect(report.changedHolder == [changed[1].line])
    }

    @Test func wrongRowsAreReportedAndTheOthersIssued() async throws {
        let city = try City()
        var mixed = Array(rows[..<5])
        mixed[1].values[2].text = "440604195802250874"
        mixed[3] = Exports.household(.number(3), number: "HK0")
        mixed.append(mixed[4])
        let report = try await city["public-security"].issueBatch(Exports.batch("household-register", mixed), by: "c")
        #expect(report.issued == 3 && report.skipped == 1)
        #expect(
            report.rejected.map { $0.problems.map(\.code) }
                == [["citizen-identifier-checkCharacter"], ["number-repeated"]]
        )
    }

    @Test func rowsWithoutARequiredColumnAreRejected() async throws {
        let city = try City()
        var row = rows[0]
        row.values.removeFirst()
        let report = try await city["public-security"].issueBatch(Exports.batch("household-register", [row]), by: "c")
        #expect(report.issued == 0 && report.height == nil)
        #expect(report.rejected.first?.problems.map(\.code) == ["columns"])
    }

    @Test(arguments: [
        ("household-register", "housing-fund", ServiceError.certificateTypeNotIssuedHere),
        ("no-such-type", "public-security", .certificateTypeUnknown),
    ])
    func typesOfOthersAreRefused(type: String, department: String, error: ServiceError) async throws {
        let city = try City()
        await #expect(throws: error) {
            try await city[department].issueBatch(Exports.batch(type, rows), by: "c")
        }
    }

    @Test func twoBatchesAtOnceIssueANumberOnce() async throws {
        let city = try City()
        let desk = city["public-security"]
        let rows = rows
        let reports = try await withThrowingTaskGroup(of: CertificateBatchReport.self) { group in
            for name in 1...8 {
                group.addTask {
                    try await desk.issueBatch(Exports.batch("household-register", rows, name: UInt8(name)), by: "c")
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(reports.map(\.issued).reduce(0, +) == 30)
        #expect(reports.map(\.skipped).reduce(0, +) == 7 * 30)
        #expect(city.certificateCount == 30)
    }

    @Test func aBatchCanBeRevokedAndOnlyWhatIsLeftOfIt() async throws {
        let city = try City()
        let desk = city["public-security"]
        _ = try await desk.issueBatch(Exports.batch("household-register", rows), by: "c")
        let hit = try #require(
            try await desk.searchVault(VaultSearchRequest(number: "HK7"), by: "c").certificates.first
        )
        _ = try await desk.changeStatus(
            ofCertificate: hit.certificate,
            CertificateStatusRequest(status: .revoked),
            by: "c"
        )
        let report = try await desk.revokeBatch([UInt8](repeating: 1, count: 16), by: "c")
        #expect(report.revoked == 30 && report.height != nil)
        #expect(city.certificateRecords.allSatisfy { $0.status == .revoked })
        let offered = city.gate.submitted.count
        let again = try await desk.revokeBatch([UInt8](repeating: 1, count: 16), by: "c")
        #expect(again == report && city.gate.submitted.count == offered)
        await #expect(throws: ServiceError.batchUnknown) {
            try await desk.revokeBatch([UInt8](repeating: 9, count: 16), by: "c")
        }
    }

    @Test func whatAClerkSeesAndChangesIsKept() async throws {
        let city = try City()
        let desk = city["public-security"]
        let batch = Exports.batch("household-register", [rows[0]])
        _ = try await desk.issueBatch(batch, by: "counter-1")
        let found = try await desk.searchVault(VaultSearchRequest(number: "HK0"), by: "counter-1").certificates
        let id = try #require(found.first?.certificate)
        _ = try await desk.searchVault(VaultSearchRequest(number: "HK9"), by: "counter-2")
        _ = try await desk.makeBundle(ofCertificate: id, BundleRequest(fields: ["holder_name"]), by: "counter-3")
        let suspended = CertificateStatusRequest(status: .suspended)
        city.clock.advance(milliseconds: 1_000)
        _ = try await desk.changeStatus(ofCertificate: id, suspended, by: "counter-4")
        city.clock.advance(milliseconds: 1_000)
        _ = try await desk.revokeBatch(batch.batch, by: "counter-5")
        let subject = SubjectID(Digest(words: (1, 2, 3, 4)))
        city.clock.advance(milliseconds: 1_000)
        // A change that is refused was asked for all the same.
        _ = try? await desk.changeStatus(of: subject, SubjectStatusRequest(status: .suspended), by: "counter-6")
        let actions = try desk.department.clerkActions(from: Timestamp(0), countMax: 100)
        let expected: [(String, ClerkAction.Kind, [[UInt8]])] = [
            ("counter-1", .search, [id.bytes]), ("counter-2", .search, []), ("counter-3", .bundle, [id.bytes]),
            ("counter-4", .certificateStatusChange, [id.bytes]), ("counter-5", .batchRevocation, [batch.batch]),
            ("counter-6", .subjectStatusChange, [subject.digest.bytes]),
        ]
        for (clerk, kind, objects) in expected {
            #expect(actions.contains { $0.clerk == clerk && $0.kind == kind && $0.objects == objects }, "\(clerk)")
            #expect(city.log.all.contains { $0.contains("a clerk used the vault") && $0.contains(clerk) }, "\(clerk)")
        }
        #expect(actions.count == expected.count)
        let later = try desk.department.clerkActions(from: city.clock.now, countMax: 100)
        #expect(later.map(\.clerk) == ["counter-6"])
        #expect(!city.log.all.contains { $0.contains(id.description) })
    }

    @Test func nothingIsShownThatCannotBeNoted() async throws {
        let city = try City()
        _ = try await city["public-security"].issueBatch(Exports.batch("household-register", [rows[0]]), by: "c")
        try #require(city.vaults[city.id("public-security")]).failNextChange()
        await #expect(throws: ServiceError.vaultFailed) {
            try await city["public-security"].searchVault(VaultSearchRequest(number: "HK0"), by: "c")
        }
    }

    @Test(arguments: [VaultSearchRequest(), VaultSearchRequest(type: "household-register")])
    func aSearchNamesANumberOrAHolder(request: VaultSearchRequest) async throws {
        let city = try City()
        await #expect {
            try await city["public-security"].searchVault(request, by: "c")
        } throws: { error in
            (error as? ServiceError)?.code == "search-too-wide"
        }
    }

    @Test func statusesFollowTheLedgersTransitions() async throws {
        let city = try City()
        let desk = city["public-security"]
        _ = try await desk.issueBatch(Exports.batch("household-register", [rows[0]]), by: "c")
        let id = try #require(
            try await desk.searchVault(VaultSearchRequest(number: "HK0"), by: "c").certificates.first?.certificate
        )
        func set(_ status: CertificateStatusWord) async throws -> Height {
            try await desk.changeStatus(ofCertificate: id, CertificateStatusRequest(status: status), by: "c").height
        }
        let suspended = try await set(.suspended)
        #expect(try await set(.suspended) == suspended)
        #expect(try await set(.active) > suspended)
        let revoked = try await set(.revoked)
        #expect(try await set(.revoked) == revoked)
        await #expect(throws: ServiceError.transitionNotAllowed) { _ = try await set(.active) }
        await #expect(throws: ServiceError.certificateUnknown) {
            _ = try await city["housing-fund"].changeStatus(
                ofCertificate: id,
                CertificateStatusRequest(status: .revoked),
                by: "c"
            )
        }
    }
}

extension City {
    /// Certificates on the ledger.
    var certificateCount: Int {
        let records = (try? gate.store.view().records(from: Position(0), countMax: .max)) ?? []
        return records.count { if case .certificate = $0 { true } else { false } }
    }
}
