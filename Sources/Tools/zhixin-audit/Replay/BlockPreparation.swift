import Execution
import LedgerModel
import Primitives
import ZhixinVerify

/// The work on blocks that needs no state and runs on all cores ahead of execution: decoding, and checking signatures.
struct BlockPreparation: Sendable {
    /// Signatures that one task checks: about a millisecond's worth, so that all cores finish together.
    private static let signaturesPerTask = 16
    /// Bytes that one task decodes.
    private static let bytesPerTask = 64 * 1024

    let ledger: LedgerVerifier

    /// Decodes blocks, the first of which stands at `first`.
    func decode(_ blocks: [[UInt8]], first: Height) async -> [PreparedBlock] {
        let digestFunction = ledger.suite.digestFunction
        var ranges: [Range<Int>] = []
        var start = 0
        var byteCount = 0
        for (index, block) in blocks.enumerated() {
            byteCount += block.count
            if byteCount >= BlockPreparation.bytesPerTask || index == blocks.count - 1 {
                ranges.append(start..<(index + 1))
                (start, byteCount) = (index + 1, 0)
            }
        }
        return await concurrently(ranges) { range in
            range.map { index in
                let height = Height(first.rawValue + UInt64(index))
                let content = Result { () throws(AuditFault) in
                    try DecodedBlock(blocks[index], height: height, digestFunction: digestFunction)
                }
                return PreparedBlock(height: height, content: content)
            }
        }
    }

    /// Who signed the transactions of these blocks.
    func authors(of blocks: [PreparedBlock]) -> Set<Author> {
        var authors: Set<Author> = []
        for case .success(let block) in blocks.lazy.map(\.content) {
            for transaction in block.transactions { authors.insert(transaction.transaction.body.author) }
        }
        return authors
    }

    /// Checks the blocks' certificates, and their transactions' signatures under `keys`.
    ///
    /// A transaction whose author has no key there, or whose signature does not hold under it, is left to execution,
    /// which knows the key of its moment.
    func verify(_ blocks: [PreparedBlock], keys: [Author: PublicKey]) async -> [PreparedBlock] {
        var jobs: [Job] = []
        var run: [(block: Int, transaction: SealedTransaction)] = []
        for (index, block) in blocks.enumerated() {
            guard case .success(let content) = block.content else { continue }
            if content.finalised.certificate != nil { jobs.append(.certificate(block: index, content.finalised)) }
            for transaction in content.transactions {
                run.append((index, transaction))
                if run.count == BlockPreparation.signaturesPerTask {
                    jobs.append(.transactions(run))
                    run = []
                }
            }
        }
        if !run.isEmpty { jobs.append(.transactions(run)) }
        let ledger = ledger
        let results = await concurrently(jobs) { [$0.run(ledger: ledger, keys: keys)] }
        var prepared = blocks
        for result in results {
            switch result {
            case .certificate(let block, let outcome): prepared[block].certified = outcome
            case .transactions(let inputs): for (block, input) in inputs { prepared[block].inputs.append(input) }
            }
        }
        return prepared
    }

    private enum Job: Sendable {
        case certificate(block: Int, FinalisedBlock)
        case transactions([(block: Int, transaction: SealedTransaction)])

        func run(ledger: LedgerVerifier, keys: [Author: PublicKey]) -> Outcome {
            switch self {
            case .certificate(let block, let finalised):
                guard let certificate = finalised.certificate else {
                    preconditionFailure("a job to check a certificate has one")
                }
                return .certificate(
                    block: block,
                    Result { () throws(HeaderError) in
                        try ledger.verify(finalised.block.header, certificate: certificate)
                    }
                )
            case .transactions(let list):
                return .transactions(
                    list.map { block, sealed in
                        guard let key = keys[sealed.transaction.body.author],
                            let verified = VerifiedTransaction(sealed, authorKey: key, suite: ledger.suite)
                        else { return (block, .unverified(sealed)) }
                        return (block, .verified(verified))
                    }
                )
            }
        }
    }

    private enum Outcome: Sendable {
        case certificate(block: Int, Result<VerifiedHeader, HeaderError>)
        case transactions([(block: Int, input: TransactionInput)])
    }

    /// Runs `body` for each item on all cores; the results stand in the items' order.
    private func concurrently<Item: Sendable, Element: Sendable>(
        _ items: [Item],
        _ body: @escaping @Sendable (Item) -> [Element]
    ) async -> [Element] {
        await withTaskGroup(of: (Int, [Element]).self) { group in
            for (index, item) in items.enumerated() { group.addTask { (index, body(item)) } }
            var results = [[Element]](repeating: [], count: items.count)
            for await (index, result) in group { results[index] = result }
            return results.flatMap(\.self)
        }
    }
}
