import Credentials
import Cryptography
import LedgerModel
import Primitives
import Testing
import ZhixinClient
import ZhixinVerify

@Suite struct NodeClientTests {
    let fixture: ClientFixture
    let ledger: FixtureLedger
    let keys: WalletKeys

    init() throws {
        fixture = try ClientFixture()
        ledger = try FixtureLedger(fixture)
        keys = try fixture.wallet()
        try ledger.register(keys)
    }

    private func client(
        _ transport: ScriptedTransport,
        retry: RetryPolicy = RetryPolicy(attemptsMax: 3, firstDelayMilliseconds: 1),
        now: Timestamp? = nil
    ) -> NodeClient {
        let now = now ?? ledger.now
        return NodeClient(
            address: NodeAddress(isSecure: false, host: "a", port: 1),
            ledger: fixture.ledger,
            transport: transport,
            retry: retry,
            clock: { now }
        )
    }

    private var clerk: RequestSigner {
        get throws {
            RequestSigner(
                caller: .clerk(name: "clerk"),
                gateway: ClientFixture.police,
                signer: try ClientFixture.key(.ed25519, 3)
            )
        }
    }

    // MARK: Proofs

    @Test func provenSubjectIsReturned() async throws {
        let proof = try #require(try ledger.proof(.subject(keys.subject))).canonicalBytes
        let transport = ScriptedTransport { _, _ in NodeAnswer(status: 200, body: proof) }
        let proven = try #require(try await client(transport).subject(keys.subject))
        #expect(proven.record == (try ledger.subject(keys)))
        #expect(proven.asOf.header.height == ledger.header.height)
        #expect(transport.seen.map(\.target) == ["/v1/subjects/\(keys.subject)"])
    }

    @Test func changedRecordIsNotBelieved() async throws {
        let proof = try #require(try ledger.proof(.subject(keys.subject)))
        guard case .subject(var record) = proof.record else { throw FixtureError.missing }
        record.status = .deactivated
        let forged = RecordProof(
            record: .subject(record),
            inclusion: proof.inclusion,
            header: proof.header,
            certificate: proof.certificate
        ).canonicalBytes
        let transport = ScriptedTransport { _, _ in NodeAnswer(status: 200, body: forged) }
        let error = await #expect(throws: ClientError.self) { try await client(transport).subject(keys.subject) }
        #expect(error?.code == "not-in-register")
    }

    @Test func anotherRecordIsNotBelieved() async throws {
        let proof = try #require(try ledger.proof(.subject(keys.subject))).canonicalBytes
        let transport = ScriptedTransport { _, _ in NodeAnswer(status: 200, body: proof) }
        let error = await #expect(throws: ClientError.self) { try await client(transport).certificate(.zero) }
        #expect(error?.code == "other-record")
    }

    @Test func recordUnderAnOldHeaderIsNotBelieved() async throws {
        let proof = try #require(try ledger.proof(.subject(keys.subject))).canonicalBytes
        let transport = ScriptedTransport { _, _ in NodeAnswer(status: 200, body: proof) }
        let limit = FreshnessPolicy.maximumAgeMillisecondsDefault
        let atLimit = client(transport, now: ledger.now.adding(milliseconds: limit))
        #expect(try await atLimit.subject(keys.subject) != nil)
        let beyond = client(transport, now: ledger.now.adding(milliseconds: limit + 1))
        let error = await #expect(throws: ClientError.self) { try await beyond.subject(keys.subject) }
        #expect(error?.code == "too-old")
    }

    @Test func unknownRecordIsNil() async throws {
        let transport = ScriptedTransport { _, _ in .problem("head-unknown", status: 404) }
        #expect(try await client(transport).accessHead(.zero) == nil)
    }

    @Test(arguments: [0, 1, 40, 200]) func brokenProofIsMalformed(_ count: Int) async throws {
        let proof = try #require(try ledger.proof(.subject(keys.subject))).canonicalBytes
        let transport = ScriptedTransport { _, _ in NodeAnswer(status: 200, body: Array(proof.prefix(count))) }
        let error = await #expect(throws: ClientError.self) { try await client(transport).subject(keys.subject) }
        #expect(error?.code == "answer-malformed")
    }

    // MARK: Repeating

    @Test func signedRequestIsSentAgainWithTheSameBodyAndAFreshNonce() async throws {
        let answer = HeightResponse(height: Height(7)).jsonBytes
        let transport = ScriptedTransport { _, number throws(TransportError) in
            if number < 2 { throw .connection(reason: "reset") }
            return NodeAnswer(status: 200, body: answer)
        }
        let response = try await client(transport).setStatus(of: Digest.zero, to: .revoked, signer: try clerk)
        #expect(response.height == Height(7))
        let seen = transport.seen
        #expect(seen.count == 3 && Set(seen.map(\.body)).count == 1)
        let nonces = seen.flatMap(\.headers).filter { $0.name == SignedRequest.nonceHeader }.map(\.value)
        #expect(Set(nonces).count == 3)
    }

