import Execution
import LedgerModel
import Merkle
import Primitives
import ZhixinVerify

/// What was replayed so far.
struct AuditStatistics: Hashable, Sendable {
    var height = Height.genesis
    var blocks: UInt64 = 0
    /// Blocks with a certificate of their own.
    var certifiedBlocks: UInt64 = 0
    var transactions: UInt64 = 0
    /// Transactions with another verdict than `accepted`.
    var refusedTransactions: UInt64 = 0
    /// Certificates that were issued.
    var certificates: UInt64 = 0
}

/// Executes blocks one after the other, and compares what comes out with what they say.
struct ChainReplay {
    private(set) var chain: HeaderChainVerifier
    private(set) var statistics = AuditStatistics()
    let ledger: ReplayLedger
    private let executor: Executor
    private let hasher: MerkleHasher

    init(ledger verifier: LedgerVerifier, genesis: ExecutedBlock) {
        chain = HeaderChainVerifier(ledger: verifier)
        ledger = ReplayLedger(genesis: genesis)
        executor = Executor(network: verifier.network, suite: verifier.suite)
        hasher = MerkleHasher(verifier.suite.digestFunction)
    }

    /// Takes the next block.
    ///
    /// - Returns: The block as it was executed here.
    /// - Throws: `AuditFault`.
    mutating func apply(_ prepared: PreparedBlock) throws(AuditFault) -> ExecutedBlock {
        let content = try prepared.content.get()
        let height = prepared.height
        try link(content, certified: certified(prepared, content), height: height)
        let outline = BlockOutline(
            header: content.header,
            transactions: content.transactions.map(\.digest),
            verdictsDigest: content.finalised.block.verdictsDigest
        )
        guard outline.matchesHeader(hasher) else {
            throw AuditFault(
                height: height,
                rule: .transactionsRoot,
                detail: "the header says \(content.header.transactionsRoot)"
            )
        }
        let executed: ExecutedBlock
        do throws(LedgerReadError) {
            executed = try executor.execute(
                prepared.inputs,
                context: BlockContext(of: content.header),
                on: ledger.state
            )
        } catch {
            throw AuditFault(height: height, rule: .header, detail: error.reason)
        }
        try compare(executed, with: content, height: height)
        try beginEpoch(after: executed)
        ledger.apply(executed)
        count(executed, isCertified: prepared.certified != nil)
        return executed
    }

    /// Checks that the newest block is final by itself.
    func finish() throws(AuditFault) {
        do throws(HeaderChainError) {
            try chain.finish()
        } catch {
            throw AuditFault(height: chain.newest.height, rule: .notCertified, detail: "\(error)")
        }
    }

    /// The outcome of checking a block's certificate. Where that was done before the block's epoch was known, it is done now.
    private func certified(_ prepared: PreparedBlock, _ content: DecodedBlock) -> Result<VerifiedHeader, HeaderError>? {
        guard case .failure(.epochNotFollowed) = prepared.certified,
            chain.ledger.validators(of: content.header.epoch) != nil,
            let certificate = content.finalised.certificate
        else { return prepared.certified }
        let ledger = chain.ledger
        return Result { () throws(HeaderError) in try ledger.verify(content.header, certificate: certificate) }
    }

    /// Takes the next epoch's validators from what the last block of this one put into the register.
    private mutating func beginEpoch(after block: ExecutedBlock) throws(AuditFault) {
        guard block.header.endsEpoch else { return }
        for case (_, .validatorSet(let set)) in block.records {
            do throws(HeaderChainError) {
                return try chain.begin(set)
            } catch {
                throw ChainReplay.fault(error, height: block.header.height)
            }
        }
        throw AuditFault(
            height: block.header.height,
            rule: .header,
            detail: "the header names another validator set, and the register holds none"
        )
    }

    private mutating func link(
        _ content: DecodedBlock,
        certified: Result<VerifiedHeader, HeaderError>?,
        height: Height
    ) throws(AuditFault) {
        var verified: VerifiedHeader?
        do throws(HeaderError) {
            verified = try certified?.get()
        } catch {
            // A header that is wrong by itself is reported as such, not as a certificate's fault.
            do throws(HeaderChainError) {
                var probe = chain
                try probe.append(content.header, certified: nil)
            } catch {
                throw ChainReplay.fault(error, height: height)
            }
            throw AuditFault(height: height, rule: .certificate, detail: "\(error)")
        }
        do throws(HeaderChainError) {
            try chain.append(content.header, certified: verified)
        } catch {
            throw ChainReplay.fault(error, height: height)
        }
    }

    private static func fault(_ error: HeaderChainError, height: Height) -> AuditFault {
        let rule: AuditRule =
            switch error {
            case .header(.otherNetwork): .network
            case .certificateParentView: .certificate
            default: .headerLink
            }
        return AuditFault(height: height, rule: rule, detail: "\(error)")
    }

    private func compare(
        _ executed: ExecutedBlock,
        with content: DecodedBlock,
        height: Height
    ) throws(AuditFault) {
        let (found, expected) = (content.header, executed.header)
        func fault(_ rule: AuditRule, _ found: some Equatable, _ expected: some Equatable) -> AuditFault {
            AuditFault(height: height, rule: rule, detail: "found \(found), computed \(expected)")
        }
        let verdicts = content.finalised.block.verdictsDigest
        guard verdicts == executed.verdictsDigest else { throw fault(.verdicts, verdicts, executed.verdictsDigest) }
        guard found.registerSize == expected.registerSize else {
            throw fault(.registerSize, found.registerSize, expected.registerSize)
        }
        guard found.registerRoot == expected.registerRoot else {
            throw fault(.registerRoot, found.registerRoot, expected.registerRoot)
        }
        guard found == expected else { throw fault(.header, found, expected) }
    }

    private mutating func count(_ block: ExecutedBlock, isCertified: Bool) {
        statistics.height = block.header.height
        statistics.blocks += 1
        statistics.certifiedBlocks += isCertified ? 1 : 0
        statistics.transactions += UInt64(block.transactions.count)
        for (transaction, verdict) in zip(block.transactions, block.verdicts) {
            guard verdict == .accepted else {
                statistics.refusedTransactions += 1
                continue
            }
            if case .issueCertificates(let batch) = transaction.transaction.body.payload {
                statistics.certificates += UInt64(batch.certificates.count)
            }
        }
    }
}
