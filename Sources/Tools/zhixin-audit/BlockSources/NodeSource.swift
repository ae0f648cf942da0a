import AsyncHTTPClient
import LedgerModel
import NIOCore
import NIOHTTP1
import Primitives

/// Fetches blocks from a node's gateway: `GET /v1/blocks?from=H` answers with frames (`FrameParser`), one for each final
/// block from height H on, as many as it likes and none above its newest certified block.
///
/// Nothing that arrives is believed before it was replayed, so the link itself needs no trust.
actor NodeSource: BlockSource {
    /// Bytes of one answer.
    private static let answerBytesMax = 64 * 1024 * 1024
    private static let timeoutSeconds: Int64 = 60
    /// A short break in the network does not end an audit of hours.
    private static let attemptsMax = 5

    private let address: String
    private let client: HTTPClient
    private var parser = FrameParser()
    private var nextHeight = Height(1)
    private var isFinished = false

    /// - Parameter node: The gateway's address, such as `https://node.example.cn:8443`.
    init(node: String, client: HTTPClient = .shared) {
        var address = node
        while address.hasSuffix("/") { address.removeLast() }
        self.address = address
        self.client = client
    }

    /// How long the ledger is does not follow from its blocks.
    var progress: SourceProgress? { nil }

    func next() async throws -> [UInt8]? {
        if isFinished { return nil }
        if parser.pendingCount == 0 {
            parser.append(try await fetch())
            if parser.pendingCount == 0 {
                isFinished = true
                return nil
            }
        }
        do throws(FrameError) {
            guard let frame = try parser.next() else { throw FrameError(byteCount: parser.pendingCount, limit: 0) }
            nextHeight = nextHeight.next
            return frame
        } catch {
            let detail = error.limit == 0 ? "the answer ends inside a block" : "a block of \(error.byteCount) bytes"
            throw AuditFault(height: nextHeight, rule: .exportFraming, detail: detail)
        }
    }

    private func fetch() async throws -> [UInt8] {
        var attempt = 1
        while true {
            do {
                return try await fetchOnce()
            } catch let problem as SourceProblem {
                throw problem
            } catch {
                guard attempt < NodeSource.attemptsMax else {
                    throw SourceProblem(reason: "无法连接 (cannot reach) \(address): \(error)")
                }
                try await Task.sleep(for: .seconds(1 << attempt))
                attempt += 1
            }
        }
    }

    private func fetchOnce() async throws -> [UInt8] {
        var request = HTTPClientRequest(url: "\(address)/v1/blocks?from=\(nextHeight)")
        request.headers.add(name: "accept", value: "application/octet-stream")
        let response = try await client.execute(request, timeout: .seconds(NodeSource.timeoutSeconds))
        guard response.status == .ok else {
            throw SourceProblem(reason: "\(address): HTTP \(response.status.code)")
        }
        let body = try await response.body.collect(upTo: NodeSource.answerBytesMax)
        return Array(body.readableBytesView)
    }
}
