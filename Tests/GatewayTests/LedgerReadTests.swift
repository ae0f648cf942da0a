import Consensus
import Credentials
import HTTPTypes
import HummingbirdTesting
import LedgerModel
import Merkle
import NIOCore
import Ports
import Primitives
import TestKit
import Testing
import ZhixinVerify

@testable import Gateway

/// What the public reads say, against the ledger itself.
@Suite struct LedgerReadTests {
    private static let binary: HTTPFields = [.accept: "application/octet-stream"]

    private func shape<Shape: ExchangeShape>(_ response: TestResponse) throws -> Shape {
        try Shape(parsing: Array(response.body.readableBytesView), byteCountMax: 1 << 20)
    }

    private func problem(_ response: TestResponse) throws -> ProblemDocument { try shape(response) }

    // MARK: Certificates

    @Test func theWrittenBytesOfAStatusAreThoseOfItsShape() async throws {
        let fixture = try GatewayFixture()
        for (commitment, condition) in [(fixture.issued, CertificateCondition.active), (fixture.revoked, .revoked)] {
            let response = try await fixture.ask("GET", "/v1/certificates/\(commitment)")
            #expect(response.status == .ok)
            #expect(response.headers[.contentType] == "application/json")
            let report: CertificateReport = try shape(response)
            #expect(report.certificate == commitment)
            #expect(report.status == condition)
            #expect(report.type == "licence")
            #expect(report.issuerName == "市场监督管理局")
            #expect(report.validFrom == LedgerFixture.start)
            #expect(report.validUntil == nil)
            #expect(report.asOf.height == fixture.store.view().header.height)
            #expect(Array(response.body.readableBytesView) == report.jsonBytes)
        }
    }

    @Test func aProofOfACertificateVerifies() async throws {
        let fixture = try GatewayFixture()
        let verifier = try LedgerVerifier(genesis: fixture.ledger.genesis, suite: fixture.ledger.suite)
        let targets: [(String, RecordKey)] = [
            ("/v1/certificates/\(fixture.issued)", .certificate(fixture.issued)),
            ("/v1/subjects/\(fixture.ledger.subjectID(1))", .subject(fixture.ledger.subjectID(1))),
            ("/v1/heads/\(fixture.head)", .accessHead(fixture.head)),
        ]
        for (target, key) in targets {
            let response = try await fixture.ask("GET", target, headers: Self.binary)
            #expect(response.headers[.contentType] == "application/octet-stream")
            let proof = try RecordProof(canonicalBytes: Array(response.body.readableBytesView))
            let verified = try verifier.verify(proof, for: key)
            #expect(verified.asOf.header.height == Height(2))
        }
    }

    @Test(arguments: [
        "/v1/certificates/", "/v1/heads/", "/v1/transactions/",
    ])
    func anUnknownDigestIsNotFound(prefix: String) async throws {
        let fixture = try GatewayFixture()
        let unknown = fixture.ledger.digest(999).description
        let response = try await fixture.ask("GET", prefix + unknown)
        #expect(response.status == .notFound)
        #expect(try problem(response).code.hasSuffix("-unknown"))
        for malformed in [
            String(unknown.dropLast()), unknown + "0", unknown.uppercased() + "", "zz" + unknown.dropFirst(2),
        ] {
            let response = try await fixture.ask("GET", prefix + malformed)
            #expect(response.status == .badRequest, "\(malformed)")
            #expect(try problem(response).code == "parameter-malformed")
        }
    }

    /// Both sides of both dates.
    @Test(arguments: [
        (1_759_999_999_999, "notYetValid"), (1_760_000_000_000, "active"), (1_760_000_099_999, "active"),
        (1_760_000_100_000, "expired"),
    ])
    func aConditionFollowsTheDates(now: UInt64, condition: String) {
        let record = CertificateRecord(
            commitment: .zero,
            type: LedgerFixture.licenceType,
            issuer: LedgerFixture.market,
            validFromSeconds: 1_760_000_000,
            validUntilSeconds: 1_760_000_100,
            status: .active,
            changedAt: Height(1)
        )
        #expect(record.condition(at: Timestamp(now)).rawValue == condition)
    }

    // MARK: Subjects and heads

    @Test func aSubjectAndAHeadAreReported() async throws {
        let fixture = try GatewayFixture()
        let did = fixture.ledger.subjectID(1).description
        let subject: SubjectReport = try shape(try await fixture.ask("GET", "/v1/subjects/\(did)"))
        #expect(subject.did == did)
        #expect(subject.status == .active)
        #expect(subject.attester == "police")
        #expect(try PublicKey(canonicalBytes: subject.key) == fixture.ledger.subjectSigner(1).publicKey)
        let escaped = try await fixture.ask("GET", "/v1/subjects/\(did.replacing(":", with: "%3A"))")
        #expect(escaped.status == .ok)
        let head: AccessHeadReport = try shape(try await fixture.ask("GET", "/v1/heads/\(fixture.head)"))
        #expect(head.count == 1)
        #expect(head.department == "market")
    }

