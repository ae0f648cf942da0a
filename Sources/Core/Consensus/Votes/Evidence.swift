package import Primitives

/// Two votes of one validator that no honest validator casts: proof of equivocation.
///
/// The votes are sorted by their bytes, so every node that saw the same two makes the same record; it is verified
/// without any local state.
package struct Evidence: Hashable, Sendable, CanonicalCodable {
    package let first: Vote
    package let second: Vote

    /// The evidence, or nil unless the two votes are of one signer and contradict each other.
    package init?(_ one: Vote, _ other: Vote) {
        guard one.signer == other.signer, one.ballot.contradicts(other.ballot) else { return nil }
        let isInOrder = one.canonicalBytes.lexicographicallyPrecedes(other.canonicalBytes)
        first = isInOrder ? one : other
        second = isInOrder ? other : one
    }

    package var signer: ReplicaIndex { first.signer }
    package var epoch: Epoch { first.epoch }
    package var view: View { first.view }

    /// Whether both signatures are the accused validator's.
    package func isValid(validators: ValidatorSet, networkDigest: Digest, verifier: any SignatureVerifier) -> Bool {
        [first, second].allSatisfy {
            $0.isValid(validators: validators, networkDigest: networkDigest, verifier: verifier)
        }
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(first)
        encoder.append(second)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        let first = try decoder.read(Vote.self)
        let second = try decoder.read(Vote.self)
        guard let evidence = Evidence(first, second), evidence.first == first else {
            throw .invalid(type: "Evidence", reason: "two contradicting votes of one signer, sorted by bytes")
        }
        self = evidence
    }
}
