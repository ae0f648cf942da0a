import Credentials
import LedgerModel
import Ports
import Primitives
import TestKit
import Testing
import ZeroSubmission

@Suite struct RegistrarTests {
    private let citizen = SyntheticCitizen.number(1)

    @Test func aCheckedPersonIsOnTheLedgerUnderAPseudonym() async throws {
        let city = try City()
        let wallet = TestWallet(city, citizen: citizen)
        let response = try await wallet.register()
        #expect(response.did == wallet.subject.description)
        let found = try city.gate.store.view().record(.subject(wallet.subject))?.record
        guard case .subject(let record)? = found else {
            Issue.record("no subject")
            return
        }
        #expect(record.attester == city.id("public-security") && record.assurance == .inPerson)
        #expect(record.status == .active)
    }

    @Test func theSameRequestAgainGivesTheSameAnswer() async throws {
        let city = try City()
        let request = TestWallet(city, citizen: citizen).registration()
        let desk = city["public-security"]
        let first = try await desk.registerSubject(request, by: "c")
        let second = try await desk.registerSubject(request, by: "c")
        #expect(first == second)
        let restarted = try city.desk(city.id("public-security"))
        #expect(try await restarted.registerSubject(request, by: "c") == first)
    }

    @Test func aRegistrationThatWasNotHeardOfIsTheSameWhenRepeated() async throws {
        let city = try City()
        let request = TestWallet(city, citizen: citizen).registration()
        city.gate.inject([.lost, .lost, .lost, .lost])
        await #expect(throws: ServiceError.notFinalInTime) {
            try await city["public-security"].registerSubject(request, by: "c")
        }
        _ = try await city["public-security"].registerSubject(request, by: "c")
        #expect(Set(city.gate.submitted).count == 1)
    }

    /// What is wrong with a request, and the code that says so.
    struct Fault: Sendable, CustomTestStringConvertible {
        let code: String
        let change: @Sendable (inout SubjectRegistrationRequest) -> Void
        var testDescription: String { code }
    }

    static let faults = [
        Fault(code: "identifier-malformed") { $0.identifier = "440604195802250874" },
        Fault(code: "identifier-malformed") { $0.identifierKind = .socialCredit },
        Fault(code: "key-malformed") { $0.key = [1, 2, 3] },
        Fault(code: "key-malformed") { $0.salt = [1] },
        Fault(code: "key-malformed") { $0.transaction = [1] },
        Fault(code: "proof-invalid") { $0.proof = [UInt8](repeating: 1, count: 64) },
        Fault(code: "proof-invalid") { $0.transaction = [UInt8](repeating: 3, count: 16) },
    ]

    @Test(arguments: faults)
    func aFaultyRequestIsRefused(fault: Fault) async throws {
        let city = try City()
        var request = TestWallet(city, citizen: citizen).registration()
        fault.change(&request)
        do {
            _ = try await city["public-security"].registerSubject(request, by: "c")
            Issue.record("it was taken")
        } catch {
            #expect(error.code == fault.code)
        }
        #expect(city.gate.submitted.isEmpty)
    }

    @Test func aKeyIsRegisteredForOnePersonOnly() async throws {
        let city = try City()
        let wallet = TestWallet(city, citizen: citizen)
        try await wallet.register()
        var other = wallet.registration()
        other.identifier = SyntheticCitizen.number(2).identifier.text
        await #expect {
            try await city["public-security"].registerSubject(other, by: "c")
        } throws: {
            ($0 as? ServiceError)?.code == "subject-exists"
        }
        await #expect {
            try await city["housing-fund"].registerSubject(wallet.registration(), by: "c")
        } throws: {
            ($0 as? ServiceError)?.code == "subject-exists"
        }
    }

    @Test func theVaultDoesNotForgetWhomAPendingRegistrationIsAbout() async throws {
        let city = try City()
        let wallet = TestWallet(city, citizen: citizen)
        city.gate.inject([.lost, .lost, .lost, .lost])
        _ = try? await wallet.register()
        var other = wallet.registration()
        other.identifier = SyntheticCitizen.number(2).identifier.text
        await #expect {
            try await city["public-security"].registerSubject(other, by: "c")
        } throws: {
            ($0 as? ServiceError)?.code == "subject-exists"
        }
        city.clock.advance(milliseconds: 120_000)
        city.gate.tick()
        _ = try await city["public-security"].registerSubject(other, by: "c")
    }

    @Test func statusesFollowTheLedgersTransitions() async throws {
        let city = try City()
        let wallet = TestWallet(city, citizen: citizen)
        let desk = city["public-security"]
        func set(_ status: SubjectCondition) async throws -> Height {
            try await desk.changeStatus(of: wallet.subject, SubjectStatusRequest(status: status), by: "c").height
        }
        await #expect(throws: ServiceError.subjectUnknown) { _ = try await set(.suspended) }
        try await wallet.register()
        let suspended = try await set(.suspended)
        #expect(try await set(.suspended) == suspended)
        _ = try await set(.active)
        _ = try await set(.deactivated)
        await #expect(throws: ServiceError.transitionNotAllowed) { _ = try await set(.active) }
        await #expect(throws: ServiceError.subjectOfAnotherDepartment) {
            _ = try await city["housing-fund"].changeStatus(
                of: wallet.subject,
                SubjectStatusRequest(status: .suspended),
                by: "c"
            )
        }
    }
}
