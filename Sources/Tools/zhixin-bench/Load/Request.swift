/// One HTTP request as the bytes that go over the wire, made before the clock runs.
struct Request: Sendable {
    let bytes: [UInt8]

    static func get(_ target: String, accept: String? = nil) -> Request {
        Request(bytes: Array(head("GET", target, accept.map { [("accept", $0)] } ?? []).utf8))
    }

    static func post(_ target: String, type: String, body: [UInt8], headers: [(String, String)] = []) -> Request {
        let fields = headers + [("content-type", type), ("content-length", String(body.count))]
        return Request(bytes: Array(head("POST", target, fields).utf8) + body)
    }

    private static func head(_ method: String, _ target: String, _ fields: [(String, String)]) -> String {
        "\(method) \(target) HTTP/1.1\r\nhost: 127.0.0.1\r\n"
            + fields.map { "\($0.0): \($0.1)\r\n" }.joined() + "\r\n"
    }
}
