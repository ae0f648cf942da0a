package import Primitives

/// What consensus agrees on: a block's place, its content and the state after it, in 268 bytes.
package struct Header: Hashable, Sendable, CanonicalCodable {
    package let network: Digest
    package let protocolVersion: UInt16
    package let epoch: Epoch
    package let height: Height
    package let view: View
    /// The digest of the header before it; zero in genesis.
    package let parent: Digest
    package let timestamp: Timestamp
    package let proposer: ReplicaIndex
    /// Root over the block's transactions and their verdicts (`TransactionOutcome`).
    package let transactionsRoot: Digest
    /// Root of the register after this block.
    package let registerRoot: Digest
    /// Leaves of the register after this block.
    package let registerSize: UInt64
    /// RFC 6962 root over the digests of all headers before this one.
    package let historyRoot: Digest
    /// The digest of the validator set that signs this header.
    package let validatorSet: Digest
    /// The digest of the validator set that signs its child.
    package let childValidatorSet: Digest

    /// Whether the block changes the validator set, so that its epoch ends with it.
    package var endsEpoch: Bool { validatorSet != childValidatorSet }
    /// The epoch of the block's children.
    package var childEpoch: Epoch { endsEpoch ? Epoch(epoch.rawValue + 1) : epoch }

    package init(
        network: Digest,
        protocolVersion: UInt16,
        epoch: Epoch,
        height: Height,
        view: View,
        parent: Digest,
        timestamp: Timestamp,
        proposer: ReplicaIndex,
        transactionsRoot: Digest,
        registerRoot: Digest,
        registerSize: UInt64,
        historyRoot: Digest,
        validatorSet: Digest,
        childValidatorSet: Digest
    ) {
        self.network = network
        self.protocolVersion = protocolVersion
        self.epoch = epoch
        self.height = height
        self.view = view
        self.parent = parent
        self.timestamp = timestamp
        self.proposer = proposer
        self.transactionsRoot = transactionsRoot
        self.registerRoot = registerRoot
        self.registerSize = registerSize
        self.historyRoot = historyRoot
        self.validatorSet = validatorSet
        self.childValidatorSet = childValidatorSet
    }

    /// The digest that votes name and children point to.
    package func digest(_ digestFunction: any DigestFunction) -> Digest {
        digestFunction.digest(of: self, domain: .header)
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(network)
        encoder.append(protocolVersion)
        encoder.append(epoch)
        encoder.append(height)
        encoder.append(view)
        encoder.append(parent)
        encoder.append(timestamp)
        encoder.append(proposer)
        encoder.append(transactionsRoot)
        encoder.append(registerRoot)
        encoder.append(registerSize)
        encoder.append(historyRoot)
        encoder.append(validatorSet)
        encoder.append(childValidatorSet)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        network = try decoder.read()
        protocolVersion = try decoder.readUInt16()
        epoch = try decoder.read()
        height = try decoder.read()
        view = try decoder.read()
        parent = try decoder.read()
        timestamp = try decoder.read()
        proposer = try decoder.read()
        transactionsRoot = try decoder.read()
        registerRoot = try decoder.read()
        registerSize = try decoder.readUInt64()
        historyRoot = try decoder.read()
        validatorSet = try decoder.read()
        childValidatorSet = try decoder.read()
    }
}
