import Credentials
import Foundation
import Glibc
import LedgerModel
import Primitives

/// Asks a local node for its status over plain HTTP: one request, one connection, two seconds.
struct NodeProbe {
    enum Answer {
        case none
        /// The node's own `/v1/status`.
        case own(JSONObject)
        /// Something else has the port: another network's node, another department's, or no node.
        case other

        /// The status, if it is the node's own.
        var status: JSONObject? {
            if case .own(let status) = self { status } else { nil }
        }
    }

    let file: NodeFile

    /// Who answers at the node's HTTP port.
    func answer() async -> Answer {
        guard let content = content() else { return .none }
        return judge(content)
    }

    /// Whether a body is this node's own status.
    func judge(_ content: [UInt8]) -> Answer {
        guard let status = try? JSONValue(parsing: content, byteCountMax: 1 << 20).object,
            status["network"]?.string == file.genesisDigest.description,
            status["department"]?.object?["code"]?.string == file.department.text
        else { return .other }
        return .own(status)
    }

    /// The body that `/v1/status` answers with, whoever answers, or nil when nobody does.
    private func content() -> [UInt8]? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var limit = timeval(tv_sec: 2, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(file.httpPort)).bigEndian
        guard inet_pton(AF_INET, file.host, &address.sin_addr) == 1 else { return nil }
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { return nil }
        // Whoever took the connection and says nothing has the port all the same.
        let request = "GET /v1/status HTTP/1.1\r\nHost: \(file.host)\r\nConnection: close\r\n\r\n"
        guard send(descriptor, request, request.utf8.count, Int32(MSG_NOSIGNAL)) == request.utf8.count else {
            return []
        }
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0, answer.count < 1 << 20 else { break }
            answer += chunk[0..<count]
        }
        guard let start = answer.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound else { return [] }
        return Array(answer[start...])
    }
}