    @Test func signatureCoversTheRequestAsSent() async throws {
        let transport = ScriptedTransport { _, _ in
            NodeAnswer(status: 200, body: HeightResponse(height: .genesis).jsonBytes)
        }
        _ = try await client(transport).setStatus(of: keys.subject, to: .suspended, signer: try clerk)
        let request = try #require(transport.seen.first)
        func header(_ name: String) throws -> String {
            try #require(request.headers.first { $0.name == name }?.value)
        }
        let time = Timestamp(try #require(UInt64(try header(SignedRequest.timeHeader))))
        let nonce = try #require(Hexadecimal.decode(try header(SignedRequest.nonceHeader)))
        let signed = SignedRequest(
            network: fixture.network,
            gateway: 1,
            caller: .clerk(name: "clerk"),
            method: "POST",
            target: request.target,
            time: time,
            nonce: nonce,
            bodyDigest: fixture.suite.digestFunction.digest(request.body)
        )
        let signatureBytes = try #require(Base64URL.decode(try header(SignedRequest.signatureHeader)))
        let signature = try #require(Signature(signatureBytes))
        let key = try ClientFixture.key(.ed25519, 3).publicKey
        #expect(fixture.suite.verifier.isValid(signature, of: signed.signingBytes, by: key))
    }

    @Test func attemptsEnd() async throws {
        let transport = ScriptedTransport { _, _ throws(TransportError) in throw .timeout }
        let error = await #expect(throws: ClientError.self) { try await client(transport).checkpoint() }
        #expect(error?.code == "node-timeout" && transport.seen.count == 3)
    }

    @Test func openingACaseIsNotRepeated() async throws {
        let transport = ScriptedTransport { _, _ throws(TransportError) in throw .connection(reason: "reset") }
        let signer = try clerk
        await #expect(throws: ClientError.self) {
            try await client(transport).openCase(matter: ClientFixture.code("allowance"), signer: signer)
        }
        #expect(transport.seen.count == 1)
    }

    /// A node that has just started takes no signed request, and says so: another attempt opens no second case.
    @Test(arguments: [("not-ready", 503, 3), ("vault-failed", 503, 1), ("too-many-cases", 429, 1)])
    func aCaseThatWasNotTakenIsOpenedAgain(_ code: String, _ status: Int, _ attempts: Int) async throws {
        let transport = ScriptedTransport { _, _ in .problem(code, status: status, retryAfterSeconds: 0) }
        let signer = try clerk
        await #expect(throws: ClientError.self) {
            try await client(transport).openCase(matter: ClientFixture.code("allowance"), signer: signer)
        }
        #expect(transport.seen.count == attempts)
    }

    @Test(arguments: [(429, 3), (503, 3), (400, 1), (404, 1), (422, 1), (500, 1)])
    func onlyBusyNodesAreAskedAgain(_ status: Int, _ attempts: Int) async throws {
        let transport = ScriptedTransport { _, _ in .problem("p", status: status, retryAfterSeconds: 0) }
        let error = await #expect(throws: ClientError.self) { try await client(transport).checkpoint() }
        #expect(error?.code == "p" && transport.seen.count == attempts)
    }

    @Test func pinnedCertificateThatDiffersIsNotTriedAgain() async throws {
        let transport = ScriptedTransport { _, _ throws(TransportError) in throw .certificateNotPinned }
        await #expect(throws: ClientError.self) { try await client(transport).checkpoint() }
        #expect(transport.seen.count == 1)
    }

    /// A node holds a long poll for 20 seconds, which is longer than the caller wants to wait.
    @Test(arguments: [(UInt64(0), false), (600, false), (20_000, true)])
    func aDecisionIsAwaitedNoLongerThanAsked(_ timeoutMilliseconds: UInt64, _ holds: Bool) async throws {
        let state: CaseState = holds ? .decided : .collecting
        let answer = CaseView(caseID: .zero, matter: "m", state: state).jsonBytes
        let transport = ScriptedTransport { _, _ in NodeAnswer(status: 200, body: answer) }
        let began = ContinuousClock.now
        let start = ledger.now
        let client = NodeClient(
            address: NodeAddress(isSecure: false, host: "a", port: 1),
            ledger: fixture.ledger,
            transport: transport,
            clock: {
                let passed = began.duration(to: .now).components
                return start.adding(
                    milliseconds: UInt64(passed.seconds) * 1000 + UInt64(passed.attoseconds / 1_000_000_000_000_000)
                )
            }
        )
        let view = try await client.awaitDecision(.zero, timeoutMilliseconds: timeoutMilliseconds, signer: try clerk)
        #expect(view.state == state)
        #expect(transport.seen.allSatisfy { $0.target.hasSuffix("?wait=decided") == holds })
    }

    @Test func waitsGrowUpToTheirLimit() {
        let policy = RetryPolicy(attemptsMax: 9, firstDelayMilliseconds: 100, delayMillisecondsMax: 1000)
        #expect((1...5).map { policy.delayMilliseconds(afterAttempt: $0) } == [100, 200, 400, 800, 1000])
        #expect(policy.delayMilliseconds(afterAttempt: 1, retryAfterSeconds: 1) == 1000)
        #expect(policy.delayMilliseconds(afterAttempt: 1, retryAfterSeconds: 90) == 1000)
        #expect(policy.delayMilliseconds(afterAttempt: 60) == 1000)
    }

    @Test(arguments: ["", "{", "{}", "[]", "{\"height\":7,\"more\":1}", "{\"height\":-1}"])
    func answersOfAnotherShapeAreMalformed(_ text: String) async throws {
        let transport = ScriptedTransport { _, _ in NodeAnswer(status: 200, body: Array(text.utf8)) }
        let signer = try clerk
        let error = await #expect(throws: ClientError.self) {
            try await client(transport).setStatus(of: Digest.zero, to: .active, signer: signer)
        }
        #expect(error?.code == "answer-malformed")
    }

    @Test func refusalWithoutProblemDocumentKeepsItsStatus() async throws {
        let transport = ScriptedTransport { _, _ in NodeAnswer(status: 502, body: Array("<html>".utf8)) }
        await #expect(throws: ClientError.unexpectedStatus(502, target: "/v1/checkpoint")) {
            try await client(transport).checkpoint()
        }
    }

    // MARK: The chain

    @Test func chainIsReadToItsEnd() async throws {
        for _ in 0..<2 { try ledger.register(try fixture.wallet(seed: UInt8(ledger.blocks.count + 1))) }
        let bodies = ledger.blocks.map(\.canonicalBytes)
        let transport = ScriptedTransport { request, _ in
            guard let from = Int(request.target.dropFirst("/v1/blocks?from=".count)), from <= bodies.count else {
                return NodeAnswer(status: 204)
            }
            return NodeAnswer(status: 200, body: UInt32(bodies[from - 1].count).canonicalBytes + bodies[from - 1])
        }
        var reader = ChainReader(client: client(transport))
        var heights: [UInt64] = []
        try await reader.readAll { block, transactions in
            heights.append(block.header.height.rawValue)
            #expect(transactions.count == 1)
        }
        try reader.finish()
        #expect(heights == [1, 2, 3] && reader.height == Height(3))
    }

    @Test func blockWithAnotherBodyIsNotRead() async throws {
        let block = ledger.blocks[0]
        let forged = FinalisedBlock(
            block: Block(header: block.block.header, transactions: [], verdictsDigest: block.block.verdictsDigest),
            certificate: block.certificate
        ).canonicalBytes
        let transport = ScriptedTransport { _, _ in
            NodeAnswer(status: 200, body: UInt32(forged.count).canonicalBytes + forged)
        }
        var reader = ChainReader(client: client(transport))
        await #expect(throws: ClientError.blockBody(Height(1))) { try await reader.readAll { _, _ in } }
    }

    @Test(arguments: [[], [0], [1, 0, 0], [9, 0, 0, 0, 1], [0, 0, 0, 0], [255, 255, 255, 255, 1]] as [[UInt8]])
    func brokenBlockFramesAreRefused(_ body: [UInt8]) async throws {
        let transport = ScriptedTransport { _, _ in NodeAnswer(status: 200, body: body) }
        let client = client(transport)
        if body.isEmpty {
            #expect(try await client.blocks(from: Height(1)).isEmpty)
        } else {
            let error = await #expect(throws: ClientError.self) { try await client.blocks(from: Height(1)) }
            #expect(error?.code == "answer-malformed")
        }
    }
}

