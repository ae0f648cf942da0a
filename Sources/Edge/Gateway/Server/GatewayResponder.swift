import Credentials
import Dispatch
import HTTPTypes
package import Hummingbird
import NIOCore
import Primitives

/// Takes a request through everything that the route table decides, then to its handler.
///
/// The order: load, route, listener, query, declared length, who it says to be, body, whether that is true, handler. It logs
/// nothing per request.
package struct GatewayResponder: HTTPResponder {
    package typealias Context = GatewayContext

    let core: GatewayCore
    /// Whether this responder stands behind the HTTPS listener.
    let isEncrypted: Bool

    package func respond(to request: Request, context: GatewayContext) async throws -> Response {
        let start = DispatchTime.now().uptimeNanoseconds
        guard core.requestsInFlight.take() else {
            core.metrics.count(route: nil, status: 503, microseconds: 0)
            return Answer.problem(.overloaded)
        }
        defer { core.requestsInFlight.give() }
        var routeIndex: Int?
        var response: Response
        do throws(Refusal) {
            response = try await answer(request, context: context, routeIndex: &routeIndex)
        } catch {
            response = Answer.problem(error)
        }
        if request.method == .head { response = response.createHeadResponse() }
        core.metrics.count(
            route: routeIndex,
            status: response.status.code,
            microseconds: (DispatchTime.now().uptimeNanoseconds - start) / 1000
        )
        return response
    }

    private func answer(
        _ request: Request,
        context: GatewayContext,
        routeIndex: inout Int?
    ) async throws(Refusal) -> Response {
        let target = request.head.path ?? ""
        let (path, query) = Self.parts(of: target)
        let (route, index, segments) = try find(request.method, path)
        routeIndex = index
        try checkListener(of: route, context: context)
        let parameters = try Self.decoded(segments)
        let queryParameters = try query.map { query throws(Refusal) in
            try PercentEncoding.parameters(of: query, known: route.query)
        }
        let declared = try checkBody(of: request, route: route)
        let claim = route.isPublic ? nil : try core.authenticator.claim(in: request.headers, now: core.clock())
        let reserved = declared ?? route.body.byteCountMax
        guard core.bodyBytesHeld.take(reserved) else { throw .overloaded }
        defer { core.bodyBytesHeld.give(reserved) }
        let call = Call(
            route: route,
            parameters: parameters,
            query: queryParameters ?? [:],
            accept: request.headers[.accept] ?? "",
            body: declared == 0 ? [] : try await read(request.body, limit: route.body.byteCountMax),
            caller: claim?.caller
        )
        if let claim {
            try core.authenticator.confirm(
                claim,
                method: request.method.rawValue,
                target: target,
                body: call.body,
                roles: route.roles,
                now: core.clock()
            )
        }
        return try await core.handle(call)
    }

    // MARK: Checks

    /// The path and, if there is a question mark, what follows it.
    private static func parts(of target: String) -> (path: Substring, query: Substring?) {
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (target[...], nil) }
        return (target[..<mark], target[target.utf8.index(after: mark)...])
    }

    private func find(
        _ method: HTTPRequest.Method,
        _ path: Substring
    ) throws(Refusal) -> (route: Route, index: Int, parameters: [Substring]) {
        switch core.matcher.match(method: method == .head ? "GET" : method.rawValue, path: path) {
        case .route(let route, let index, let parameters): return (route, index, parameters)
        case .otherMethods(let methods): throw .methodNotAllowed(methods)
        case .nothing: throw .routeUnknown
        }
    }

    private func checkListener(of route: Route, context: GatewayContext) throws(Refusal) {
        guard !isEncrypted else { return }
        switch route.listener {
        case .any: return
        case .confidential: if context.isFromThisMachine { return }
        case .encrypted: break
        }
        throw .encryptionRequired
    }

    private static func decoded(_ segments: [Substring]) throws(Refusal) -> [String] {
        var parameters: [String] = []
        for segment in segments {
            guard let parameter = PercentEncoding.decode(segment) else { throw .parameterMalformed(name: "path") }
            parameters.append(parameter)
        }
        return parameters
    }

    /// The number of bytes that the body will have, or nil when the request does not say.
    private func checkBody(of request: Request, route: Route) throws(Refusal) -> Int? {
        let limit = route.body.byteCountMax
        let declared: Int?
        if let text = request.headers[.contentLength] {
            guard let length = Int(text), length >= 0 else { throw .bodyBroken }
            declared = length
        } else {
            declared = request.headers[.transferEncoding] == nil ? 0 : nil
        }
        if let declared, declared > limit { throw .bodyTooLarge(limit: limit) }
        let expected: String
        switch route.body {
        case .none: return declared
        case .json: expected = "application/json"
        case .binary: expected = "application/octet-stream"
        }
        if let type = request.headers[.contentType] {
            let found = type.prefix { $0 != ";" }.lowercased()
            guard found == expected else { throw .contentTypeUnsupported(expected: expected) }
        }
        return declared
    }

    private func read(_ body: RequestBody, limit: Int) async throws(Refusal) -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            for try await buffer in body {
                guard bytes.count + buffer.readableBytes <= limit else { throw Refusal.bodyTooLarge(limit: limit) }
                bytes.append(contentsOf: buffer.readableBytesView)
            }
        } catch let refusal as Refusal {
            throw refusal
        } catch is BodyTooSlowError {
            throw .bodyTooSlow
        } catch {
            throw .bodyBroken
        }
        return bytes
    }
}
