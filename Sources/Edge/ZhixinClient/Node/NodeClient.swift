import Credentials
import Cryptography
package import LedgerModel
package import Primitives
package import ZhixinVerify

/// A node, asked by someone who trusts the pinned genesis file and nothing else.
///
/// What the ledger says is verified before it is returned: record proofs against the validators of genesis, blocks against
/// the chain. What only the node can say (its status, a case, its vault) is returned as the node says it.
///
/// Requests that repeat without harm are repeated when the connection breaks or the node is busy: reads, and writes whose
/// body carries its own idempotency key. Any other is repeated where the node says that it has not taken it yet.
package struct NodeClient: Sendable {
    /// Bytes of an answer in JSON, of a record's proof, and of a piece of the chain.
    package static let jsonBytesMax = 4 * 1024 * 1024
    package static let proofBytesMax = 64 * 1024
    package static let blocksBytesMax = 16 * 1024 * 1024
    /// How long one exchange may take; a long poll may take longer.
    package static let timeoutMilliseconds: Int64 = 30_000

    package let address: NodeAddress
    package let ledger: LedgerVerifier
    package let freshness: FreshnessPolicy
    private let transport: any NodeTransport
    private let retry: RetryPolicy
    private let clock: @Sendable () -> Timestamp

    package init(
        address: NodeAddress,
        ledger: LedgerVerifier,
        transport: any NodeTransport,
        freshness: FreshnessPolicy = FreshnessPolicy(),
        retry: RetryPolicy = RetryPolicy(),
        clock: @escaping @Sendable () -> Timestamp = { ClientClock.civil }
    ) {
        self.address = address
        self.ledger = ledger
        self.transport = transport
        self.freshness = freshness
        self.retry = retry
        self.clock = clock
    }

    /// Runs `body` with a client of the node at `address` and closes its connections afterwards.
    ///
    /// - Throws: `PinnedGenesisError`, `ClientError`, and what `body` throws.
    package static func with<Result: Sendable>(
        _ address: NodeAddress,
        genesis: Genesis,
        suite: Suite,
        pin: CertificatePin? = nil,
        _ body: (NodeClient) async throws -> Result
    ) async throws -> Result {
        let ledger = try LedgerVerifier(genesis: genesis, suite: suite)
        return try await HTTPTransport.with(address, pin: pin) { transport in
            try await body(NodeClient(address: address, ledger: ledger, transport: transport))
        }
    }

    package var now: Timestamp { clock() }
    package var network: Digest { ledger.network }

    // MARK: Exchanges

    /// Sends a request, again and again if need be, and returns the first answer of success.
    ///
    /// - Parameter isRepeatable: whether the node may get it twice.
    func send(
        _ request: NodeRequest,
        signer: RequestSigner? = nil,
        isRepeatable: Bool = true
    ) async throws(ClientError) -> NodeAnswer {
        var attempt = 1
        while true {
            let failure: ClientError
            var retryAfterSeconds: Int64?
            let attemptRequest = try signed(request, by: signer)
            do throws(TransportError) {
                let answer = try await transport.send(attemptRequest)
                if (200...299).contains(answer.status) { return answer }
                failure = Self.refusal(answer, target: request.target)
                retryAfterSeconds = answer.retryAfterSeconds
            } catch {
                failure = .transport(error, address: address.description)
            }
            guard isRepeatable || failure.wasNotTaken, failure.isTransient, attempt < retry.attemptsMax else {
                throw failure
            }
            let delay = retry.delayMilliseconds(afterAttempt: attempt, retryAfterSeconds: retryAfterSeconds)
            do {
                try await Task.sleep(for: .milliseconds(delay))
            } catch {
                throw .transport(.cancelled, address: address.description)
            }
            attempt += 1
        }
    }

    private func signed(_ request: NodeRequest, by signer: RequestSigner?) throws(ClientError) -> NodeRequest {
        guard let signer else { return request }
        var signed = request
        signed.headers += try signer.headers(
            for: request,
            network: network,
            at: now,
            nonce: SystemEntropy.randomBytes(SignedRequest.nonceByteCount),
            digestFunction: ledger.suite.digestFunction
        )
        return signed
    }

    private static func refusal(_ answer: NodeAnswer, target: String) -> ClientError {
        do throws(ExchangeError) {
            return .problem(try ProblemDocument(parsing: answer.body, byteCountMax: 64 * 1024))
        } catch {
            return .unexpectedStatus(answer.status, target: target)
        }
    }

    /// Asks for JSON of a known shape.
    func get<Shape: ExchangeShape>(
        _ target: String,
        as _: Shape.Type = Shape.self,
        signer: RequestSigner? = nil,
        timeoutMilliseconds: Int64 = timeoutMilliseconds
    ) async throws(ClientError) -> Shape {
        let request = NodeRequest(
            method: "GET",
            target: target,
            headers: [NodeRequest.Header("accept", "application/json")],
            answerBytesMax: Self.jsonBytesMax,
            timeoutMilliseconds: timeoutMilliseconds
        )
        return try Self.decode(try await send(request, signer: signer), target: target)
    }

    /// Asks for bytes.
    func getBytes(_ target: String, answerBytesMax: Int) async throws(ClientError) -> NodeAnswer {
        let request = NodeRequest(
            method: "GET",
            target: target,
            headers: [NodeRequest.Header("accept", "application/octet-stream")],
            answerBytesMax: answerBytesMax,
            timeoutMilliseconds: Self.timeoutMilliseconds
        )
        return try await send(request)
    }

    /// Sends JSON and gets JSON of a known shape.
    func post<Shape: ExchangeShape>(
        _ target: String,
        _ body: JSONValue,
        as _: Shape.Type = Shape.self,
        signer: RequestSigner? = nil,
        isRepeatable: Bool = true,
        timeoutMilliseconds: Int64 = timeoutMilliseconds
    ) async throws(ClientError) -> Shape {
        let request = Self.jsonRequest(
            target,
            body,
            accept: "application/json",
            timeoutMilliseconds: timeoutMilliseconds
        )
        return try Self.decode(try await send(request, signer: signer, isRepeatable: isRepeatable), target: target)
    }

    static func jsonRequest(
        _ target: String,
        _ body: JSONValue,
        accept: String,
        timeoutMilliseconds: Int64 = timeoutMilliseconds
    ) -> NodeRequest {
        NodeRequest(
            method: "POST",
            target: target,
            headers: [
                NodeRequest.Header("content-type", "application/json"), NodeRequest.Header("accept", accept),
            ],
            body: body.compactBytes,
            answerBytesMax: Self.jsonBytesMax,
            timeoutMilliseconds: timeoutMilliseconds
        )
    }

    static func decode<Shape: ExchangeShape>(_ answer: NodeAnswer, target: String) throws(ClientError) -> Shape {
        do throws(ExchangeError) {
            return try Shape(parsing: answer.body, byteCountMax: jsonBytesMax)
        } catch {
            throw .answerMalformed(target: target, reason: "\(error)")
        }
    }

    static func decode<Value: CanonicalCodable>(
        _ bytes: [UInt8],
        target: String,
        as _: Value.Type = Value.self
    ) throws(ClientError) -> Value {
        do throws(DecodeError) {
            return try Value(canonicalBytes: bytes)
        } catch {
            throw .answerMalformed(target: target, reason: "\(error)")
        }
    }
}
