import Credentials
import LedgerModel
import Ports
import Primitives
import TestKit
import Testing
import ZeroSubmission

/// What a gateway refuses before anything is recorded, and with which code: every case of `CaseRefusal`.
@Suite struct CaseRefusalTests {
    /// One way to be refused.
    struct Fault: Sendable, CustomTestStringConvertible {
        let refusal: CaseRefusal
        let name: String
        var bend = TestWallet.Bend()
        var edit: @Sendable (inout AuthorisationSubmission) -> Void = { _ in }
        var before: @Sendable (City, TestWallet) async throws -> Void = { _, _ in }

        init(_ refusal: CaseRefusal, _ name: String, _ change: (inout Fault) -> Void) {
            self.refusal = refusal
            self.name = name
            change(&self)
        }

        var testDescription: String { "\(refusal.rawValue): \(name)" }
    }

    private static let other = Digest(words: (1, 2, 3, 4))

    static let faults: [Fault] = [
        Fault(.malformed, "cut authorisation") { $0.edit = { $0.authorisation.removeLast() } },
        Fault(.malformed, "byte after the record") { $0.edit = { $0.accessRecord.append(0) } },
        Fault(.malformed, "empty opening") { $0.edit = { $0.opening = [] } },
        Fault(.malformed, "short salt") { $0.edit = { $0.openingSalt = [1] } },
        Fault(.malformed, "two identifiers for one vault") {
            $0.edit = { $0.sealedIdentifiers += $0.sealedIdentifiers }
        },
        Fault(.otherNetwork, "authorisation") { $0.bend.authorisation = { $0.with(network: Self.other) } },
        Fault(.otherRequest, "another request") { $0.bend.authorisation = { $0.with(request: Self.other) } },
        Fault(.otherRequest, "another system") { $0.bend.authorisation = { $0.with(service: 1) } },
        Fault(.beyondRequest, "a field more") {
            $0.bend.authorisation = { authorisation in
                let more = RequestedItem(id: "more", issuer: 1, type: 1, content: .fields(["address"]))
                return authorisation.with(items: authorisation.items + [more])
            }
        },
        Fault(.expired, "authorisation of the past") { $0.bend.authorisation = { $0.with(expiry: CityGenesis.start) } },
        Fault(.subjectUnknown, "nobody") { $0.bend.authorisation = { $0.with(subject: Self.other) } },
        Fault(.subjectNotActive, "suspended") {
            $0.before = { city, wallet in
                _ = try await city["public-security"].changeStatus(
                    of: wallet.subject,
                    SubjectStatusRequest(status: .suspended),
                    by: "c"
                )
            }
        },
        Fault(.signature, "another key") { $0.bend.signer = FakeSignatures(seed: 1).signer(5) },
        Fault(.reused, "a nonce of an earlier case") {
            $0.bend.accessRecord = AccessRecordID(unchecked: [UInt8](repeating: 8, count: 16))
            $0.before = { city, wallet in
                var bend = TestWallet.Bend()
                bend.accessRecord = AccessRecordID(unchecked: [UInt8](repeating: 8, count: 16))
                _ = try await city.apply("old-age-allowance", at: "elder-service", wallet: wallet, bend: bend)
            }
        },
        Fault(.openingMismatch, "another salt") { $0.bend.shownSalt = [UInt8](repeating: 9, count: 16) },
        Fault(.openingMismatch, "another case") {
            $0.bend.opening = { opening in
                AccessOpening(
                    network: opening.network,
                    subject: opening.subject,
                    authorisation: opening.authorisation,
                    department: opening.department,
                    service: opening.service,
                    caseID: Self.other,
                    matter: opening.matter,
                    matterVersion: opening.matterVersion,
                    items: opening.items,
                    purpose: opening.purpose
                )
            }
        },
        Fault(.accessRecordSignature, "another key") { $0.bend.headSigner = FakeSignatures(seed: 1).signer(6) },
        Fault(.accessRecordSignature, "for another department") { $0.bend.department = DepartmentID(3) },
        Fault(.headOutOfOrder, "a number left out") { $0.bend.count = 2 },
        Fault(.headOutOfOrder, "a predecessor that is none") { $0.bend.previousEntry = Self.other },
        Fault(.headOutOfOrder, "a head of another department") {
            $0.before = { city, wallet in
                _ = try await city.apply("housing-fund-query", at: "housing-fund-hall", wallet: wallet)
            }
        },
        Fault(.identifierMissing, "for the vault") { $0.bend.leftOut = DepartmentID(1) },
    ]

    @Test(arguments: faults)
    func aSubmissionIsRefusedAndTheCaseStillWaits(fault: Fault) async throws {
        let citizen = SyntheticCitizen.number(0)
        let city = try await City.populated([citizen])
        let wallet = TestWallet(city, citizen: citizen)
        try await fault.before(city, wallet)
        let desk = try city.desk(ofMatter: "old-age-allowance")
        let opened = try await city.open("old-age-allowance", at: "elder-service")
        var submission = try wallet.answer(opened, bend: fault.bend)
        fault.edit(&submission)
        let offered = city.gate.submitted.count
        do {
            _ = try await desk.submitAuthorisation(forCase: opened.caseID, submission)
            Issue.record("it was taken")
        } catch {
            #expect(error.code == fault.refusal.rawValue)
            guard case .authorisationRejected = error else {
                Issue.record("\(error)")
                return
            }
        }
        #expect(city.gate.submitted.count == offered, "nothing is recorded")
        #expect(try await desk.authorisationRequest(ofCase: opened.caseID).state == .awaitingAuthorisation)
    }

    @Test func everyRefusalIsTried() {
        #expect(Set(Self.faults.map(\.refusal)) == Set(CaseRefusal.allCases))
    }

    @Test(arguments: [
        ("no-such-matter", "elder-service", ServiceError.matterUnknown),
        ("housing-fund-query", "elder-service", .matterUnknown),
        ("old-age-allowance", "one-window-counter", .matterNotPermitted),
        ("old-age-allowance", "citizen-kiosk", .matterNotPermitted),
    ])
    func onlyPermittedMattersAreOpened(matter: String, service: String, error: ServiceError) async throws {
        let city = try City()
        let code = try #require(Code(matter))
        await #expect(throws: error) {
            try await city["social-insurance"].openCase(
                matter: code,
                CaseOpeningRequest(),
                by: city.service(service)
            )
        }
    }

    @Test func onlySoManyCasesAreOpen() async throws {
        let city = try City()
        let desk = try city.desk(city.id("social-insurance")) { $0.openCasesPerServiceMax = 2 }
        let code = try #require(Code("old-age-allowance"))
        let other = try #require(Code("social-insurance-certificate"))
        func open() async throws {
            _ = try await desk.openCase(matter: code, CaseOpeningRequest(), by: city.service("elder-service"))
        }
        try await open()
        try await open()
        await #expect(throws: ServiceError.tooManyCases) { try await open() }
        // Another service system has a share of its own.
        _ = try await desk.openCase(
            matter: other,
            CaseOpeningRequest(),
            by: city.service("one-window-counter")
        )
        city.clock.advance(milliseconds: 300_001)
        try await open()
    }
}
