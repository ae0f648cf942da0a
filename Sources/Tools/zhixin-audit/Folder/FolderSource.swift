import LedgerModel
import Primitives

/// Reads blocks from a copied ledger folder, up to the block that its tip names.
actor FolderSource: BlockSource {
    private let folder: FolderReader
    private let newest: Height
    private var height = Height.genesis

    /// - Throws: `SourceProblem` for a folder that holds no ledger.
    init(_ folder: FolderReader) throws {
        self.folder = folder
        // Version, network digest, height: only the height is used, and a wrong one shows in the comparison.
        guard let tip = try folder.value(FolderKey.tip), tip.count >= 42 else {
            throw SourceProblem(reason: "数据目录中没有账本 (the folder holds no ledger)")
        }
        newest = Height(FolderKey.number(tip[34..<42].reversed()) ?? 0)
    }

    var progress: SourceProgress? { SourceProgress(done: height.rawValue, total: newest.rawValue) }

    func next() async throws -> [UInt8]? {
        guard height < newest else { return nil }
        height = height.next
        let header = try part(FolderKey.header(height), "header")
        let body = try part(FolderKey.body(height), "body")
        guard let certificate = try folder.value(FolderKey.certificate(height)) else { return header + body + [0] }
        return header + body + [1] + certificate
    }

    private func part(_ key: [UInt8], _ name: String) throws -> [UInt8] {
        guard let bytes = try folder.value(key) else {
            throw AuditFault(height: height, rule: .blockEncoding, detail: "the \(name) is missing")
        }
        return bytes
    }
}
