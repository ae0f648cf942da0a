import Merkle
import Primitives

/// What the folder is and how far it has come; written with every block.
struct LedgerTip: CanonicalCodable, Equatable {
    static let formatVersion: UInt16 = 1

    let network: Digest
    let height: Height
    let headerDigest: Digest
    /// The history tree over all headers, the newest included.
    let history: HistoryTree

    init(network: Digest, height: Height, headerDigest: Digest, history: HistoryTree) {
        self.network = network
        self.height = height
        self.headerDigest = headerDigest
        self.history = history
    }

    func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(LedgerTip.formatVersion)
        encoder.append(network)
        encoder.append(height)
        encoder.append(headerDigest)
        encoder.append(history)
    }

    init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        let version = try decoder.readUInt16()
        guard version == LedgerTip.formatVersion else { throw .unknownTag(type: "LedgerTip", found: UInt64(version)) }
        network = try decoder.read()
        height = try decoder.read()
        headerDigest = try decoder.read()
        history = try decoder.read()
    }
}
