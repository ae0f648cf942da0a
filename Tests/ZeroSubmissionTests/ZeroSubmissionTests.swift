import Credentials
import LedgerModel
import Ports
import Primitives
import TestKit
import Testing
import ZeroSubmission
import ZhixinVerify

/// The whole path between four departments in one process: from a service system's question to a receipt on the ledger.
@Suite struct ZeroSubmissionTests {
    /// A citizen of 60 or over, one under 60.
    private let elder = SyntheticCitizen.first { $0.identifier.age(on: CalendarDate(CityGenesis.start)) >= 60 }[0]
    private let younger = SyntheticCitizen.first { $0.identifier.age(on: CalendarDate(CityGenesis.start)) < 60 }[0]

    @Test func aParticipationCertificateIsIssuedWithNothingSubmitted() async throws {
        let city = try await City.populated([elder])
        let decided = try await city.apply(
            "social-insurance-certificate",
            at: "one-window-counter",
            wallet: TestWallet(city, citizen: elder)
        )
        let decision = try #require(decided.subject.decision)
        #expect(decision.outcome == .zeroSubmission && decision.reasons.isEmpty)
        #expect(decision.fields.map(\.value) == [.string(elder.name), .string(elder.identifier.text)])
        let issued = try #require(decision.issued)
        #expect(issued.type == "social-insurance-certificate")
        let opening = try CommitmentOpening(canonicalBytes: try #require(issued.presentation))
        let token = try SDJWT(parsing: String(decoding: opening.content, as: UTF8.self))
        let commitment = Commitments.certificate(
            salt: opening.salt,
            issuerSignedJWT: Array(token.issuerSigned.text.utf8),
            digestFunction: city.setup.suite.digestFunction
        )
        #expect(commitment == issued.certificate)
        #expect(decided.service.decision?.issued?.presentation == nil, "the body is the subject's")
    }

    @Test func ACertificateThatNothingIsRegisteredIsGivenOnTheAuthoritysStatement() async throws {
        let city = try await City.populated([elder])
        let decided = try await city.apply(
            "no-property-certificate",
            at: "citizen-kiosk",
            wallet: TestWallet(city, citizen: elder)
        )
        let decision = try #require(decided.subject.decision)
        #expect(decision.outcome == .zeroSubmission)
        #expect(decision.issued?.type == "no-property-certificate")
    }

    @Test func whoOwnsPropertyGetsNoCertificateOfNone() async throws {
        let city = try await City.populated([elder])
        _ = try await city["natural-resources"].issueBatch(
            Exports.batch("property-register", [Exports.property(elder)]),
            by: "c"
        )
        let decided = try await city.apply(
            "no-property-certificate",
            at: "citizen-kiosk",
            wallet: TestWallet(city, citizen: elder)
        )
        #expect(decided.subject.decision?.outcome == .refused)
        #expect(decided.subject.decision?.reasons.map(\.code) == ["entry-found"])
        #expect(decided.subject.decision?.issued == nil)
    }

    @Test func theHousingFundShowsWhatTheMatterListsAndNothingElse() async throws {
        let city = try await City.populated([elder])
        let decided = try await city.apply(
            "housing-fund-query",
            at: "housing-fund-hall",
            wallet: TestWallet(city, citizen: elder)
        )
        #expect(decided.subject.decision?.outcome == .zeroSubmission)
        #expect(decided.subject.decision?.fields.map(\.name) == ["account_status", "balance", "monthly_deposit"])
        #expect(decided.subject.decision?.fields.map(\.value) == ["正常", 155_593, 649_384])
    }

    @Test func theAllowanceIsGrantedOnAnswersWithoutAField() async throws {
        let city = try await City.populated([elder, younger])
        let granted = try await city.apply(
            "old-age-allowance",
            at: "elder-service",
            wallet: TestWallet(city, citizen: elder)
        )
        #expect(granted.subject.decision?.outcome == .zeroSubmission)
        #expect(granted.subject.decision?.paymentOrder?.object?["amountCents"] == 10_000)
        #expect(granted.subject.decision?.fields.isEmpty == true)
        let refused = try await city.apply(
            "old-age-allowance",
            at: "elder-service",
            wallet: TestWallet(city, citizen: younger)
        )
        #expect(refused.subject.decision?.outcome == .refused)
        #expect(refused.subject.decision?.reasons.map(\.code) == ["predicate-not-met"])
    }

    @Test func whoHasNoRecordIsToldWhereToGetIt() async throws {
        let city = try await City.populated([elder])
        let stranger = TestWallet(city, citizen: .number(900))
        try await stranger.register()
        let decided = try await city.apply("housing-fund-query", at: "housing-fund-hall", wallet: stranger)
        #expect(decided.subject.decision?.outcome == .needs)
        #expect(decided.subject.decision?.reasons.map(\.code) == ["evidence-nothing-found"])
        #expect(decided.subject.decision?.reasons.first?.chinese.contains("12329") == true)
    }

    @Test func aRevokedCertificateIsNotShownAndTheReasonIsGiven() async throws {
        let city = try await City.populated([elder])
        let desk = city["housing-fund"]
        let hit = try #require(
            try await desk.searchVault(VaultSearchRequest(holder: elder.identifier.text), by: "c").certificates.first
        )
        _ = try await desk.changeStatus(
            ofCertificate: hit.certificate,
            CertificateStatusRequest(status: .revoked),
            by: "c"
        )
        let decided = try await city.apply(
            "housing-fund-query",
            at: "housing-fund-hall",
            wallet: TestWallet(city, citizen: elder)
        )
        #expect(decided.subject.decision?.outcome == .needs)
        #expect(decided.subject.decision?.reasons.map(\.code) == ["certificate-revoked"])
    }

