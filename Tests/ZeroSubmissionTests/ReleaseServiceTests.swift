import Credentials
import LedgerModel
import Ports
import Primitives
import TestKit
import Testing
import ZeroSubmission

@Suite struct ReleaseServiceTests {
    @Test func aRetryGetsTheSameBytesAlsoAfterItsTime() async throws {
        let bench = try await ReleaseBench("no-property-certificate", at: "citizen-kiosk")
        let request = try await bench.prepare(vault: "public-security")
        let desk = bench.city["public-security"]
        let first = try await desk.release(request, to: bench.gateway)
        #expect(try await desk.release(request, to: bench.gateway) == first)
        bench.city.clock.advance(milliseconds: 3_600_000)
        let restarted = try bench.city.desk(bench.city.id("public-security"))
        #expect(try await restarted.release(request, to: bench.gateway) == first)
    }

    @Test func twoRequestsAtOnceGetTheSameBytes() async throws {
        let bench = try await ReleaseBench("no-property-certificate", at: "citizen-kiosk")
        let request = try await bench.prepare(vault: "public-security")
        let desk = bench.city["public-security"]
        let gateway = try bench.gateway
        let responses = try await withThrowingTaskGroup(of: ReleaseResponse.self) { group in
            for _ in 0..<6 { group.addTask { try await desk.release(request, to: gateway) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(responses).count == 1)
        #expect(bench.city.certificates(of: CertificateTypeID(1)).count == 2, "one of the register, one derived")
    }

    @Test func onlyTheFieldsThatWerePermittedAreShown() async throws {
        let bench = try await ReleaseBench("no-property-certificate", at: "citizen-kiosk")
        var bend = ReleaseBench.Bend()
        bend.wallet.authorisation = { authorisation in
            authorisation.with(
                items: authorisation.items.map { item in
                    guard case .fields = item.content else { return item }
                    return RequestedItem(
                        id: item.id,
                        issuer: item.issuer,
                        type: item.type,
                        content: .fields(["holder_name"])
                    )
                }
            )
        }
        let request = try await bench.prepare(vault: "public-security", bend: bend)
        let response = try await bench.city["public-security"].release(request, to: bench.gateway)
        let released = try bench.open(response.items[0], request: request)
        guard case .presentation(let text) = released.statement.content.content else {
            Issue.record("no presentation")
            return
        }
        #expect(try SDJWT(parsing: text).disclosures.map(\.name) == ["holder_name"])
        #expect(!text.contains(Base64URL.encode(Array(bench.wallet.identifier.utf8))))
    }

    @Test func theStatementOfNoEntrySaysWhatTheRegisterHolds() async throws {
        for owns in [false, true] {
            let bench = try await ReleaseBench("no-property-certificate", at: "citizen-kiosk")
            if owns {
                _ = try await bench.city["natural-resources"].issueBatch(
                    Exports.batch("property-register", [Exports.property(.number(0))]),
                    by: "c"
                )
            }
            let request = try await bench.prepare(vault: "natural-resources")
            let response = try await bench.city["natural-resources"].release(request, to: bench.gateway)
            let released = try bench.open(response.items[0], request: request)
            #expect(released.statement.content.content == .noEntry(holds: !owns))
            let key = bench.city.setup.credentialSigner(bench.city.id("natural-resources")).publicKey
            #expect(released.statement.isSigned(by: key, verifier: bench.city.setup.suite.verifier))
        }
    }

    /// The vault's mark of a draft may be late, and what is no longer in force may be newer.
    @Test(arguments: [(draftsOnly: true, laterCount: 0), (false, 70)])
    func anEntryOnTheLedgerIsNeverOverlooked(draftsOnly: Bool, laterCount: Int) async throws {
        let bench = try await ReleaseBench("no-property-certificate", at: "citizen-kiosk")
        let id = bench.city.id("natural-resources")
        let vault = try #require(bench.city.vaults[id])
        // The fourth change would mark the drafts final.
        let desk = try bench.city.desk(id, vault: FaultyVault(vault, at: draftsOnly ? 4 : .max, .before))
        let row = Exports.property(.number(0), number: "NR-held")
        _ = try? await desk.issueBatch(Exports.batch("property-register", [row]), by: "c")
        #expect(vault.batchesWithDrafts().isEmpty != draftsOnly)
        if laterCount > 0 {
            let rows = (0..<laterCount).map { Exports.property(.number(0), number: "NR-later-\($0)") }
            let later = Exports.batch("property-register", rows, name: 2)
            #expect(try await desk.issueBatch(later, by: "c").issued == laterCount)
            _ = try await desk.revokeBatch(later.batch, by: "c")
        }
        let request = try await bench.prepare(vault: "natural-resources")
        let response = try await bench.city["natural-resources"].release(request, to: bench.gateway)
        let released = try bench.open(response.items[0], request: request)
        #expect(released.statement.content.content == .noEntry(holds: false))
    }

    @Test func whatSupersedesACertificateRevokesWhatWasDerivedFromIt() async throws {
        let bench = try await ReleaseBench("no-property-certificate", at: "citizen-kiosk")
        let request = try await bench.prepare(vault: "public-security")
        let desk = bench.city["public-security"]
        _ = try await desk.release(request, to: bench.gateway)
        let changed = Exports.household(.number(0), division: "440605")
        _ = try await desk.issueBatch(Exports.batch("household-register", [changed], name: 2), by: "c")
        let statuses = bench.city.certificates(of: CertificateTypeID(1)).map(\.status)
        #expect(statuses == [.superseded, .revoked, .active])
    }

    @Test func aStatusChangeThatMissedADerivedCertificateIsRepaired() async throws {
        let bench = try await ReleaseBench("no-property-certificate", at: "citizen-kiosk")
        let request = try await bench.prepare(vault: "public-security")
        let desk = bench.city["public-security"]
        _ = try await desk.release(request, to: bench.gateway)
        let records = bench.city.certificates(of: CertificateTypeID(1))
        let original = try #require(records.first?.commitment)
        // Only the original's status reaches the ledger.
        let body = TransactionBody(
            network: bench.city.setup.network,
            author: .department(desk.department.id),
            id: TransactionID(high: 5, low: 5),
            expiry: bench.city.clock.now.adding(milliseconds: 60_000),
            payload: .changeStatus(
                StatusChangeBatch(changes: [StatusChange(commitment: original, status: .revoked)])
            )
        )
        let signer = bench.city.setup.transactionSigner(desk.department.id)
        _ = await bench.city.gate.submit(try Transaction(signing: body, with: signer).canonicalBytes)
        #expect(bench.city.certificates(of: CertificateTypeID(1)).map(\.status) == [.revoked, .active])
        let revoked = CertificateStatusRequest(status: .revoked)
        _ = try await desk.changeStatus(ofCertificate: original, revoked, by: "c")
        #expect(bench.city.certificates(of: CertificateTypeID(1)).map(\.status) == [.revoked, .revoked])
    }

    @Test func evidenceOpensForTheAskingDepartmentAlone() async throws {
        let bench = try await ReleaseBench("no-property-certificate", at: "citizen-kiosk")
        let request = try await bench.prepare(vault: "public-security")
        let response = try await bench.city["public-security"].release(request, to: bench.gateway)
        let sealed = try #require(response.items[0].sealed)
        let authorisation = try Signed<Authorisation>(canonicalBytes: request.authorisation).content
        let purpose = SealedPurpose.evidence(accessRecord: authorisation.accessRecord, item: "household")
        for other in ["public-security", "housing-fund", "social-insurance"] {
            #expect(throws: FakeSealing.NotAuthentic.self) {
                try bench.city.setup.sealing(bench.city.id(other)).open(
                    sealed,
                    info: purpose.info,
                    associatedData: purpose.associatedData
                )
            }
        }
    }
}

extension ReleaseBench {
    /// What the asking department finds in a released item.
    func open(_ item: ReleasedItem, request: ReleaseRequest) throws -> ReleasedEvidence {
        let authorisation = try Signed<Authorisation>(canonicalBytes: request.authorisation).content
        let purpose = SealedPurpose.evidence(accessRecord: authorisation.accessRecord, item: item.item)
        return try ReleasedEvidence(
            canonicalBytes: city.setup.sealing(gateway).open(
                try #require(item.sealed),
                info: purpose.info,
                associatedData: purpose.associatedData
            )
        )
    }
}
