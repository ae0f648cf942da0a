package import Consensus
package import Execution
package import LedgerModel
package import Merkle
package import Primitives

/// A chain of final blocks over a `LedgerFixture`, with the certificates that its validators would have made: what
/// verifiers and auditors are tested with.
package struct CertifiedChain {
    package let fixture: LedgerFixture
    package let ledger: InMemoryLedger
    /// From height 1.
    package private(set) var blocks: [FinalisedBlock] = []

    package init(fixture: LedgerFixture) {
        self.fixture = fixture
        ledger = fixture.makeLedger()
    }

    package var newest: Header { ledger.newestBlock.header }

    /// The time of a block that `append` would make now: a second after the newest.
    package var nextTimestamp: Timestamp { newest.timestamp.adding(milliseconds: 1000) }

    /// An expiry that the next block allows.
    package var expiry: Timestamp { nextTimestamp.adding(milliseconds: 60_000) }

    /// Executes and appends a block.
    ///
    /// - Parameters:
    ///   - isCertified: Whether the block has a certificate of its own or is final through a descendant only.
    ///   - skippedViews: Views that were nullified since the newest block.
    @discardableResult
    package mutating func append(
        _ transactions: [SealedTransaction] = [],
        isCertified: Bool = true,
        skippedViews: UInt64 = 0
    ) throws -> ExecutedBlock {
        let parent = newest
        let parentView = parent.endsEpoch ? .zero : parent.view
        let view = View(parentView.rawValue + 1 + skippedViews)
        let validators = try ledger.state.validatorSet().set
        let context = BlockContext(view: view, timestamp: nextTimestamp, proposer: validators.leader(of: view))
        let block = try fixture.executor.execute(
            transactions.map { .unverified($0) },
            context: context,
            on: ledger.state
        )
        let certificate = isCertified ? certificate(of: block.header, parentView: parentView) : nil
        ledger.commit(block, certificate: certificate)
        blocks.append(FinalisedBlock(block: block.block, certificate: certificate))
        return block
    }

    /// The finality certificate of `header`, by the first validators that make a quorum.
    package func certificate(of header: Header, parentView: View) -> QuorumCertificate {
        certificate(of: header, parentView: parentView, signers: Array(0..<fixture.validators.quorum))
    }

    /// A finality certificate by these validators, however few.
    package func certificate(of header: Header, parentView: View, signers: [Int]) -> QuorumCertificate {
        certificate(
            for: .finalise(
                epoch: header.epoch,
                view: header.view,
                parentView: parentView,
                payload: header.digest(fixture.suite.digestFunction)
            ),
            signers: signers
        )
    }

    /// Any certificate by these validators, however few.
    package func certificate(for ballot: Ballot, signers: [Int]) -> QuorumCertificate {
        var bitmap = SignerBitmap(validatorCount: fixture.validators.count)
        for signer in signers { bitmap.insert(ReplicaIndex(UInt16(signer))) }
        let message = ballot.signedBytes(networkDigest: fixture.network)
        let signatures = bitmap.indices.map { fixture.validatorSigner(Int($0.rawValue)).sign(message) }
        return QuorumCertificate(ballot: ballot, signers: bitmap, signatures: signatures)
    }

    /// The newest block's certificate, which it gets here if it had none.
    package var newestCertificate: QuorumCertificate {
        let parent = ledger.block(at: Height(newest.height.rawValue - 1))
        return certificate(of: newest, parentView: parent?.header.view ?? .zero)
    }

    /// The record with `key` and the path to the newest register root, or nil when there is none.
    package func inclusion(of key: RecordKey) throws -> (record: Record, proof: InclusionProof)? {
        guard let position = ledger.position(of: key), let record = ledger.record(at: position) else { return nil }
        let tree = RegisterTree(MerkleHasher(fixture.suite.digestFunction))
        let size = newest.registerSize
        return (record, try tree.inclusionProof(position: position, size: size, reader: ledger))
    }
}
