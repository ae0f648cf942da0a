package import Consensus
package import LedgerModel
import Merkle
package import Primitives

/// What an outsider trusts: one genesis file, and what follows from it.
///
/// Everything that this library verifies, it verifies against this value. It begins with epoch 0, and follows the ledger
/// into a later one when it is given that epoch's validator set (`begin`). The departments' keys and the certificate types
/// are those of genesis. A header of an epoch that is not followed, or that names another set, is refused.
package struct LedgerVerifier: Sendable {
    package let genesis: Genesis
    /// The digest of the genesis file.
    package let network: Digest
    package let suite: Suite
    /// Who signs the headers of each epoch that is followed, from epoch 0 on.
    package private(set) var epochs: [ValidatorSetRecord]
    /// What headers name those sets by.
    private var setDigests: [Digest]

    /// Who signs the headers of the newest epoch that is followed.
    package var validators: ValidatorSetRecord { epochs[epochs.count - 1] }

    /// - Parameter suite: The suite that the genesis file's suite code stands for.
    /// - Throws: `PinnedGenesisError` for a file that names no validator set for epoch 0.
    package init(genesis: Genesis, suite: Suite) throws(PinnedGenesisError) {
        guard let validators = genesis.validatorSet else { throw .validatorSetMissing }
        guard validators.set.epoch == .zero else { throw .epochNotZero(found: validators.set.epoch) }
        self.genesis = genesis
        self.network = genesis.digest(suite.digestFunction)
        self.suite = suite
        epochs = [validators]
        setDigests = [validators.set.digest(using: suite.digestFunction)]
    }

    /// Who signs the headers of an epoch, if it is followed.
    package func validators(of epoch: Epoch) -> ValidatorSetRecord? {
        epoch.rawValue < UInt64(epochs.count) ? epochs[Int(epoch.rawValue)] : nil
    }

    /// Follows the ledger into the epoch after that of `last`, a final header.
    ///
    /// - Throws: `HeaderError.epochNotFollowed` unless `last` is the last header of the newest epoch followed, `.otherValidatorSet`
    ///   when it names another set for its child.
    package mutating func begin(_ set: ValidatorSetRecord, after last: Header) throws(HeaderError) {
        guard last.endsEpoch, last.epoch.rawValue + 1 == UInt64(epochs.count), set.set.epoch == last.childEpoch else {
            throw .epochNotFollowed(found: set.set.epoch)
        }
        let digest = set.set.digest(using: suite.digestFunction)
        guard digest == last.childValidatorSet else {
            throw .otherValidatorSet(found: digest, expected: last.childValidatorSet)
        }
        epochs.append(set)
        setDigests.append(digest)
    }

    /// Checks that a quorum of the validators finalised exactly this header.
    ///
    /// - Throws: `HeaderError`, for the first check that fails; everything that needs no signature comes first.
    package func verify(
        _ header: Header,
        certificate: QuorumCertificate
    ) throws(HeaderError) -> VerifiedHeader {
        let validators = try checkIdentity(of: header)
        let ballot = certificate.ballot
        guard ballot.kind == .finalise else { throw .notFinalising(found: ballot.kind) }
        guard ballot.epoch == header.epoch else {
            throw .certificateOfOtherEpoch(found: ballot.epoch, expected: header.epoch)
        }
        // The last block of an epoch may have been proposed again before it became final.
        guard ballot.view == header.view || (header.endsEpoch && ballot.view > header.view) else {
            throw .certificateOfOtherView(found: ballot.view, expected: header.view)
        }
        let digest = header.digest(suite.digestFunction)
        guard ballot.payload == digest else {
            throw .certificateOfOtherHeader(found: ballot.payload, expected: digest)
        }
        do throws(CertificateError) {
            try certificate.verify(validators: validators.set, networkDigest: network, verifier: suite.verifier)
        } catch {
            throw .certificate(error)
        }
        return VerifiedHeader(
            header: header,
            digest: digest,
            parentView: ballot.parentView,
            isOfLaterView: ballot.view > header.view,
            signers: certificate.signers.indices,
            departments: certificate.signers.indices.map { validators.departments[Int($0.rawValue)] }
        )
    }

    /// Checks that a header says it is of this network and protocol version, and of an epoch that is followed and its validator
    /// set, which is the result.
    @discardableResult
    func checkIdentity(of header: Header) throws(HeaderError) -> ValidatorSetRecord {
        guard header.network == network else { throw .otherNetwork(found: header.network, expected: network) }
        guard header.protocolVersion == Genesis.protocolVersion else {
            throw .unknownProtocolVersion(found: header.protocolVersion)
        }
        guard let validators = validators(of: header.epoch) else { throw .epochNotFollowed(found: header.epoch) }
        let expected = setDigests[Int(header.epoch.rawValue)]
        guard header.validatorSet == expected else {
            throw .otherValidatorSet(found: header.validatorSet, expected: expected)
        }
        return validators
    }

    /// The header of block 0, computed from the genesis file alone.
    package var genesisHeader: Header {
        let hasher = MerkleHasher(suite.digestFunction)
        let records = [.network(NetworkRecord(genesis: network, name: genesis.name))] + genesis.records
        return Header(
            network: network,
            protocolVersion: Genesis.protocolVersion,
            epoch: .zero,
            height: .genesis,
            view: .zero,
            parent: .zero,
            timestamp: genesis.timestamp,
            proposer: ReplicaIndex(0),
            transactionsRoot: BlockOutline.transactionsRoot(
                [],
                Verdict.digest(of: [], digestFunction: suite.digestFunction),
                hasher: hasher
            ),
            registerRoot: hasher.root(of: records.map { hasher.leaf($0.canonicalBytes) }),
            registerSize: UInt64(records.count),
            historyRoot: hasher.emptyRoot,
            validatorSet: setDigests[0],
            childValidatorSet: setDigests[0]
        )
    }

    /// The department's record in genesis, or nil.
    package func department(_ id: DepartmentID) -> DepartmentRecord? {
        for case .department(let record) in genesis.records where record.id == id { return record }
        return nil
    }

    /// The certificate type's record in genesis, or nil.
    package func certificateType(_ id: CertificateTypeID) -> CertificateTypeRecord? {
        for case .certificateType(let record) in genesis.records where record.id == id { return record }
        return nil
    }
}

/// Why a genesis file cannot be pinned.
package enum PinnedGenesisError: Error, Equatable, Sendable {
    /// The file has no validator set.
    case validatorSetMissing
    /// Its validator set is of another epoch than 0.
    case epochNotZero(found: Epoch)
}
