package import Consensus
package import LedgerModel
import Merkle
package import Primitives

/// What an outsider trusts: one genesis file, and what follows from it.
///
/// Everything that this library verifies, it verifies against this value. It follows one epoch: the validator set, the
/// departments' keys and the certificate types are those of genesis. A header that names another set is refused.
package struct LedgerVerifier: Sendable {
    package let genesis: Genesis
    /// The digest of the genesis file.
    package let network: Digest
    package let suite: Suite
    /// Who signs the headers.
    package let validators: ValidatorSetRecord
    /// What headers name that set by.
    package let validatorSetDigest: Digest

    /// - Parameter suite: The suite that the genesis file's suite code stands for.
    /// - Throws: `PinnedGenesisError` for a file that names no validator set for epoch 0.
    package init(genesis: Genesis, suite: Suite) throws(PinnedGenesisError) {
        guard let validators = genesis.validatorSet else { throw .validatorSetMissing }
        guard validators.set.epoch == .zero else { throw .epochNotZero(found: validators.set.epoch) }
        self.genesis = genesis
        self.network = genesis.digest(suite.digestFunction)
        self.suite = suite
        self.validators = validators
        self.validatorSetDigest = validators.set.digest(using: suite.digestFunction)
    }

    /// Checks that a quorum of the validators finalised exactly this header.
    ///
    /// - Throws: `HeaderError`, for the first check that fails; everything that needs no signature comes first.
    package func verify(
        _ header: Header,
        certificate: QuorumCertificate
    ) throws(HeaderError) -> VerifiedHeader {
        try checkIdentity(of: header)
        let ballot = certificate.ballot
        guard ballot.kind == .finalise else { throw .notFinalising(found: ballot.kind) }
        guard ballot.epoch == header.epoch else {
            throw .certificateOfOtherEpoch(found: ballot.epoch, expected: header.epoch)
        }
        guard ballot.view == header.view else {
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
            signers: certificate.signers.indices,
            departments: certificate.signers.indices.map { validators.departments[Int($0.rawValue)] }
        )
    }

    /// Checks that a header says it is of this network, protocol version, epoch and validator set.
    func checkIdentity(of header: Header) throws(HeaderError) {
        guard header.network == network else { throw .otherNetwork(found: header.network, expected: network) }
        guard header.protocolVersion == Genesis.protocolVersion else {
            throw .unknownProtocolVersion(found: header.protocolVersion)
        }
        guard header.epoch == .zero else { throw .epochNotFollowed(found: header.epoch) }
        guard header.validatorSet == validatorSetDigest else {
            throw .otherValidatorSet(found: header.validatorSet, expected: validatorSetDigest)
        }
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
            validatorSet: validatorSetDigest,
            childValidatorSet: validatorSetDigest
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
