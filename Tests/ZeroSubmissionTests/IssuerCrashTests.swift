import Credentials
import Foundation
import LedgerModel
import Ports
import Primitives
import Synchronization
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
        // After these the batch was answered, so that the next request is another one.
        var answered: [Int] = []
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
            #expect(report.issued + report.skipped == 5, "killed \(kill) change \(step)")
            if report.skipped > 0 { answered.append(step) }
            try expectIssuedOnce(city, vault: inner, step: step)
            step += 1
        }
        #expect(answered == (kill == .after ? [step - 1] : []))
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
        let drafts = Set(commitments(vault))
        city.clock.advance(milliseconds: 120_000)
        let report = try await city["public-security"].issueBatch(request, by: "c")
        #expect(report.issued == 5 && city.certificateCount == 5)
        #expect(Set(commitments(vault)) == drafts)
    }

    @Test func whatThisNodeRefusesAfterItWasSentStaysUntilTheLedgerDecides() async throws {
        for verdict in [Verdict.authorUnknown, .expiryTooFar, .signatureInvalid] {
            let city = try City()
            let id = city.id("public-security")
            let gate = FickleGate(city.gate, answers: [nil, .refused(verdict)])
            await #expect(throws: ServiceError.notFinalInTime) {
                try await city.desk(id, gate: gate).issueBatch(request, by: "c")
            }
            // The copy that was taken first becomes final.
            _ = await city.gate.submit(try #require(gate.offered.first))
            let settled = try await city.desk(id).start()
            #expect(settled.final == 1 && settled.dropped == 0, "\(verdict)")
            try expectIssuedOnce(city, vault: try #require(city.vaults[id]), step: 0)
        }
    }

    @Test func whatIsJustBeingIssuedIsNotSettledAsLeftBehind() async throws {
        let city = try City()
        let id = city.id("public-security")
        let inner = try #require(city.vaults[id])
        let settling = Mutex<Task<Reconciliation, any Error>?>(nil)
        let vault = FaultyVault(inner, at: .max, .before)
        let desk = try city.desk(id, vault: vault)
        vault.beforePut {
            // Another task looks between the run and its drafts.
            let task = Task.detached { try await desk.start() }
            settling.withLock { $0 = task }
            usleep(50_000)
        }
        city.gate.inject([.lost, .lost, .lost, .lost])
        await #expect(throws: ServiceError.notFinalInTime) { try await desk.issueBatch(request, by: "c") }
        _ = try await settling.withLock { $0 }?.value
        let later = try await city.desk(id).start()
        #expect(later.undecided == 1 && later.dropped == 0)
    }

    @Test func anUndoneBatchTakesWhatIsOnItsWayWithIt() async throws {
        let city = try City()
        let desk = city["public-security"]
        city.gate.inject(Array(repeating: .lost, count: 8))
        await #expect(throws: ServiceError.notFinalInTime) { try await desk.issueBatch(request, by: "c") }
        await #expect(throws: ServiceError.notFinalInTime) { try await desk.revokeBatch(request.batch, by: "c") }
        // The network is back.
        let report = try await desk.revokeBatch(request.batch, by: "c")
        #expect(report.revoked == 5 && city.certificateCount == 5)
        #expect(city.certificateRecords.allSatisfy { $0.status == .revoked })
    }

    @Test func aBatchIsNotUndoneWhileItsFateIsUnclear() async throws {
        let city = try City()
        let desk = city["public-security"]
        city.gate.inject([.lost, .lost, .lost, .lost])
        _ = try? await desk.issueBatch(request, by: "c")
        city.clock.advance(milliseconds: 120_000)
        await #expect(throws: ServiceError.notFinalInTime) { try await desk.revokeBatch(request.batch, by: "c") }
        city.gate.tick()
        let report = try await desk.revokeBatch(request.batch, by: "c")
        #expect(report.revoked == 0 && city.certificateCount == 0)
    }

    @Test func draftsAreSettledWhileTheNodeRuns() async throws {
        let city = try City()
        let desk = city["public-security"]
        let vault = try #require(city.vaults[city.id("public-security")])
        city.gate.inject([.lost, .lost, .lost, .lost])
        _ = try? await desk.issueBatch(request, by: "c")
        #expect(!vault.batchesWithDrafts().isEmpty)
        try await desk.working {
            while !vault.batchesWithDrafts().isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        }
        try expectIssuedOnce(city, vault: vault, step: 0)
    }

    @Test func aBatchThatTheLedgerRefusesLeavesNothing() async throws {
        let city = try City()
        let id = city.id("public-security")
        let vault = try #require(city.vaults[id])
        _ = try await city.desk(id).issueBatch(Exports.batch("household-register", [rows[0]]), by: "c")
        let first = try #require(commitments(vault).first)
        // What is to be superseded is revoked meanwhile.
        let revocation = TransactionBody(
            network: city.setup.network,
            author: .department(id),
            id: TransactionID(high: 5, low: 5),
            expiry: city.clock.now.adding(milliseconds: 60_000),
            payload: .changeStatus(StatusChangeBatch(changes: [StatusChange(commitment: first, status: .revoked)]))
        )
        let overtaking = try Transaction(signing: revocation, with: city.setup.transactionSigner(id)).canonicalBytes
        let desk = try city.desk(id, gate: FickleGate(city.gate, overtaking: overtaking))
        let changed = Exports.batch("household-register", [Exports.household(.number(0), division: "440605")], name: 2)
        await #expect(throws: ServiceError.ledgerRefused(.certificateTransitionNotAllowed)) {
            try await desk.issueBatch(changed, by: "c")
        }
        #expect(commitments(vault) == [first])
        let report = try await desk.issueBatch(changed, by: "c")
        #expect(report.issued == 1 && report.superseded == 0 && city.certificateCount == 2)
    }

    private func expectIssuedOnce(_ city: City, vault: InMemoryVault, step: Int) throws {
        #expect(city.certificateCount == 5, "after change \(step)")
        #expect(commitments(vault).count == 5, "after change \(step)")
        #expect(vault.entries.allSatisfy { $0.status == .final })
        #expect(vault.batchesWithDrafts().isEmpty)
    }

    private func commitments(_ vault: InMemoryVault) -> [Digest] { vault.entries.map(\.commitment) }
}

