package import Consensus
package import LedgerModel
package import Merkle
package import Primitives

/// Follows a chain of headers from genesis: each must continue the one before it, and the newest must be certified.
///
/// It is a value: a header that is refused leaves it as it was. After the last header of an epoch it must be given the next
/// validator set (`begin`). It says nothing about what the blocks contain.
package struct HeaderChainVerifier: Sendable {
    package private(set) var ledger: LedgerVerifier
    /// The last header that was appended; genesis to begin with.
    package private(set) var newest: Header
    package private(set) var newestDigest: Digest
    /// The newest header with a certificate. It and everything below it is final.
    package private(set) var newestCertifiedHeight = Height.genesis
    /// The history tree over all headers up to and including `newest`.
    package private(set) var history: HistoryTree
    private let hasher: MerkleHasher

    package init(ledger: LedgerVerifier) {
        self.ledger = ledger
        hasher = MerkleHasher(ledger.suite.digestFunction)
        newest = ledger.genesisHeader
        newestDigest = newest.digest(ledger.suite.digestFunction)
        history = HistoryTree()
        history.append(hasher.leaf(newestDigest), hasher: hasher)
    }

    /// Appends the next header, with its certificate if it has one of its own.
    ///
    /// - Throws: `HeaderChainError`.
    package mutating func append(_ header: Header, certificate: QuorumCertificate?) throws(HeaderChainError) {
        var certified: VerifiedHeader?
        if let certificate {
            do throws(HeaderError) {
                certified = try ledger.verify(header, certificate: certificate)
            } catch {
                throw .header(error)
            }
        }
        try append(header, certified: certified)
    }

    /// Appends the next block's header. Its transactions are not looked at.
    ///
    /// - Throws: `HeaderChainError`.
    package mutating func append(_ block: FinalisedBlock) throws(HeaderChainError) {
        try append(block.block.header, certificate: block.certificate)
    }

    /// Appends the next header, whose certificate was checked before, for instance on another thread.
    ///
    /// - Precondition: `certified`, if there is one, is of this header.
    /// - Throws: `HeaderChainError`.
    package mutating func append(_ header: Header, certified: VerifiedHeader?) throws(HeaderChainError) {
        let digest = header.digest(ledger.suite.digestFunction)
        precondition(certified == nil || certified?.digest == digest, "a certificate goes with its own header")
        try checkLink(header)
        // A block that was proposed again names the view in which it was certified before.
        let parentView = newest.endsEpoch ? .zero : newest.view
        if let certified, !certified.isOfLaterView, certified.parentView != parentView {
            throw .certificateParentView(found: certified.parentView, expected: parentView)
        }
        newest = header
        newestDigest = digest
        history.append(hasher.leaf(digest), hasher: hasher)
        if certified != nil { newestCertifiedHeight = header.height }
    }

    /// Follows the chain into the epoch that begins after the newest header.
    ///
    /// - Throws: `HeaderChainError.header`, as `LedgerVerifier.begin` does.
    package mutating func begin(_ set: ValidatorSetRecord) throws(HeaderChainError) {
        do throws(HeaderError) {
            try ledger.begin(set, after: newest)
        } catch {
            throw .header(error)
        }
    }

    /// Checks that the newest header is final by itself.
    ///
    /// - Throws: `HeaderChainError.notCertified`.
    package func finish() throws(HeaderChainError) {
        guard newestCertifiedHeight == newest.height else {
            throw .notCertified(newest: newest.height, newestCertified: newestCertifiedHeight)
        }
    }

    private func checkLink(_ header: Header) throws(HeaderChainError) {
        let validators: ValidatorSetRecord
        do throws(HeaderError) {
            validators = try ledger.checkIdentity(of: header)
        } catch {
            throw .header(error)
        }
        guard header.height == newest.height.next else {
            throw .height(found: header.height, expected: newest.height.next)
        }
        guard header.parent == newestDigest else { throw .parent(found: header.parent, expected: newestDigest) }
        let historyRoot = history.root(hasher: hasher)
        guard header.historyRoot == historyRoot else {
            throw .historyRoot(found: header.historyRoot, expected: historyRoot)
        }
        guard header.epoch == newest.childEpoch else {
            throw .epoch(found: header.epoch, expected: newest.childEpoch)
        }
        let previous = newest.endsEpoch ? .zero : newest.view
        guard header.view > previous else { throw .view(found: header.view, previous: previous) }
        guard header.timestamp > newest.timestamp else {
            throw .timestamp(found: header.timestamp, previous: newest.timestamp)
        }
        let leader = validators.set.leader(of: header.view)
        guard header.proposer == leader else { throw .proposer(found: header.proposer, leader: leader) }
        guard header.registerSize >= newest.registerSize else {
            throw .registerSize(found: header.registerSize, previous: newest.registerSize)
        }
    }
}
