import Credentials
import LedgerModel
import Ports
import Primitives
import Synchronization
import TestKit
import Testing
import ZeroSubmission

@Suite struct CaseServiceTests {
    private let citizen = SyntheticCitizen.number(0)

    @Test func theSameSubmissionAgainIsTakenAnotherIsNot() async throws {
        let city = try await City.populated([citizen])
        let wallet = TestWallet(city, citizen: citizen)
        let desk = try city.desk(ofMatter: "housing-fund-query")
        let opened = try await city.open("housing-fund-query", at: "housing-fund-hall")
        let submission = try wallet.answer(opened)
        let first = try await desk.submitAuthorisation(forCase: opened.caseID, submission)
        #expect(first.state == .recording)
        #expect(try await desk.submitAuthorisation(forCase: opened.caseID, submission) == first)
        let other = try wallet.answer(opened)
        await #expect(throws: ServiceError.caseInOtherState(.recording)) {
            try await desk.submitAuthorisation(forCase: opened.caseID, other)
        }
    }

    @Test func aCaseThatNobodyAnswersFails() async throws {
        let city = try await City.populated([citizen])
        let wallet = TestWallet(city, citizen: citizen)
        let desk = try city.desk(ofMatter: "housing-fund-query")
        let opened = try await city.open("housing-fund-query", at: "housing-fund-hall")
        city.clock.advance(milliseconds: 300_000)
        let submission = try wallet.answer(opened)
        await #expect(throws: ServiceError.caseExpired) {
            try await desk.submitAuthorisation(forCase: opened.caseID, submission)
        }
        let view = try await desk.caseView(
            of: opened.caseID,
            for: .service(city.service("housing-fund-hall")),
            waitMilliseconds: 0
        )
        #expect(view.state == .failed && view.problem?.code == "case-expired")
    }

    @Test func aCaseIsShownToItsServiceAndItsSubjectOnly() async throws {
        let city = try await City.populated([citizen])
        let wallet = TestWallet(city, citizen: citizen)
        let decided = try await city.apply("housing-fund-query", at: "housing-fund-hall", wallet: wallet)
        let desk = try city.desk(ofMatter: "housing-fund-query")
        let strangers: [CaseViewer] = [
            .service(city.service("elder-service")), .subject(SubjectID(Digest(words: (1, 2, 3, 4)))),
        ]
        for stranger in strangers {
            await #expect(throws: ServiceError.caseUnknown) {
                try await desk.caseView(of: decided.service.caseID, for: stranger, waitMilliseconds: 0)
            }
        }
        await #expect(throws: ServiceError.caseUnknown) {
            try await desk.caseView(of: .zero, for: strangers[0], waitMilliseconds: 0)
        }
    }

    @Test func aPollEndsWhenItsTimeIsOver() async throws {
        let city = try await City.populated([citizen])
        let desk = try city.desk(ofMatter: "housing-fund-query")
        let opened = try await city.open("housing-fund-query", at: "housing-fund-hall")
        let view = try await desk.caseView(
            of: opened.caseID,
            for: .service(city.service("housing-fund-hall")),
            waitMilliseconds: 30
        )
        #expect(view.state == .awaitingAuthorisation)
    }

    @Test func nothingIsAskedOfAVaultBeforeTheAccessIsRecorded() async throws {
        let city = try await City.populated([citizen])
        let wallet = TestWallet(city, citizen: citizen)
        let opened = try await city.open("old-age-allowance", at: "elder-service")
        let desk = try city.desk(ofMatter: "old-age-allowance")
        city.gate.inject(Array(repeating: .lost, count: 400))
        let service = CaseViewer.service(city.service("elder-service"))
        let view = try await desk.working {
            _ = try await desk.submitAuthorisation(forCase: opened.caseID, wallet.answer(opened))
            let early = try await desk.caseView(of: opened.caseID, for: service, waitMilliseconds: 100)
            #expect(early.state == .recording)
            // It may be recorded at any moment: then the subject can see of what.
            #expect(try await desk.accesses(of: wallet.subject).accesses.count == 1)
            city.clock.advance(milliseconds: 120_000)
            let late = try await desk.caseView(of: opened.caseID, for: service, waitMilliseconds: 100)
            #expect(late.state == .recording, "the ledger is not past its time")
            city.gate.tick()
            return try await desk.caseView(of: opened.caseID, for: service, waitMilliseconds: 10_000)
        }
        #expect(view.state == .failed && view.problem?.code == "authorisation-expired")
        #expect(city.peers.sent.isEmpty)
        #expect(try await desk.accesses(of: wallet.subject).accesses.isEmpty)
    }

    @Test func aCaseThatNobodyAnswersIsClosedWhileTheNodeRuns() async throws {
        let city = try City()
        let desk = try city.desk(ofMatter: "housing-fund-query")
        let opened = try await city.open("housing-fund-query", at: "housing-fund-hall")
        city.clock.advance(milliseconds: 300_000)
        try await desk.working {
            while try desk.department.caseFile(opened.caseID)?.isFinished == false {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        #expect(try desk.department.caseFile(opened.caseID)?.state == .failed)
    }

    @Test func aRequestIsShownUntilItIsAnsweredOrOver() async throws {
        let city = try await City.populated([citizen])
        let wallet = TestWallet(city, citizen: citizen)
        let desk = try city.desk(ofMatter: "housing-fund-query")
        let opened = try await city.open("housing-fund-query", at: "housing-fund-hall")
        let unanswered = try await city.open("housing-fund-query", at: "housing-fund-hall")
        #expect(try await desk.authorisationRequest(ofCase: opened.caseID).request == opened.request)
        _ = try await desk.submitAuthorisation(forCase: opened.caseID, wallet.answer(opened))
        await #expect(throws: ServiceError.caseInOtherState(.recording)) {
            try await desk.authorisationRequest(ofCase: opened.caseID)
        }
        city.clock.advance(milliseconds: 300_000)
        await #expect(throws: ServiceError.caseExpired) {
            try await desk.authorisationRequest(ofCase: unanswered.caseID)
        }
    }

    @Test func aVaultThatDoesNotAnswerIsAskedAgain() async throws {
        let city = try await City.populated([citizen])
        city.peers.faults.withLock { $0[city.id("public-security")] = [.vaultUnreachable, .vaultUnreachable] }
        let decided = try await city.apply(
            "old-age-allowance",
            at: "elder-service",
            wallet: TestWallet(city, citizen: citizen)
        )
        #expect(decided.service.state == .decided)
        #expect(city.peers.sent.count == 3 && Set(city.peers.sent).count == 1)
    }

    @Test func aVaultThatNeverAnswersEndsTheCaseClearly() async throws {
        let city = try await City.populated([citizen])
        city.peers.faults.withLock {
            $0[city.id("public-security")] = Array(repeating: .vaultUnreachable, count: 100)
        }
        let decided = try await city.apply(
            "old-age-allowance",
            at: "elder-service",
            wallet: TestWallet(city, citizen: citizen)
        )
        #expect(decided.service.state == .failed && decided.service.problem?.code == "vault-unreachable")
        #expect(decided.subject.problem == decided.service.problem)
    }

    @Test func whatAVaultRefusesEndsTheCaseWithItsReason() async throws {
        let city = try await City.populated([citizen])
        var bend = TestWallet.Bend()
        bend.sealedFor = Digest(words: (1, 2, 3, 4))
        let decided = try await city.apply(
            "old-age-allowance",
            at: "elder-service",
            wallet: TestWallet(city, citizen: citizen),
            bend: bend
        )
        #expect(decided.service.state == .failed)
        #expect(decided.service.problem?.code == ReleaseRefusal.identifierUnreadable.rawValue)
    }

    @Test func aWithheldFieldIsNamed() async throws {
        let city = try await City.populated([citizen])
        var bend = TestWallet.Bend()
        bend.authorisation = { authorisation in
            authorisation.with(
                items: authorisation.items.map {
                    RequestedItem(id: $0.id, issuer: $0.issuer, type: $0.type, content: .fields(["balance"]))
                }
            )
        }
        let decided = try await city.apply(
            "housing-fund-query",
            at: "housing-fund-hall",
            wallet: TestWallet(city, citizen: citizen),
            bend: bend
        )
        #expect(decided.service.decision?.outcome == .needs)
        #expect(decided.service.decision?.reasons.map(\.code) == ["evidence-field-withheld"])
    }

    /// A node that is killed at any change of its vault goes on with its cases after the restart.
    @Test(arguments: FaultyVault.Kill.allCases)
    func killedAtAnyChangeACaseIsDecidedOnce(kill: FaultyVault.Kill) async throws {
        var step = 1
        var decidedCount = 0
        while step < 40 {
            let city = try await City.populated([citizen])
            let wallet = TestWallet(city, citizen: citizen)
            let id = city.id("social-insurance")
            let inner = try #require(city.vaults[id])
            // The first desk opens the case, so that only what follows is interrupted.
            let opened = try await city.open("social-insurance-certificate", at: "one-window-counter")
            let vault = FaultyVault(inner, at: step, kill)
            let submission = try wallet.answer(opened)
            let viewer = CaseViewer.service(city.service("one-window-counter"))
            let doomed = try city.desk(id, vault: vault)
            _ = try? await doomed.working {
                _ = try await doomed.submitAuthorisation(forCase: opened.caseID, submission)
                _ = try await doomed.caseView(of: opened.caseID, for: viewer, waitMilliseconds: 100)
            }
            let restarted = try city.desk(id)
            _ = try await restarted.start()
            let view = try await restarted.working {
                _ = try await restarted.submitAuthorisation(forCase: opened.caseID, submission)
                return try await restarted.caseView(of: opened.caseID, for: viewer, waitMilliseconds: 10_000)
            }
            #expect(view.decision?.outcome == .zeroSubmission, "killed \(kill) change \(step)")
            #expect(city.certificates(of: CertificateTypeID(5)).count == 1, "killed \(kill) change \(step)")
            #expect(try await restarted.accesses(of: wallet.subject).accesses.count == 1)
            decidedCount += 1
            guard vault.wasKilled else { break }
            step += 1
        }
        #expect(decidedCount > 8, "every change of the vault was tried")
    }
}
