package import Primitives

/// Who votes in one epoch, and in which order they lead.
package struct ValidatorSet: Hashable, Sendable, CanonicalCodable {
    /// The epoch whose blocks this set signs.
    package let epoch: Epoch
    /// The voting keys; a validator's index is its place. 4 to 31, no two alike.
    package let keys: [PublicKey]

    /// The set, or nil for fewer than 4, more than 31 or repeated keys.
    package init?(epoch: Epoch, keys: [PublicKey]) {
        guard (Limits.validatorsMin...Limits.validatorsMax).contains(keys.count) else { return nil }
        guard Set(keys).count == keys.count, epoch <= ConsensusLimits.epochMax else { return nil }
        self.epoch = epoch
        self.keys = keys
    }

    /// n.
    package var count: Int { keys.count }

    /// f = (n - 1) / 3: so many may be faulty in any way.
    package var faultsMax: Int { (keys.count - 1) / 3 }

    /// q = n - f: two sets of so many validators share an honest one, whatever n is.
    package var quorum: Int { keys.count - faultsMax }

    package var indices: [ReplicaIndex] { (0..<keys.count).map { ReplicaIndex(UInt16($0)) } }

    package func contains(_ index: ReplicaIndex) -> Bool { Int(index.rawValue) < keys.count }

    /// The key of a validator, or nil when the set has no such place.
    package func key(of index: ReplicaIndex) -> PublicKey? {
        contains(index) ? keys[Int(index.rawValue)] : nil
    }

    /// The place of a key in the set.
    package func index(of key: PublicKey) -> ReplicaIndex? {
        keys.firstIndex(of: key).map { ReplicaIndex(UInt16($0)) }
    }

    /// The leader of a view: (epoch + view) mod n, docs/protocol.md [ENTER].
    package func leader(of view: View) -> ReplicaIndex {
        ReplicaIndex(UInt16((epoch.rawValue &+ view.rawValue) % UInt64(keys.count)))
    }

    /// What headers name the set by.
    package func digest(using function: some DigestFunction) -> Digest {
        function.digest(of: self, domain: .validatorSet)
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(epoch)
        encoder.append(list: keys)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        let epoch = try decoder.read(Epoch.self)
        let keys = try decoder.readList(PublicKey.self, countMax: Limits.validatorsMax)
        guard let set = ValidatorSet(epoch: epoch, keys: keys) else {
            throw .invalid(type: "ValidatorSet", reason: "4 to 31 different keys, and an epoch within the limit")
        }
        self = set
    }
}
