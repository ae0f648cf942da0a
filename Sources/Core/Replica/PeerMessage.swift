package import Consensus
package import LedgerModel
package import Primitives

/// What nodes say to each other over a link, one message a frame. The order of the cases is their tag on the wire.
package enum PeerMessage: Hashable, Sendable {
    /// Transactions or blocks in one message.
    package static let itemsMax = 4096

    /// Votes, certificates and requests for them.
    case consensus(ConsensusMessage)
    /// A leader's proposal: its vote and what it votes for.
    case proposal(ConsensusMessage, BlockOutline)
    /// Transactions that wait for a block.
    case transactions([[UInt8]])
    /// "Which transactions has this block?"
    case outlineRequest(Digest)
    case outline(BlockOutline)
    /// "Send me these transactions of this block."
    case bodiesRequest(block: Digest, transactions: [Digest])
    case bodies(block: Digest, transactions: [[UInt8]])
    /// "Send me final blocks from this height on."
    case blocksRequest(from: Height)
    /// Consecutive final blocks; the last one has a certificate.
    case blocks([FinalisedBlock])
}

extension PeerMessage: CanonicalCodable {
    package func encode(to encoder: inout CanonicalEncoder) {
        switch self {
        case .consensus(let message):
            encoder.appendLength(0)
            encoder.append(message)
        case .proposal(let message, let outline):
            encoder.appendLength(1)
            encoder.append(message)
            encoder.append(outline)
        case .transactions(let transactions):
            encoder.appendLength(2)
            encoder.append(bodies: transactions)
        case .outlineRequest(let digest):
            encoder.appendLength(3)
            encoder.append(digest)
        case .outline(let outline):
            encoder.appendLength(4)
            encoder.append(outline)
        case .bodiesRequest(let block, let transactions):
            encoder.appendLength(5)
            encoder.append(block)
            encoder.append(list: transactions)
        case .bodies(let block, let transactions):
            encoder.appendLength(6)
            encoder.append(block)
            encoder.append(bodies: transactions)
        case .blocksRequest(let height):
            encoder.appendLength(7)
            encoder.append(height)
        case .blocks(let blocks):
            encoder.appendLength(8)
            encoder.append(list: blocks)
        }
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        switch try decoder.readLength(max: Int(UInt8.max)) {
        case 0: self = .consensus(try decoder.read())
        case 1: self = .proposal(try decoder.read(), try decoder.read())
        case 2: self = .transactions(try decoder.readBodies())
        case 3: self = .outlineRequest(try decoder.read())
        case 4: self = .outline(try decoder.read())
        case 5:
            self = .bodiesRequest(
                block: try decoder.read(),
                transactions: try decoder.readList(countMax: PeerMessage.itemsMax)
            )
        case 6: self = .bodies(block: try decoder.read(), transactions: try decoder.readBodies())
        case 7: self = .blocksRequest(from: try decoder.read())
        case 8: self = .blocks(try decoder.readList(countMax: PeerMessage.itemsMax))
        case let other: throw .unknownTag(type: "PeerMessage", found: UInt64(other))
        }
    }
}

extension CanonicalEncoder {
    fileprivate mutating func append(bodies: [[UInt8]]) {
        appendLength(bodies.count)
        for body in bodies { append(body) }
    }
}

extension CanonicalDecoder {
    fileprivate mutating func readBodies() throws(DecodeError) -> [[UInt8]] {
        let count = try readLength(max: PeerMessage.itemsMax)
        var bodies: [[UInt8]] = []
        for _ in 0..<count { bodies.append(try readBytes(countMax: Limits.transactionBytesMax)) }
        return bodies
    }
}
