package import Primitives

/// A signed ballot. On the wire: the ballot, the signer's index, the signature.
package struct Vote: Hashable, Sendable, CanonicalCodable {
    package let ballot: Ballot
    /// The signer's place in the validator set of the ballot's epoch.
    package let signer: ReplicaIndex
    package let signature: Signature

    package init(ballot: Ballot, signer: ReplicaIndex, signature: Signature) {
        self.ballot = ballot
        self.signer = signer
        self.signature = signature
    }

    package var kind: VoteKind { ballot.kind }
    package var epoch: Epoch { ballot.epoch }
    package var view: View { ballot.view }
    package var parentView: View { ballot.parentView }
    package var payload: Digest { ballot.payload }

    /// Whether the signer is in the set of the vote's epoch and made the signature.
    package func isValid(validators: ValidatorSet, networkDigest: Digest, verifier: any SignatureVerifier) -> Bool {
        guard epoch == validators.epoch, let key = validators.key(of: signer) else { return false }
        return verifier.isValid(signature, of: ballot.signedBytes(networkDigest: networkDigest), by: key)
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(ballot)
        encoder.append(signer)
        encoder.append(signature)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        ballot = try decoder.read()
        signer = try decoder.read()
        signature = try decoder.read()
    }
}
