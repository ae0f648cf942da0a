import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL

/// Carries requests over HTTP/1.1, or HTTPS with one pinned certificate.
///
/// Redirects are answers like others. Proxies and cookies are none of its business.
package struct HTTPTransport: NodeTransport {
    package let address: NodeAddress
    private let client: HTTPClient

    private init(address: NodeAddress, client: HTTPClient) {
        self.address = address
        self.client = client
    }

    /// Runs `body` with a transport to `address` and closes its connections afterwards.
    ///
    /// - Parameter pin: the certificate that the node must show, instead of the address's own. Without either, `https` checks
    ///   it against the system's authorities.
    /// - Throws: `ClientError.transport` when the pinned certificate cannot be had, and what `body` throws.
    package static func with<Result: Sendable>(
        _ address: NodeAddress,
        pin: CertificatePin? = nil,
        _ body: (HTTPTransport) async throws -> Result
    ) async throws -> Result {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(5)
        configuration.httpVersion = .http1Only
        // Who repeats and when is the caller's business: a node that is down is reported at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        if address.isSecure, let pin = pin ?? address.certificate.map(CertificatePin.digest) {
            do throws(TransportError) {
                configuration.tlsConfiguration = try await pin.clientConfiguration(for: address)
            } catch {
                throw ClientError.transport(error, address: address.description)
            }
        }
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await body(HTTPTransport(address: address, client: client)))
        } catch {
            result = .failure(error)
        }
        try await client.shutdown()
        return try result.get()
    }

    package func send(_ request: NodeRequest) async throws(TransportError) -> NodeAnswer {
        var message = HTTPClientRequest(url: address.description + request.target)
        message.method = HTTPMethod(rawValue: request.method)
        for header in request.headers { message.headers.add(name: header.name, value: header.value) }
        if !request.body.isEmpty { message.body = .bytes(ByteBuffer(bytes: request.body)) }
        do {
            let response = try await client.execute(message, timeout: .milliseconds(request.timeoutMilliseconds))
            let body = try await response.body.collect(upTo: request.answerBytesMax)
            return NodeAnswer(
                status: Int(response.status.code),
                contentType: response.headers.first(name: "content-type").map(Self.mediaType),
                retryAfterSeconds: response.headers.first(name: "retry-after").flatMap { Int64($0) },
                body: Array(body.readableBytesView)
            )
        } catch is NIOTooManyBytesError {
            throw .answerTooLong(limit: request.answerBytesMax)
        } catch is CancellationError {
            throw .cancelled
        } catch let error as HTTPClientError {
            throw Self.transportError(error)
        } catch let error as NIOSSLError {
            if case .handshakeFailed = error { throw .certificateNotPinned }
            throw .connection(reason: "\(error)")
        } catch {
            throw .connection(reason: "\(error)")
        }
    }

    private static func transportError(_ error: HTTPClientError) -> TransportError {
        switch error {
        case .deadlineExceeded, .readTimeout, .connectTimeout, .writeTimeout, .tlsHandshakeTimeout,
            .getConnectionFromPoolTimeout:
            .timeout
        case .cancelled: .cancelled
        default: .connection(reason: error.description)
        }
    }

    private static func mediaType(_ value: String) -> String {
        String(value.prefix { $0 != ";" }).lowercased().filter { $0 != " " }
    }
}
