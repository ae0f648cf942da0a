package import Consensus
package import Merkle
package import Primitives

/// A header and the digests of its transactions in order: what a leader proposes. Bodies travel apart.
package struct BlockOutline: Hashable, Sendable, CanonicalCodable {
    package let header: Header
    package let transactions: [Digest]
    /// The digest of the verdicts, in order (`Verdict.digest`): with it the transactions root can be checked before execution.
    package let verdictsDigest: Digest

    package init(header: Header, transactions: [Digest], verdictsDigest: Digest) {
        self.header = header
        self.transactions = transactions
        self.verdictsDigest = verdictsDigest
    }

    /// Whether these are the transactions that the header commits to. Whoever relays an outline cannot change them, so a
    /// block that does not execute to its header is its proposer's fault and never a relay's.
    package func matchesHeader(_ hasher: MerkleHasher) -> Bool {
        header.transactionsRoot == BlockOutline.transactionsRoot(transactions, verdictsDigest, hasher: hasher)
    }

    /// RFC 6962 root over the transactions' digests in order, and the verdicts' digest as the last leaf.
    package static func transactionsRoot(
        _ transactions: [Digest],
        _ verdictsDigest: Digest,
        hasher: MerkleHasher
    ) -> Digest {
        hasher.root(of: transactions.map { hasher.leaf($0) } + [hasher.leaf(verdictsDigest)])
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(header)
        encoder.append(list: transactions)
        encoder.append(verdictsDigest)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        header = try decoder.read()
        transactions = try decoder.readList(countMax: Limits.blockTransactionsMax)
        verdictsDigest = try decoder.read()
    }
}

/// A header and the bytes of its transactions in order.
package struct Block: Hashable, Sendable, CanonicalCodable {
    package let header: Header
    /// Canonical bytes of each transaction, `Limits.blockBytesMax` together.
    package let transactions: [[UInt8]]
    /// As in `BlockOutline`.
    package let verdictsDigest: Digest

    package init(header: Header, transactions: [[UInt8]], verdictsDigest: Digest) {
        self.header = header
        self.transactions = transactions
        self.verdictsDigest = verdictsDigest
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(header)
        encoder.appendLength(transactions.count)
        for transaction in transactions { encoder.append(transaction) }
        encoder.append(verdictsDigest)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        header = try decoder.read()
        let count = try decoder.readLength(max: Limits.blockTransactionsMax)
        var transactions: [[UInt8]] = []
        var byteCount = 0
        for _ in 0..<count {
            let bytes = try decoder.readBytes(countMax: Limits.transactionBytesMax)
            byteCount += bytes.count
            guard byteCount <= Limits.blockBytesMax else {
                throw .lengthOverLimit(found: UInt64(byteCount), limit: Limits.blockBytesMax)
            }
            transactions.append(bytes)
        }
        self.transactions = transactions
        verdictsDigest = try decoder.read()
    }
}

/// A block that is final, with the certificate that says so.
///
/// A block that became final through a descendant has none of its own: its digest is the parent digest of a block that
/// has one (docs/protocol.md [FINALISED]).
package struct FinalisedBlock: Hashable, Sendable, CanonicalCodable {
    package let block: Block
    package let certificate: QuorumCertificate?

    package init(block: Block, certificate: QuorumCertificate?) {
        self.block = block
        self.certificate = certificate
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(block)
        encoder.append(optional: certificate)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        block = try decoder.read()
        certificate = try decoder.readOptional()
    }
}
