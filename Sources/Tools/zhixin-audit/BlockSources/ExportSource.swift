import LedgerModel
import Primitives

/// Reads blocks from an export file (`ChainExport`).
actor ExportSource<Stream: ByteStream>: BlockSource {
    private let network: Digest
    private var stream: Stream
    private var parser = FrameParser()
    private var readBytes: UInt64 = 0
    private var blockCount: UInt64 = 0
    private var isHeaderRead = false
    private var isFinished = false

    init(_ stream: Stream, network: Digest) {
        self.stream = stream
        self.network = network
    }

    var progress: SourceProgress? {
        SourceProgress(done: readBytes - UInt64(parser.pendingCount), total: stream.byteCount)
    }

    func next() async throws -> [UInt8]? {
        if isFinished { return nil }
        if !isHeaderRead { try readHeader() }
        while true {
            let frame: [UInt8]?
            do throws(FrameError) {
                frame = try parser.next()
            } catch {
                throw fault("a block of \(error.byteCount) bytes, at most \(error.limit)")
            }
            if let frame {
                guard frame.isEmpty else {
                    blockCount += 1
                    return frame
                }
                try finish()
                return nil
            }
            guard try readMore() else { throw fault("the file ends without its end mark") }
        }
    }

    private func readHeader() throws {
        var head: [UInt8] = []
        while head.count < ChainExport.headerByteCount {
            let more = try stream.read()
            if more.isEmpty { break }
            readBytes += UInt64(more.count)
            head += more
        }
        try ChainExport.check(header: Array(head.prefix(ChainExport.headerByteCount)), network: network)
        parser.append(head.dropFirst(ChainExport.headerByteCount))
        isHeaderRead = true
    }

    private func finish() throws {
        isFinished = true
        while try readMore() {}
        guard parser.pendingCount == 0 else { throw fault("\(parser.pendingCount) bytes stand after the end mark") }
    }

    private func readMore() throws -> Bool {
        let more = try stream.read()
        readBytes += UInt64(more.count)
        parser.append(more)
        return !more.isEmpty
    }

    private func fault(_ detail: String) -> AuditFault {
        AuditFault(height: Height(blockCount + 1), rule: .exportFraming, detail: detail)
    }
}
