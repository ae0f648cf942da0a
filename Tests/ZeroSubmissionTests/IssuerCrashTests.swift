import Credentials
import LedgerModel
import Ports
import Primitives
import TestKit
import Testing
import ZeroSubmission

/// A node that is killed while it issues: whatever the moment, nothing is issued twice and nothing is lost.
@Suite struct IssuerCrashTests {
    private let rows = (0..<5).map { Exports.household(.number($0)) }
    private var request: CertificateBatchRequest { Exports.batch("household-register", rows) }

    @Test(arguments: FaultyVault.Kill.allCases)
    func killedAtAnyChangeOfTheVaultABatchIsIssuedOnce(kill: FaultyVault.Kill) async throws {
        var step = 1
        while true {
            let city = try City()
            let inner = try #require(city.vaults[city.id("public-security")])
            let vault = FaultyVault(inner, at: step, kill)
            do {
                let desk = try city.desk(city.id("public-security"), vault: vault)
                _ = try await desk.issueBatch(request, by: "c")
            } catch {
                #expect(vault.wasKilled)
            }
            guard vault.wasKilled else { break }
            let restarted = try city.desk(city.id("public-security"))
            _ = try await restarted.start()
            let report = try await restarted.issueBatch(request, by: "c")
            #expect(report.issued == 5 && report.skipped == 0, "killed \(kill) change \(step)")
            try expectIssuedOnce(city, vault: inner, step: step)
            step += 1
        }
        #expect(step > 6, "every change of the vault was tried")
    }

    @Test func aTransactionThatWasTakenButNotHeardOfIsNotSentAnew() async throws {
        let city = try City()
        city.gate.inject([.unheard, .unheard])
        let report = try await city["public-security"].issueBatch(request, by: "c")
        #expect(report.issued == 5)
        #expect(city.certificateCount == 5)
    }

    @Test func aBusyNetworkIsAskedAgain() async throws {
        let city = try City()
        city.gate.inject([.busy, .busy, .busy])
        let report = try await city["public-security"].issueBatch(request, by: "c")
        #expect(report.issued == 5)
    }

    @Test func aSilentNetworkLeavesDraftsThatTheNextRequestFinishes() async throws {
        let city = try City()
        city.gate.inject([.lost, .lost, .lost, .lost])
        await #expect(throws: ServiceError.notFinalInTime) {
            try await city["public-security"].issueBatch(request, by: "c")
        }
        #expect(city.certificateCount == 0)
        let report = try await city["public-security"].issueBatch(request, by: "c")
        #expect(report.issued == 5 && city.certificateCount == 5)
        let offered = Set(city.gate.submitted)
        #expect(offered.count == 1, "the very same transaction is offered again")
    }

    @Test func draftsWhoseTimeIsOverAreDroppedOnceABlockShowsIt() async throws {
        let city = try City()
        city.gate.inject([.lost, .lost, .lost, .lost])
        _ = try? await city["public-security"].issueBatch(request, by: "c")
        city.clock.advance(milliseconds: 120_000)
        let early = try await city.desk(city.id("public-security")).start()
        #expect(early.undecided == 1 && early.dropped == 0 && early.final == 0)
        city.gate.tick()
        let late = try await city.desk(city.id("public-security")).start()
        #expect(late.dropped == 1 && late.undecided == 0 && late.final == 0)
        let report = try await city["public-security"].issueBatch(request, by: "c")
        #expect(report.issued == 5 && city.certificateCount == 5)
    }

    @Test func draftsWhoseFateIsUnclearAreIssuedUnderTheSameCommitments() async throws {
        let city = try City()
        city.gate.inject([.lost, .lost, .lost, .lost])
        _ = try? await city["public-security"].issueBatch(request, by: "c")
        let vault = try #require(city.vaults[city.id("public-security")])
        let drafts = Set(try commitments(vault))
        city.clock.advance(milliseconds: 120_000)
        let report = try await city["public-security"].issueBatch(request, by: "c")
        #expect(report.issued == 5 && city.certificateCount == 5)
        #expect(Set(try commitments(vault)) == drafts)
    }

    @Test func aBatchThatTheLedgerRefusesLeavesNothing() async throws {
        let city = try City()
        let market = try city.desk(city.id("public-security")) { $0.transactionLifetimeMilliseconds = 0 }
        city.clock.advance(milliseconds: 10)
        city.gate.tick()
        city.clock.advance(milliseconds: 1)
        _ = try? await market.issueBatch(request, by: "c")
        let report = try await city["public-security"].issueBatch(request, by: "c")
        #expect(report.issued == 5 && city.certificateCount == 5)
    }

    private func expectIssuedOnce(_ city: City, vault: InMemoryVault, step: Int) throws {
        #expect(city.certificateCount == 5, "after change \(step)")
        #expect(try commitments(vault).count == 5, "after change \(step)")
        try vault.forEachEntry { entry in
            #expect(entry.status == .final)
            return true
        }
        #expect(vault.batchesWithDrafts().isEmpty)
    }

    private func commitments(_ vault: InMemoryVault) throws -> [Digest] {
        var all: [Digest] = []
        try vault.forEachEntry { entry in
            all.append(entry.commitment)
            return true
        }
        return all
    }
}
