package import LedgerModel
import Merkle
package import Primitives
import ZhixinVerify

/// Reads the whole chain from a node and believes none of it: each header must continue the one before, each body must be
/// the header's, and the newest block must be certified.
package struct ChainReader: Sendable {
    private let client: NodeClient
    private var chain: HeaderChainVerifier
    private let hasher: MerkleHasher

    package init(client: NodeClient) {
        self.client = client
        chain = HeaderChainVerifier(ledger: client.ledger)
        hasher = MerkleHasher(client.ledger.suite.digestFunction)
    }

    /// The height of the last block that was read.
    package var height: Height { chain.newest.height }

    /// Reads on to the node's newest block and hands every block over in order.
    ///
    /// Blocks above the newest certified one are handed over too; `finish` says whether there were any.
    /// - Throws: `ClientError`, and what `body` throws.
    package mutating func readAll(_ body: (Block, [SealedTransaction]) throws -> Void) async throws {
        while true {
            let blocks = try await client.blocks(from: chain.newest.height.next)
            guard !blocks.isEmpty else { return }
            for finalised in blocks {
                let transactions = try append(finalised)
                try body(finalised.block, transactions)
            }
        }
    }

    /// Checks that the last block that was read is final by itself.
    ///
    /// - Throws: `ClientError.chain`.
    package func finish() throws(ClientError) {
        do throws(HeaderChainError) {
            if chain.newest.height > .genesis { try chain.finish() }
        } catch {
            throw .chain(error)
        }
    }

    private mutating func append(_ finalised: FinalisedBlock) throws(ClientError) -> [SealedTransaction] {
        do throws(HeaderChainError) {
            try chain.append(finalised)
        } catch {
            throw .chain(error)
        }
        let block = finalised.block
        var transactions: [SealedTransaction] = []
        do throws(DecodeError) {
            for bytes in block.transactions {
                transactions.append(
                    try SealedTransaction(bytes: bytes, digestFunction: client.ledger.suite.digestFunction)
                )
            }
        } catch {
            throw .blockBody(block.header.height)
        }
        let outline = BlockOutline(
            header: block.header,
            transactions: transactions.map(\.digest),
            verdictsDigest: block.verdictsDigest
        )
        guard outline.matchesHeader(hasher) else { throw .blockBody(block.header.height) }
        return transactions
    }
}
