import Execution
import LedgerModel
import Primitives

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Writes what is replayed to an export file. Only a ledger that was found sound gets its end mark.
final class ExportWriter: AuditObserver {
    private static let bufferBytes = 1 << 20

    private let path: String
    private let descriptor: Int32
    private let others: any AuditObserver
    private var buffer: [UInt8]

    /// Begins a file that must not be there yet.
    init(path: String, network: Digest, others: any AuditObserver) throws(SourceProblem) {
        self.path = path
        self.others = others
        buffer = ChainExport.header(network: network)
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw SourceProblem(reason: "无法写入 (cannot write) \(path): \(String(cString: strerror(errno)))")
        }
    }

    deinit { close(descriptor) }

    func replayed(_ block: ExecutedBlock, from bytes: [UInt8], statistics: AuditStatistics) throws {
        try others.replayed(block, from: bytes, statistics: statistics)
        buffer += FrameParser.frame(bytes)
        if buffer.count >= ExportWriter.bufferBytes { try flush() }
    }

    func progressed(_ statistics: AuditStatistics, source: SourceProgress?) {
        others.progressed(statistics, source: source)
    }

    func finished(_ replay: ChainReplay) throws {
        try others.finished(replay)
        buffer += ChainExport.end
        try flush()
        guard fsync(descriptor) == 0 else { throw failure() }
    }

    private func flush() throws(SourceProblem) {
        var rest = buffer[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { throw failure() }
            rest = rest.dropFirst(max(0, count))
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private func failure() -> SourceProblem {
        SourceProblem(reason: "写入失败 (writing failed) \(path): \(String(cString: strerror(errno)))")
    }
}
