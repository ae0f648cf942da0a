import Credentials
import Primitives
import TestKit
import Testing

@Suite struct ExchangeTests {
    @Test func everyShapeReadsWhatItWrites() throws {
        for sample in ExchangeSamples.all { try readsItself(sample) }
    }

    private func readsItself<Shape: ExchangeShape>(_ sample: Shape) throws {
        #expect(try Shape(parsing: sample.jsonBytes, byteCountMax: 1 << 20) == sample)
    }

    @Test func everyShapeRefusesAnUnknownMember() throws {
        for sample in ExchangeSamples.all { try refusesUnknown(sample) }
    }

    private func refusesUnknown<Shape: ExchangeShape>(_ sample: Shape) throws {
        var object = try #require(sample.json.object)
        object["surprise"] = 1
        #expect(throws: JSONShapeError.unknownName(path: "surprise")) { try Shape(json: .object(object)) }
    }

    @Test func everyMemberOfAnotherKindIsRefused() throws {
        for sample in ExchangeSamples.all { try refusesOtherKinds(sample) }
    }

    private func refusesOtherKinds<Shape: ExchangeShape>(_ sample: Shape) throws {
        let object = try #require(sample.json.object)
        for member in object.members where !Self.freeMembers.contains(member.name) {
            var changed = object
            changed[member.name] = .null
            #expect(throws: JSONShapeError.self, "\(Shape.self).\(member.name)") { try Shape(json: .object(changed)) }
        }
    }

    /// Members that may be any JSON.
    private static let freeMembers: Set<String> = ["definition", "disclosed", "paymentOrder", "value"]

    @Test func aMissingMemberIsRefusedOrLeftOut() throws {
        for sample in ExchangeSamples.all { try missesMembers(sample) }
    }

    private func missesMembers<Shape: ExchangeShape>(_ sample: Shape) throws {
        let object = try #require(sample.json.object)
        for member in object.members {
            var shorter = object
            shorter[member.name] = nil
            do throws(JSONShapeError) {
                let value = try Shape(json: .object(shorter))
                let written = value.json.object?[member.name]
                #expect(written == nil || written == .array([]), "\(Shape.self).\(member.name)")
            } catch {
                #expect(error == .missing(path: member.name))
            }
        }
    }

    /// What a shape leaves out when it is absent, it also reads as absent.
    @Test func anAbsentMemberIsReadAsAbsent() throws {
        let report = VerificationReport(valid: false)
        #expect(try VerificationReport(json: report.json) == report)
        let problem = ProblemDocument(type: "t", title: "a", titleChinese: "b", status: 404, code: "c")
        #expect(try ProblemDocument(json: problem.json) == problem)
        let transaction = TransactionReport(transaction: .zero, state: .pending)
        #expect(try TransactionReport(json: transaction.json) == transaction)
        let view = CaseView(caseID: .zero, matter: "m", state: .recording)
        #expect(try CaseView(json: view.json) == view)
        let search = VaultSearchRequest()
        #expect(try VaultSearchRequest(json: search.json) == search)
        #expect(try CaseOpeningRequest(json: [:]) == CaseOpeningRequest())
        #expect(try ReleasedItem(json: ["item": "a"]) == ReleasedItem(item: "a"))
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func mutatedBytesAreRefusedOrReadBackEqual(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for sample in ExchangeSamples.all { survivesMutation(sample, &random) }
    }

    private func survivesMutation<Shape: ExchangeShape>(_ sample: Shape, _ random: inout SeededRandom) {
        var bytes = sample.jsonBytes
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        do throws(ExchangeError) {
            let value = try Shape(parsing: bytes, byteCountMax: 1 << 20)
            let again = try Shape(parsing: value.jsonBytes, byteCountMax: 1 << 20)
            #expect(again == value)
        } catch {
            // Refused: the other allowed end.
        }
    }

    @Test func aRepeatedMemberIsRefused() {
        let bytes = Array(#"{"status":"active","status":"revoked"}"#.utf8)
        #expect(throws: ExchangeError.syntax(.duplicateName(offset: 19))) {
            try CertificateStatusRequest(parsing: bytes, byteCountMax: 100)
        }
    }

    @Test(arguments: [1, 2_000]) func aBatchOfAllowedSizeIsRead(rowCount: Int) throws {
        let request = batch(rowCount)
        #expect(try CertificateBatchRequest(json: request.json) == request)
    }

    @Test(arguments: [0, 2_001]) func aBatchOfAnotherSizeIsRefused(rowCount: Int) {
        #expect(throws: JSONShapeError.self) { try CertificateBatchRequest(json: batch(rowCount).json) }
    }

    private func batch(_ rowCount: Int) -> CertificateBatchRequest {
        CertificateBatchRequest(
            batch: [UInt8](repeating: 1, count: 16),
            type: "licence",
            rows: (0..<rowCount).map { CertificateBatchRow(line: $0 + 1, values: [.init(header: "a", text: "b")]) }
        )
    }
}

@Suite struct SignedRequestTests {
    static let callers: [(String, CallerRole)] = [
        ("service:0", .service), ("department:65535", .department), ("clerk:counter-3", .clerk),
        ("subject:did:zhixin:" + String(repeating: "0f", count: 32), .subject),
    ]

