import Credentials
import LedgerModel
import Ports
import Primitives
import Synchronization
import TestKit
import ZeroSubmission

/// A release request that a test takes through by hand, and may bend at any place.
struct ReleaseBench: Sendable {
    let city: City
    let wallet: TestWallet
    let matter: String
    let service: String

    /// A city with one citizen who applies for a matter.
    init(_ matter: String, at service: String, citizen: SyntheticCitizen = .number(0)) async throws {
        city = try await City.populated(
            [citizen],
            furtherMatters: [("Tests/Templates/rent-subsidy.yaml", "one-window-counter")]
        )
        wallet = TestWallet(city, citizen: citizen)
        self.matter = matter
        self.service = service
    }

    var gateway: DepartmentID {
        get throws { try city.department(ofMatter: matter) }
    }

    /// How a release departs from an honest one.
    struct Bend: Sendable {
        var wallet = TestWallet.Bend()
        /// The request in place of the gateway's own, signed all the same.
        var request: @Sendable (AuthorisationRequest) -> AuthorisationRequest = { $0 }
        /// The key that signs the request instead.
        var requestSigner: DepartmentID?
        /// Who asks instead.
        var asking: String?
        var isRecorded = true
        var recordedBy: String?
        /// Time that passes before the access is recorded, and before the vault is asked.
        var millisecondsBeforeRecord: UInt64 = 0
        var millisecondsBeforeRelease: UInt64 = 0
        var release: @Sendable (inout ReleaseRequest) -> Void = { _ in }
    }

    /// The request that a gateway would send to `vault`, after the access was recorded.
    func prepare(vault: String, bend: Bend = Bend()) async throws -> ReleaseRequest {
        let gateway = try gateway
        var opened = try await city.open(matter, at: service)
        let content = bend.request(try Signed<AuthorisationRequest>(canonicalBytes: opened.request).content)
        let requestSigner = city.setup.credentialSigner(bend.requestSigner ?? gateway)
        opened.request = try Signed(signing: content, with: requestSigner).canonicalBytes
        let submission = try wallet.answer(opened, bend: bend.wallet)
        city.clock.advance(milliseconds: bend.millisecondsBeforeRecord)
        let recorder = bend.recordedBy.map { city.id($0) } ?? gateway
        let recorded = try await record(submission, by: recorder, isSent: bend.isRecorded)
        city.clock.advance(milliseconds: bend.millisecondsBeforeRelease)
        let authorisation = try Signed<Authorisation>(canonicalBytes: submission.authorisation).content
        var release = ReleaseRequest(
            caseID: opened.caseID,
            request: opened.request,
            authorisation: submission.authorisation,
            accessRecord: submission.accessRecord,
            transaction: recorded.digest,
            height: recorded.height,
            opening: submission.opening,
            openingSalt: submission.openingSalt,
            sealedIdentifier: submission.sealedIdentifiers.first { $0.department == city.id(vault).rawValue }?.sealed
                ?? [1],
            items: authorisation.items.filter { $0.issuer == city.id(vault).rawValue }.map(\.id)
        )
        bend.release(&release)
        return release
    }

    /// Puts the access record on the ledger as the department would.
    func record(
        _ submission: AuthorisationSubmission,
        by department: DepartmentID,
        isSent: Bool = true
    ) async throws -> (digest: Digest, height: Height) {
        let authorisation = try Signed<Authorisation>(canonicalBytes: submission.authorisation).content
        let body = TransactionBody(
            network: city.setup.network,
            author: .department(department),
            id: TransactionID(hexadecimal: authorisation.accessRecord.description) ?? TransactionID(high: 0, low: 0),
            expiry: city.clock.now.adding(milliseconds: 60_000),
            payload: .recordAccess(try AccessRecord(canonicalBytes: submission.accessRecord))
        )
        let sealed = SealedTransaction(
            try Transaction(signing: body, with: city.setup.transactionSigner(department)),
            digestFunction: city.setup.suite.digestFunction
        )
        if isSent { _ = await city.gate.submit(sealed.bytes) }
        return (sealed.digest, city.gate.store.view().header.height)
    }

    /// What the vault says: the code of its refusal, or nil when it released.
    func refusal(of vault: String, bend: Bend = Bend()) async throws -> String? {
        let request = try await prepare(vault: vault, bend: bend)
        return try await answer(of: vault, to: request, asking: bend.asking)
    }

    func answer(of vault: String, to request: ReleaseRequest, asking: String? = nil) async throws -> String? {
        do {
            let asker = try asking.map { city.id($0) } ?? gateway
            let response = try await city[vault].release(request, to: asker)
            return response.items.compactMap(\.refusal?.code).first
        } catch let error as ServiceError {
            return error.code
        }
    }
}

extension Authorisation {
    /// The same with other values.
    func with(
        subject: Digest? = nil,
        service: UInt16? = nil,
        request: Digest? = nil,
        items: [RequestedItem]? = nil,
        expiry: Timestamp? = nil,
        network: Digest? = nil
    ) -> Authorisation {
        Authorisation(
            network: network ?? self.network,
            subject: subject ?? self.subject,
            department: department,
            service: service ?? self.service,
            request: request ?? self.request,
            matter: matter,
            matterVersion: matterVersion,
            items: items ?? self.items,
            expiry: expiry ?? self.expiry,
            accessRecord: accessRecord
        )
    }
}

extension AuthorisationRequest {
    /// The same with other values.
    func with(
        network: Digest? = nil,
        service: UInt16? = nil,
        matter: String? = nil,
        matterVersion: UInt32? = nil,
        items: [RequestedItem]? = nil
    ) -> AuthorisationRequest {
        AuthorisationRequest(
            network: network ?? self.network,
            department: department,
            service: service ?? self.service,
            clientID: clientID,
            nonce: nonce,
            matter: matter ?? self.matter,
            matterVersion: matterVersion ?? self.matterVersion,
            items: items ?? self.items,
            purpose: purpose,
            expiry: expiry,
            responseAddress: responseAddress
        )
    }
}

extension IdentifierOpening {
    /// The same with other values.
    func with(subject: Digest? = nil, identifier: String? = nil, salt: [UInt8]? = nil) -> IdentifierOpening {
        IdentifierOpening(
            subject: subject ?? self.subject,
            identifier: identifier ?? self.identifier,
            salt: salt ?? self.salt,
            headKey: headKey,
            membership: membership
        )
    }
}