/// A gate in front of another, between which transactions are lost, refused or overtaken.
private final class FickleGate: LedgerGate {
    private let inner: InMemoryLedgerGate
    private let overtaking: [UInt8]?
    private let state: Mutex<(answers: [SubmissionResult?], offered: [[UInt8]])>

    /// - Parameter answers: to one offer after the other, of which none arrives; nil says that it was taken. The last one
    ///   stays.
    init(_ inner: InMemoryLedgerGate, answers: [SubmissionResult?]) {
        self.inner = inner
        overtaking = nil
        state = Mutex((answers, []))
    }

    /// - Parameter overtaking: arrives before the first offer.
    init(_ inner: InMemoryLedgerGate, overtaking: [UInt8]) {
        self.inner = inner
        self.overtaking = overtaking
        state = Mutex(([], []))
    }

    var offered: [[UInt8]] { state.withLock { $0.offered } }

    func submit(_ bytes: [UInt8]) async -> SubmissionResult {
        if let overtaking {
            _ = await inner.submit(overtaking)
            return await inner.submit(bytes)
        }
        return state.withLock { state in
            state.offered.append(bytes)
            let answer = state.answers.count > 1 ? state.answers.removeFirst() : state.answers.last ?? nil
            return answer ?? .accepted(digest: FastDigest().digest(bytes))
        }
    }

    func outcome(of digest: Digest, waitMilliseconds: UInt64) async -> TransactionProgress {
        await inner.outcome(of: digest, waitMilliseconds: waitMilliseconds)
    }

    func waitUntilStored(_ height: Height, waitMilliseconds: UInt64) async -> Bool {
        await inner.waitUntilStored(height, waitMilliseconds: waitMilliseconds)
    }

    var status: NodeStatus { inner.status }
}