    @Test(arguments: callers) func aCallerHasOneSpelling(text: String, role: CallerRole) throws {
        let caller = try #require(Caller(text))
        #expect(caller.description == text)
        #expect(caller.role == role)
    }

    @Test(arguments: [
        "", "service", "service:", "service:01", "service:+1", "service:65536", "department:-1", "clerk:", "clerk:A",
        "clerk:a b", "public:1", "Service:1", "subject:did:zhixin:00", "clerk:" + String(repeating: "a", count: 65),
        "subject:did:zhixin:" + String(repeating: "0F", count: 32), "operator:a",
        "clerk:" + String(repeating: "a", count: 200),
    ])
    func whatIsNoCallerIsRefused(text: String) {
        #expect(Caller(text) == nil)
    }

    @Test(arguments: callers) func aRequestReadsBackFromItsBytes(text: String, role: CallerRole) throws {
        let request = try SignedRequestTests.request(text)
        #expect(try SignedRequest(canonicalBytes: request.canonicalBytes) == request)
    }

    @Test func headersCarryASignatureOverTheRequest() throws {
        let signatures = FakeSignatures(seed: 3)
        let signer = signatures.signer(1)
        let request = try SignedRequestTests.request("clerk:ann")
        let headers = Dictionary(
            uniqueKeysWithValues: try request.headers(signedBy: signer).map { ($0.name, $0.value) }
        )
        #expect(headers["zhixin-caller"] == "clerk:ann")
        #expect(headers["zhixin-time"] == "1760000000000")
        #expect(headers["zhixin-nonce"] == "09090909090909090909090909090909")
        let signature = try #require(
            headers["zhixin-signature"].flatMap { Base64URL.decode($0) }.flatMap { Signature($0) }
        )
        #expect(signatures.isValid(signature, of: request.signingBytes, by: signer.publicKey))
    }

    @Test func randomBytesAreRefusedOrReadBackEqual() throws {
        var fuzz = DecoderFuzz(seed: 5)
        let sample = try SignedRequestTests.request("clerk:ann")
        #expect(fuzz.counterexample(samples: [sample], rounds: 20_000) == nil)
    }

    private static func request(_ caller: String) throws -> SignedRequest {
        SignedRequest(
            network: Digest(words: (1, 2, 3, 4)),
            gateway: 7,
            caller: try #require(Caller(caller)),
            method: "POST",
            target: "/v1/subjects?x=1",
            time: Timestamp(seconds: 1_760_000_000),
            nonce: [UInt8](repeating: 9, count: 16),
            bodyDigest: .zero
        )
    }
}
