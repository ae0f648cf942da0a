import Credentials
import LedgerModel
import Ports
import Primitives
import Synchronization
import TestKit
import Testing
import ZeroSubmission

/// A vault that gives something else than it should: the gateway believes none of it.
@Suite struct EvidenceFaultTests {
    /// What a dishonest vault makes of its answer, and the code under which the case ends.
    struct Fault: Sendable, CustomTestStringConvertible {
        let code: String
        let name: String
        var statement: @Sendable (ReleaseStatement) -> ReleaseStatement = { $0 }
        var salt: @Sendable ([UInt8]?) -> [UInt8]? = { $0 }
        var signer: UInt64?
        var seals = true

        init(_ code: String, _ name: String, _ change: (inout Fault) -> Void) {
            self.code = code
            self.name = name
            change(&self)
        }

        var testDescription: String { "\(code): \(name)" }
    }

    static let faults: [Fault] = [
        Fault("evidence-unreadable", "garbage") { $0.seals = false },
        Fault("evidence-of-another-request", "another record") {
            $0.statement = { $0.with(accessRecord: AccessRecordID(unchecked: [UInt8](repeating: 1, count: 16))) }
        },
        Fault("evidence-of-another-request", "for another department") { $0.statement = { $0.with(department: 3) } },
        Fault("evidence-of-another-request", "of another type") { $0.statement = { $0.with(type: 3) } },
        Fault("evidence-signature-invalid", "another department's") { $0.signer = 203 },
        Fault("evidence-time-invalid", "of the future") {
            $0.statement = { $0.with(time: $0.time.adding(milliseconds: 120_000)) }
        },
        Fault("evidence-beyond-authorisation", "an answer to a question that nobody asked") {
            $0.statement = { $0.with(content: .noEntry(holds: true)) }
        },
        Fault("evidence-credential-invalid", "a token with a changed signature") {
            $0.statement = { statement in
                guard case .presentation(let text) = statement.content else { return statement }
                let parts = text.split(separator: "~", maxSplits: 1, omittingEmptySubsequences: false)
                let changed = parts[0].dropLast(6) + "AAAAAA~" + parts[1]
                return statement.with(content: .presentation(String(changed)))
            }
        },
        Fault("evidence-not-on-ledger", "another salt") { $0.salt = { _ in [UInt8](repeating: 5, count: 16) } },
        Fault("evidence-unreadable", "no salt") { $0.salt = { _ in nil } },
    ]

    @Test(arguments: faults)
    func theCaseEndsWithTheFaultsName(fault: Fault) async throws {
        let citizen = SyntheticCitizen.number(0)
        let city = try await City.populated([citizen])
        let wallet = TestWallet(city, citizen: citizen)
        let id = city.id("natural-resources")
        let bent = try DepartmentDesk(city.desk(id).department, peers: BentPeers(city: city, fault: fault))
        let opened = try await bent.openCase(
            matter: #require(Code("no-property-certificate")),
            CaseOpeningRequest(),
            by: city.service("citizen-kiosk")
        )
        let view = try await bent.working {
            _ = try await bent.submitAuthorisation(forCase: opened.caseID, wallet.answer(opened))
            return try await bent.caseView(
                of: opened.caseID,
                for: .service(city.service("citizen-kiosk")),
                waitMilliseconds: 10_000
            )
        }
        #expect(view.state == .failed && view.problem?.code == fault.code)
    }

    @Test func aFieldThatWasNotPermittedEndsTheCase() async throws {
        let citizen = SyntheticCitizen.number(0)
        let city = try await City.populated([citizen])
        let wallet = TestWallet(city, citizen: citizen)
        let vault = try #require(city.vaults[city.id("public-security")])
        let entry = try #require(
            try vault.entries(type: CertificateTypeID(1), holderIdentifier: wallet.identifier, countMax: 1).first
        )
        let token = try CertificateBody(canonicalBytes: entry.body).token
        var fault = Fault("evidence-beyond-authorisation", "the whole certificate") { _ in }
        fault.statement = { $0.with(content: .presentation(token)) }
        fault.salt = { _ in entry.salt }
        let id = city.id("natural-resources")
        let bent = try DepartmentDesk(city.desk(id).department, peers: BentPeers(city: city, fault: fault))
        let opened = try await bent.openCase(
            matter: #require(Code("no-property-certificate")),
            CaseOpeningRequest(),
            by: city.service("citizen-kiosk")
        )
        let view = try await bent.working {
            _ = try await bent.submitAuthorisation(forCase: opened.caseID, wallet.answer(opened))
            return try await bent.caseView(
                of: opened.caseID,
                for: .service(city.service("citizen-kiosk")),
                waitMilliseconds: 10_000
            )
        }
        #expect(view.problem?.code == fault.code)
    }
}

/// The honest answer of a vault, opened, changed and sealed again.
private struct BentPeers: VaultPeers {
    let city: City
    let fault: EvidenceFaultTests.Fault

    func release(
        _ request: ReleaseRequest,
        from department: DepartmentID
    ) async throws(ServiceError) -> ReleaseResponse {
        var response = try await city.peers.release(request, from: department)
        do {
            for index in response.items.indices {
                response.items[index].sealed = try bend(response.items[index], request, from: department)
            }
        } catch {
            throw .vaultUnreachable
        }
        return response
    }

    private func bend(
        _ item: ReleasedItem,
        _ request: ReleaseRequest,
        from department: DepartmentID
    ) throws -> [UInt8]? {
        guard fault.seals, let sealed = item.sealed else { return [1, 2, 3] }
        let authorisation = try Signed<Authorisation>(canonicalBytes: request.authorisation).content
        let purpose = SealedPurpose.evidence(accessRecord: authorisation.accessRecord, item: item.item)
        let asking = city.setup.sealing(DepartmentID(authorisation.department))
        let released = try ReleasedEvidence(
            canonicalBytes: asking.open(sealed, info: purpose.info, associatedData: purpose.associatedData)
        )
        let signer = fault.signer.map { city.setup.signatures.signer($0) } ?? city.setup.credentialSigner(department)
        let bent = ReleasedEvidence(
            statement: try Signed(signing: fault.statement(released.statement.content), with: signer),
            salt: fault.salt(released.salt)
        )
        return asking.seal(
            bent.canonicalBytes,
            to: asking.publicKey,
            info: purpose.info,
            associatedData: purpose.associatedData
        )
    }
}

extension ReleaseStatement {
    /// The same with other values.
    func with(
        department: UInt16? = nil,
        accessRecord: AccessRecordID? = nil,
        type: UInt16? = nil,
        content: ReleaseContent? = nil,
        time: Timestamp? = nil
    ) -> ReleaseStatement {
        ReleaseStatement(
            network: network,
            issuer: issuer,
            department: department ?? self.department,
            accessRecord: accessRecord ?? self.accessRecord,
            item: item,
            type: type ?? self.type,
            content: content ?? self.content,
            height: height,
            time: time ?? self.time
        )
    }
}
