import LedgerModel
import Primitives

extension Header {
    /// The same header with some fields replaced.
    func with(
        network: Digest? = nil,
        protocolVersion: UInt16? = nil,
        epoch: Epoch? = nil,
        height: Height? = nil,
        view: View? = nil,
        parent: Digest? = nil,
        timestamp: Timestamp? = nil,
        proposer: ReplicaIndex? = nil,
        registerSize: UInt64? = nil,
        registerRoot: Digest? = nil,
        historyRoot: Digest? = nil,
        validatorSet: Digest? = nil,
        childValidatorSet: Digest? = nil
    ) -> Header {
        Header(
            network: network ?? self.network,
            protocolVersion: protocolVersion ?? self.protocolVersion,
            epoch: epoch ?? self.epoch,
            height: height ?? self.height,
            view: view ?? self.view,
            parent: parent ?? self.parent,
            timestamp: timestamp ?? self.timestamp,
            proposer: proposer ?? self.proposer,
            transactionsRoot: transactionsRoot,
            registerRoot: registerRoot ?? self.registerRoot,
            registerSize: registerSize ?? self.registerSize,
            historyRoot: historyRoot ?? self.historyRoot,
            validatorSet: validatorSet ?? self.validatorSet,
            childValidatorSet: childValidatorSet ?? self.childValidatorSet
        )
    }
}
