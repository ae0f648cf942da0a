import AsyncHTTPClient
import LedgerModel
import NIOCore
import NIOHTTP1
import Primitives

/// Fetches blocks from a node's gateway: `GET /v1/blocks?from=H` answers with frames (`FrameParser`), one for each final
/// block from height H on, as many as it likes, and with 204 above its newest.
///
/// A live node's newest block may be final through a descendant that is still on its way; the source then waits a while
/// for a block with a certificate of its own.
///
/// Nothing that arrives is believed before it was replayed, so the link itself needs no trust.
actor NodeSource: BlockSource {
    /// The node answers, and asks to be left alone for a while.
    private struct Busy: Error {
        let status: UInt
    }

    /// Bytes of one answer.
    private static let answerBytesMax = 64 * 1024 * 1024
    private static let timeoutSeconds: Int64 = 60
    /// A short break in the network does not end an audit of hours.
    private static let attemptsMax = 5
    /// A ledger at rest makes an empty block every few seconds.
    private static let certificateWaitsMax = 30

    /// One client for the process. When to try again is this source's business: a node that is down is noticed at once.
    static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .seconds(5)
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    private let address: String
    private let client: HTTPClient
    private let pauseMilliseconds: Int64
    private var parser = FrameParser()
    private var newest: [UInt8] = []
    private var nextHeight = Height(1)
    private var isFinished = false

    /// - Parameters:
    ///   - node: The gateway's address, such as `https://node.example.cn:8443`.
    ///   - pauseMilliseconds: How long to wait before a question is asked again.
    init(node: String, client: HTTPClient = NodeSource.client, pauseMilliseconds: Int64 = 1000) {
        var address = node
        while address.hasSuffix("/") { address.removeLast() }
        self.address = address
        self.client = client
        self.pauseMilliseconds = pauseMilliseconds
    }

    /// How long the ledger is does not follow from its blocks.
    var progress: SourceProgress? { nil }

    func next() async throws -> [UInt8]? {
        if isFinished { return nil }
        var waits = 0
        while parser.pendingCount == 0 {
            parser.append(try await fetch())
            guard parser.pendingCount == 0 else { break }
            guard !isNewestCertified, waits < NodeSource.certificateWaitsMax else {
                isFinished = true
                return nil
            }
            waits += 1
            try await Task.sleep(for: .milliseconds(pauseMilliseconds))
        }
        do throws(FrameError) {
            guard let frame = try parser.next() else { throw FrameError(byteCount: parser.pendingCount, limit: 0) }
            nextHeight = nextHeight.next
            newest = frame
            return frame
        } catch {
            let detail = error.limit == 0 ? "the answer ends inside a block" : "a block of \(error.byteCount) bytes"
            throw AuditFault(height: nextHeight, rule: .exportFraming, detail: detail)
        }
    }

    /// Whether nothing is to be waited for: the newest block has a certificate, or is none that could have one.
    private var isNewestCertified: Bool {
        do throws(DecodeError) {
            return newest.isEmpty ? true : try FinalisedBlock(canonicalBytes: newest).certificate != nil
        } catch {
            return true
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
                // A node that never answered is more likely not there than away for a moment.
                let isWorthAnother = error is Busy || nextHeight > Height(1)
                guard attempt < NodeSource.attemptsMax, isWorthAnother else {
                    throw SourceProblem(reason: "无法连接 (cannot reach) \(address): \(error)")
                }
                try await Task.sleep(for: .milliseconds(pauseMilliseconds << attempt))
                attempt += 1
            }
        }
    }

    private func fetchOnce() async throws -> [UInt8] {
        var request = HTTPClientRequest(url: "\(address)/v1/blocks?from=\(nextHeight)")
        request.headers.add(name: "accept", value: "application/octet-stream")
        let response = try await client.execute(request, timeout: .seconds(NodeSource.timeoutSeconds))
        if response.status == .noContent { return [] }
        if response.status == .serviceUnavailable || response.status == .tooManyRequests {
            throw Busy(status: response.status.code)
        }
        guard response.status == .ok else {
            throw SourceProblem(reason: "\(address): HTTP \(response.status.code)")
        }
        let body = try await response.body.collect(upTo: NodeSource.answerBytesMax)
        return Array(body.readableBytesView)
    }
}