    /// A matter is data: this one stands in a file of its own and no line of code knows it.
    @Test func aFifthMatterNeedsNoCode() async throws {
        let file = "Tests/Templates/school-enrolment.yaml"
        let city = try await City.populated([elder], furtherMatters: [(file, "one-window-counter")])
        let decided = try await city.apply(
            "school-enrolment",
            at: "one-window-counter",
            wallet: TestWallet(city, citizen: elder)
        )
        #expect(decided.subject.decision?.outcome == .zeroSubmission)
        #expect(decided.subject.decision?.fields.map(\.name) == ["holder_name", "address", "insurance_status"])
    }

    @Test func anAuditorCanExecuteTheDecisionAgain() async throws {
        let city = try await City.populated([elder])
        let decided = try await city.apply(
            "old-age-allowance",
            at: "elder-service",
            wallet: TestWallet(city, citizen: elder)
        )
        let decision = try #require(decided.service.decision)
        let receipt = try DecisionReceipt(canonicalBytes: decision.receipt)
        guard
            case .serviceCase(let record)? = try city.gate.store.view().record(.serviceCase(decided.service.caseID))?
                .record
        else {
            Issue.record("no case on the ledger")
            return
        }
        let digestFunction = city.setup.suite.digestFunction
        #expect(
            Commitments.receipt(
                salt: decision.receiptSalt,
                receipt: decision.receipt,
                digestFunction: digestFunction
            ) == record.receiptCommitment
        )
        let department = city["social-insurance"].department
        let file = try #require(try department.caseFile(decided.service.caseID))
        guard case .decided(_, let conclusion, _, _) = file.stage,
            case .matter(let matter)? = try city.gate.store.view().record(.matter(record.matter))?.record
        else {
            Issue.record("not decided")
            return
        }
        try receipt.reexecute(
            definition: matter.definition,
            evidence: conclusion.evidence,
            digestFunction: digestFunction
        )
    }

    @Test func theSubjectsLogIsCompleteAndOpens() async throws {
        let city = try await City.populated([elder])
        let wallet = TestWallet(city, citizen: elder)
        for _ in 0..<2 {
            _ = try await city.apply("old-age-allowance", at: "elder-service", wallet: wallet)
        }
        for department in ["social-insurance", "public-security"] {
            let kept = try await city[department].accesses(of: wallet.subject).accesses
            #expect(kept.map(\.count) == [1, 2])
            for access in kept {
                let opening = try AccessOpening(canonicalBytes: access.opening)
                #expect(opening.matter == "old-age-allowance" && opening.subject == wallet.subject.digest)
            }
        }
        #expect(try await city["housing-fund"].accesses(of: wallet.subject).accesses.isEmpty)
        let logs = try city.accessLog(of: wallet, departments: ["social-insurance", "public-security"])
        #expect(logs.isComplete)
        #expect(logs.accesses.count == 2)
    }

    @Test func twoServicesHoldNothingInCommon() async throws {
        let city = try await City.populated([elder])
        let wallet = TestWallet(city, citizen: elder)
        _ = try await city.apply("no-property-certificate", at: "citizen-kiosk", wallet: wallet)
        _ = try await city.apply("no-property-certificate", at: "citizen-kiosk", wallet: wallet)
        // One certificate of the register, one derived for each of the two answers, one issued for each case.
        let types = city.certificateTypes
        #expect(types.count { $0 == CertificateTypeID(1) } == 3)
    }

    @Test func aDerivedCertificateFollowsItsOriginalsStatus() async throws {
        let city = try await City.populated([elder])
        _ = try await city.apply(
            "no-property-certificate",
            at: "citizen-kiosk",
            wallet: TestWallet(city, citizen: elder)
        )
        let desk = city["public-security"]
        let hit = try #require(
            try await desk.searchVault(VaultSearchRequest(holder: elder.identifier.text), by: "c").certificates.first
        )
        _ = try await desk.changeStatus(
            ofCertificate: hit.certificate,
            CertificateStatusRequest(status: .revoked),
            by: "c"
        )
        #expect(city.certificates(of: CertificateTypeID(1)).map(\.status) == [.revoked, .revoked])
    }
}
