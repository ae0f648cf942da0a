import Credentials
import LedgerModel
import Primitives
import Testing
import ZhixinClient

@Suite struct RequestReviewTests {
    let fixture: ClientFixture

    init() throws { fixture = try ClientFixture() }

    @Test func requestWithinItsMatterIsReviewed() throws {
        let review = try fixture.review(fixture.request())
        #expect(review.caseID == ClientFixture.caseID(1))
        #expect(review.node == NodeAddress(isSecure: false, host: "127.0.0.1", port: 7202))
        #expect(review.target == "/v1/requests/\(ClientFixture.caseID(1))/authorisation")
        #expect(review.items.map(\.issuer.code.text) == ["police", "insurance"])
        #expect(review.items[0].disclosed.chinese == "姓名、证号")
        let lines = review.lines.joined(separator: "\n")
        #expect(lines.contains("核发津贴") && lines.contains("只回答有无登记") && lines.contains("identity card"))
    }

    @Test func fewerFieldsThanTheMatterAllowsAreReviewed() throws {
        let request = fixture.request().with(
            items: [RequestedItem(id: "card", issuer: 1, type: 1, content: .fields(["name"]))]
        )
        #expect(try fixture.review(request).items.count == 1)
    }

    @Test(arguments: RequestFault.all) func requestThatReachesFurtherIsRefused(_ fault: RequestFault) throws {
        let request = try fault.change(fixture.request())
        #expect(throws: fault.error) { try fixture.review(request) }
    }

    @Test func requestSignedByAnotherDepartmentIsRefused() throws {
        let signed = try fixture.signed(fixture.request(), by: ClientFixture.police)
        #expect(throws: WalletError.requestNotSigned) {
            try RequestReview(
                signed,
                catalogue: fixture.catalogue,
                network: fixture.network,
                suite: fixture.suite,
                now: ClientFixture.start
            )
        }
    }

    @Test func requestIsRefusedFromItsExpiryOn() throws {
        let expiry = ClientFixture.start.adding(milliseconds: 1000)
        let request = fixture.request(expiry: expiry)
        #expect(throws: Never.self) { try fixture.review(request, now: Timestamp(expiry.milliseconds - 1)) }
        #expect(throws: WalletError.requestExpired(expiry)) { try fixture.review(request, now: expiry) }
    }
}

/// A request that its department did sign, and that a wallet must not.
struct RequestFault: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let error: WalletError
    let change: @Sendable (AuthorisationRequest) throws -> AuthorisationRequest

    static let all = [
        RequestFault(testDescription: "other network", error: .otherNetwork) { $0.with(network: .zero) },
        RequestFault(testDescription: "unknown department", error: .departmentUnknown(DepartmentID(5))) {
            $0.with(department: 5)
        },
        RequestFault(testDescription: "unknown service", error: .serviceUnknown(ServiceSystemID(8))) {
            $0.with(service: 8)
        },
        RequestFault(
            testDescription: "matter not permitted",
            error: .serviceNotPermitted(service: ClientFixture.code("kiosk"), matter: "pension")
        ) { $0.with(matter: "pension") },
        RequestFault(testDescription: "older version", error: .matterVersion(found: 1, current: 2)) {
            $0.with(matterVersion: 1)
        },
        RequestFault(testDescription: "other purpose", error: .purposeDiffers) {
            $0.with(purpose: LocalizedText(chinese: "统计", english: "statistics"))
        },
        RequestFault(testDescription: "a field more", error: .itemNotPermitted("card")) {
            $0.with(items: [RequestedItem(id: "card", issuer: 1, type: 1, content: .fields(["citizen", "name"]))])
        },
        RequestFault(testDescription: "an unknown item", error: .itemNotPermitted("house")) {
            $0.with(items: [RequestedItem(id: "house", issuer: 1, type: 1, content: .fields(["name"]))])
        },
        RequestFault(testDescription: "fields instead of an answer", error: .itemNotPermitted("insured")) {
            $0.with(items: [RequestedItem(id: "insured", issuer: 4, type: 2, content: .fields(["name"]))])
        },
        RequestFault(testDescription: "a department that does not issue it", error: .itemNotPermitted("card")) {
            $0.with(items: [RequestedItem(id: "card", issuer: 4, type: 1, content: .fields(["name"]))])
        },
        RequestFault(testDescription: "no case", error: .requestMalformed(reason: "response address")) {
            $0.with(responseAddress: "http://127.0.0.1/v1/requests/12/authorisation")
        },
        RequestFault(testDescription: "no address", error: .requestMalformed(reason: "response address")) {
            $0.with(responseAddress: "ftp://127.0.0.1/")
        },
    ]
}

extension AuthorisationRequest {
    func with(
        network: Digest? = nil,
        department: UInt16? = nil,
        service: UInt16? = nil,
        matter: String? = nil,
        matterVersion: UInt32? = nil,
        items: [RequestedItem]? = nil,
        purpose: LocalizedText? = nil,
        responseAddress: String? = nil
    ) -> AuthorisationRequest {
        AuthorisationRequest(
            network: network ?? self.network,
            department: department ?? self.department,
            service: service ?? self.service,
            clientID: clientID,
            nonce: nonce,
            matter: matter ?? self.matter,
            matterVersion: matterVersion ?? self.matterVersion,
            items: items ?? self.items,
            purpose: purpose ?? self.purpose,
            expiry: expiry,
            responseAddress: responseAddress ?? self.responseAddress
        )
    }
}
