import LedgerModel
import Primitives

/// The form of an export file: a ledger's final blocks in one file that anyone can audit.
///
/// | bytes | content |
/// |---|---|
/// | 8 | `ZXCHAIN` and a line feed |
/// | 2 | version, little-endian: 1 |
/// | 32 | network digest |
/// | 8 | height of the first block, little-endian: 1 |
/// | 4 + n, repeated | length n > 0, little-endian, and the canonical bytes of a `FinalisedBlock` |
/// | 4 | four zero bytes: the end |
///
/// Nothing may follow the end. It is there so that a file that was cut short between two blocks does not pass for a
/// shorter ledger.
enum ChainExport {
    static let magic = Array("ZXCHAIN\n".utf8)
    static let version: UInt16 = 1
    static let headerByteCount = 50
    static let end: [UInt8] = [0, 0, 0, 0]

    /// The first bytes of an export.
    static func header(network: Digest) -> [UInt8] {
        var encoder = CanonicalEncoder(capacity: headerByteCount)
        encoder.appendRaw(magic)
        encoder.append(version)
        encoder.append(network)
        encoder.append(Height(1))
        return encoder.bytes
    }

    /// One block's frame.
    static func frame(_ block: FinalisedBlock) -> [UInt8] { FrameParser.frame(block.canonicalBytes) }

    /// A whole export.
    static func encode(_ blocks: [FinalisedBlock], network: Digest) -> [UInt8] {
        header(network: network) + blocks.flatMap(frame) + end
    }

    /// Checks the first bytes of an export.
    /// - Throws: `SourceProblem` for what is no export, `AuditFault` for one of another network.
    static func check(header bytes: [UInt8], network: Digest) throws {
        guard bytes.starts(with: magic) else {
            throw SourceProblem(reason: "不是导出文件 (not an export: it does not begin with ZXCHAIN)")
        }
        let found: Digest
        do throws(DecodeError) {
            found = try ChainExport.network(in: bytes)
        } catch {
            throw SourceProblem(reason: "导出文件头无法读取 (the export's head cannot be read: \(error))")
        }
        guard found == network else {
            throw AuditFault(height: Height(1), rule: .network, detail: "export of \(found), genesis is \(network)")
        }
    }

    private static func network(in bytes: [UInt8]) throws(DecodeError) -> Digest {
        var decoder = CanonicalDecoder(bytes)
        _ = try decoder.readRaw(count: magic.count)
        let version = try decoder.readUInt16()
        guard version == ChainExport.version else { throw .unknownTag(type: "ChainExport", found: UInt64(version)) }
        let network = try decoder.readDigest()
        let first: Height = try decoder.read()
        guard first == Height(1) else { throw .invalid(type: "ChainExport", reason: "it begins at height \(first)") }
        return network
    }
}