    @Test func aDIDIsResolved() async throws {
        let fixture = try GatewayFixture()
        let did = fixture.ledger.subjectID(1).description
        let response = try await fixture.ask("GET", "/1.0/identifiers/\(did)")
        #expect(response.headers[.contentType] == "application/did-resolution")
        let result = try JSONValue(parsing: Array(response.body.readableBytesView), byteCountMax: 1 << 16)
        let document = try #require(result.object?["didDocument"]?.object)
        #expect(document["id"] == .string(did))
        let key = try #require(document["verificationMethod"]?.array?.first?.object?["publicKeyJwk"])
        #expect(try JSONWebKey.decode(key) == fixture.ledger.subjectSigner(1).publicKey)
        for type in ["application/did", "application/did+ld+json", "application/did+json"] {
            let alone = try await fixture.ask("GET", "/1.0/identifiers/\(did)", headers: [.accept: type])
            #expect(alone.headers[.contentType] == type)
            let value = try JSONValue(parsing: Array(alone.body.readableBytesView), byteCountMax: 1 << 16)
            #expect(value == .object(document))
        }
    }

    @Test(arguments: [("did:zhixin:0", 400, "invalidDid"), ("did:web:example.org", 400, "invalidDid")])
    func whatIsNoDIDOfThisMethodIsRefused(did: String, status: Int, error: String) async throws {
        let response = try await GatewayFixture().ask("GET", "/1.0/identifiers/\(did)")
        #expect(response.status.code == status)
        let result = try JSONValue(parsing: Array(response.body.readableBytesView), byteCountMax: 1 << 16)
        #expect(result.object?["didResolutionMetadata"]?.object?["error"] == .string(error))
    }

    @Test func anUnknownDIDIsNotFoundAndAnotherRepresentationNotMade() async throws {
        let fixture = try GatewayFixture()
        let unknown = fixture.ledger.subjectID(2).description
        #expect(try await fixture.ask("GET", "/1.0/identifiers/\(unknown)").status == .notFound)
        let image = try await fixture.ask("GET", "/1.0/identifiers/\(unknown)", headers: [.accept: "image/png"])
        #expect(image.status == .notAcceptable)
    }

    // MARK: Blocks

    @Test func blocksInBulkAreThoseOfTheStore() async throws {
        let fixture = try GatewayFixture()
        for from in 0...2 as ClosedRange<UInt64> {
            let response = try await fixture.ask("GET", "/v1/blocks?from=\(from)")
            var body = response.body
            var heights: [UInt64] = []
            while let length = body.readInteger(endianness: .little, as: UInt32.self) {
                let read = body.readBytes(length: Int(length))
                let bytes = try #require(read)
                let block = try FinalisedBlock(canonicalBytes: bytes)
                #expect(try fixture.store.view().finalisedBlock(at: block.block.header.height) == block)
                heights.append(block.block.header.height.rawValue)
            }
            #expect(heights == Array(from...2))
            #expect(body.readableBytes == 0)
        }
        #expect(try await fixture.ask("GET", "/v1/blocks?from=3").status == .noContent)
    }

    @Test func aBlockIsShownInBothForms() async throws {
        let fixture = try GatewayFixture()
        let report: BlockReport = try shape(try await fixture.ask("GET", "/v1/blocks/1"))
        let header = try #require(try fixture.store.view().header(at: Height(1)))
        #expect(report.digest == header.digest(fixture.ledger.suite.digestFunction))
        #expect(report.signers == [0, 1, 2])
        #expect(report.transactions.map(\.kind) == ["issueCertificates", "registerSubject"])
        #expect(report.transactions.map(\.certificateCount) == [2, nil])
        #expect(report.transactions.map(\.verdict) == ["accepted", "accepted"])
        #expect(report.transactions.first?.author == "department:2")
        let newest: BlockReport = try shape(try await fixture.ask("GET", "/v1/blocks/latest"))
        #expect(newest.height == Height(2))
        let bytes = try await fixture.ask("GET", "/v1/blocks/2", headers: Self.binary)
        let block = try FinalisedBlock(canonicalBytes: Array(bytes.body.readableBytesView))
        #expect(block.block.header.height == Height(2))
    }

    @Test(arguments: [("3", 404), ("01", 400), ("-1", 400), ("newest", 400), ("18446744073709551616", 400)])
    func otherHeightsAreRefused(height: String, status: Int) async throws {
        #expect(try await GatewayFixture().ask("GET", "/v1/blocks/\(height)").status.code == status)
    }

    @Test func aListGoesFromNewToOld() async throws {
        let fixture = try GatewayFixture()
        let all: BlockList = try shape(try await fixture.ask("GET", "/v1/blocks"))
        #expect(all.blocks.map(\.height.rawValue) == [2, 1, 0])
        #expect(all.newest == Height(2))
        let part: BlockList = try shape(try await fixture.ask("GET", "/v1/blocks?limit=1&before=2"))
        #expect(part.blocks.map(\.height.rawValue) == [1])
        let none: BlockList = try shape(try await fixture.ask("GET", "/v1/blocks?before=0"))
        #expect(none.blocks.isEmpty)
    }