@Suite struct NodeAddressTests {
    @Test(arguments: [
        ("http://127.0.0.1:7201", "http://127.0.0.1:7201"), ("https://node.example/", "https://node.example:443"),
        ("http://[::1]:80", "http://[::1]:80"), ("http://a", "http://a:80"),
    ])
    func addressesAreRead(_ text: String, _ spelled: String) throws {
        #expect(try NodeAddress(text).description == spelled)
    }

    @Test(arguments: [
        "", "127.0.0.1", "ftp://a", "http://", "http://a:0", "http://a:65536", "http://a:x", "http://u@a",
        "http://a/b", "http://a#b", "https://u@a", "https://u:p@a", "https://00@a",
        "http://\(String(repeating: "0a", count: 32))@a", "http://a\r\nx: y", "http://a b",
    ])
    func otherTextsAreRefused(_ text: String) {
        #expect(throws: ClientError.addressInvalid(text)) { try NodeAddress(text) }
    }

    /// The certificate is kept and compared, and is no part of what goes over the wire.
    @Test func anAddressMaySayItsCertificate() throws {
        let digits = String(repeating: "0a", count: 32)
        let text = "https://\(digits)@[::1]:7301"
        let (address, target) = try NodeAddress.split(text + "/v1/requests/1")
        #expect(address.certificate == Digest(hexadecimal: digits))
        #expect(address.pinnedDescription == text)
        #expect(address.description == "https://[::1]:7301")
        #expect(target == "/v1/requests/1")
        #expect(try NodeAddress("https://[::1]:7301") != address)
    }

    @Test func targetKeepsPathAndQuery() throws {
        let parts = try NodeAddress.split("https://a:1/v1/x?y=z")
        #expect(parts.target == "/v1/x?y=z" && parts.address.isSecure && parts.address.port == 1)
        #expect(try NodeAddress.split("http://a?q").target == "/?q")
    }
}
