import Credentials
import HTTPTypes
import Hummingbird
import NIOCore

/// Makes responses. Their headers are built once; a response copies them.
enum Answer {
    static let jsonHeaders = headers("application/json")
    static let binaryHeaders = headers("application/octet-stream")
    private static let problemHeaders = headers("application/problem+json")
    static let textHeaders = headers("text/plain; charset=utf-8")

    /// Headers of every answer: no content is guessed at, none is kept by a cache, none is shown in a frame.
    static func headers(_ contentType: String) -> HTTPFields {
        [
            .contentType: contentType,
            .cacheControl: "no-store",
            .xContentTypeOptions: "nosniff",
        ]
    }

    static func json(_ shape: some ExchangeShape, status: HTTPResponse.Status = .ok) -> Response {
        json(shape.json, status: status)
    }

    static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        Response(status: status, headers: jsonHeaders, body: body(value.compactBytes))
    }

    static func binary(_ bytes: [UInt8]) -> Response {
        Response(status: .ok, headers: binaryHeaders, body: body(bytes))
    }

    static func body(_ bytes: [UInt8]) -> ResponseBody { ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)) }

    /// The text as a problem's detail holds it: up to 1,000 bytes, and nothing rather than an empty one.
    private static func shortened(_ text: String) -> String? {
        text.isEmpty ? nil : String(decoding: text.utf8.prefix(1_000), as: UTF8.self)
    }

    /// The problem document of a refusal.
    static func problem(_ refusal: Refusal) -> Response {
        let row = refusal.row
        let document = ProblemDocument(
            type: "https://zhixin.example/problems/\(row.code)",
            title: row.english,
            titleChinese: row.chinese,
            status: row.status,
            code: row.code,
            detail: refusal.detail.flatMap(shortened),
            verdict: refusal.verdict.map { "\($0)" }
        )
        var headers = problemHeaders
        if let seconds = row.retryAfterSeconds { headers[.retryAfter] = String(seconds) }
        if row.status == 401 { headers[.wwwAuthenticate] = "Zhixin-Signature" }
        if case .methodNotAllowed(let methods) = refusal { headers[.allow] = methods.joined(separator: ", ") }
        return Response(
            status: HTTPResponse.Status(code: row.status),
            headers: headers,
            body: body(document.jsonBytes)
        )
    }
}