    @Test(arguments: [
        "limit=0", "limit=101", "limit=x", "limit=+1", "limit", "other=1", "limit=1&limit=1", "from=1&limit=1",
        "from=-1", "&",
        "limit=%zz",
    ])
    func otherQueriesAreRefused(query: String) async throws {
        let response = try await GatewayFixture().ask("GET", "/v1/blocks?\(query)")
        #expect(response.status == .badRequest)
        #expect(try problem(response).code == "query-malformed")
    }

    @Test func theCheckpointIsTheHistoryOfTheCertifiedState() async throws {
        let fixture = try GatewayFixture()
        let report: CheckpointReport = try shape(try await fixture.ask("GET", "/v1/checkpoint"))
        let view = try #require(fixture.store.certifiedView())
        #expect(report.size == 3)
        #expect(report.height == view.header.height)
        #expect(report.root == view.history.root(hasher: .init(fixture.ledger.suite.digestFunction)))
    }

    // MARK: Lists

    @Test func listsHoldWhatGenesisNames() async throws {
        let fixture = try GatewayFixture()
        let departments: DepartmentList = try shape(try await fixture.ask("GET", "/v1/departments"))
        #expect(departments.departments.map(\.id) == [1, 2, 3, 4])
        let types: CertificateTypeList = try shape(try await fixture.ask("GET", "/v1/certificate-types"))
        #expect(types.certificateTypes.map(\.code).starts(with: ["identity", "licence"]))
        let matters: MatterList = try shape(try await fixture.ask("GET", "/v1/matters"))
        #expect(matters.matters.map(\.code) == ["open-shop", "rent-home"])
        let matter: MatterSummary = try shape(try await fixture.ask("GET", "/v1/matters/open-shop"))
        #expect(matter.version == 3)
        #expect(try await fixture.ask("GET", "/v1/matters/none").status == .notFound)
        let genesis = try await fixture.ask("GET", "/v1/genesis")
        #expect(Array(genesis.body.readableBytesView) == fixture.ledger.genesis.canonicalBytes)
    }

    @Test func aBundleThatIsNoneIsReportedAndNotRefused() async throws {
        let fixture = try GatewayFixture()
        let response = try await fixture.ask(
            "POST",
            "/v1/verifications",
            headers: [.contentType: "application/json"],
            body: VerificationRequest(bundle: [1, 2, 3]).jsonBytes
        )
        let report: VerificationReport = try shape(response)
        #expect(!report.valid)
        #expect(report.reason == "malformed")
    }

    // MARK: Node

    @Test func aNodeIsReadyWithAQuorumAndAStoreCloseBehind() async throws {
        let fixture = try GatewayFixture()
        #expect(try await fixture.ask("GET", "/readyz").status == .ok)
        fixture.gate.set { $0.status.finalHeight = Height($0.status.storedHeight.rawValue + 8) }
        #expect(try await fixture.ask("GET", "/readyz").status == .ok)
        fixture.gate.set { $0.status.finalHeight = $0.status.finalHeight.next }
        let late = try await fixture.ask("GET", "/readyz")
        #expect(late.status == .serviceUnavailable)
        #expect(late.headers[.retryAfter] != nil)
        fixture.gate.set {
            $0.status.finalHeight = $0.status.storedHeight
            $0.status.connected = [NodeID(1), NodeID(2)]
        }
        #expect(try await fixture.ask("GET", "/readyz").status == .serviceUnavailable)
    }

    @Test func theStatusNamesPeersAndLinks() async throws {
        let fixture = try GatewayFixture()
        let report: NodeReport = try shape(try await fixture.ask("GET", "/v1/status"))
        #expect(report.network == fixture.ledger.network)
        #expect(report.department.code == "market")
        #expect(report.peers.map(\.connected) == [true, true, true, false])
        #expect(report.links == [NodeLink(department: 1, address: "http://10.0.0.1:8080")])
        #expect(report.ready)
    }

    @Test func aHeadRequestHasTheHeadersAlone() async throws {
        let fixture = try GatewayFixture()
        let response = try await fixture.ask("HEAD", "/v1/certificates/\(fixture.issued)")
        #expect(response.status == .ok)
        #expect(response.body.readableBytes == 0)
        #expect(Int(response.headers[.contentLength] ?? "") ?? 0 > 100)
    }

    @Test func thePageLoadsNothingFromElsewhere() async throws {
        let fixture = try GatewayFixture()
        for path in ["/", "/style.css", "/app.js"] {
            let response = try await fixture.ask("GET", path)
            let text = String(buffer: response.body)
            #expect(!text.isEmpty)
            #expect(!text.contains("http:") && !text.contains("https:") && !text.contains("//fonts"), "\(path)")
            #expect(response.headers[.contentSecurityPolicy]?.hasPrefix("default-src 'none'") == true)
        }
        let page = String(buffer: try await fixture.ask("GET", "/").body)
        #expect(page.contains("市场监督管理局"))
        #expect(!page.contains("{{"))
        #expect(!page.contains("style=") && !page.contains("<script>"))
    }
}
