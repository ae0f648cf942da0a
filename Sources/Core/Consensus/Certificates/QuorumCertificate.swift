package import Primitives

/// A quorum's votes for one ballot: who, as a bitmap, and their signatures in index order.
///
/// On the wire: the ballot, the bitmap, then as many signatures as the bitmap has bits.
package struct QuorumCertificate: Hashable, Sendable, CanonicalCodable {
    /// The smallest quorum there is: 3 of 4.
    package static let signersMin = Limits.validatorsMin - (Limits.validatorsMin - 1) / 3

    package let ballot: Ballot
    package let signers: SignerBitmap
    package let signatures: [Signature]

    package init(ballot: Ballot, signers: SignerBitmap, signatures: [Signature]) {
        self.ballot = ballot
        self.signers = signers
        self.signatures = signatures
    }

    /// The certificate of `votes`, which must be for `ballot` and of different signers.
    init(ballot: Ballot, votes: [Vote], validatorCount: Int) {
        var signers = SignerBitmap(validatorCount: validatorCount)
        let sorted = votes.sorted { $0.signer < $1.signer }
        for vote in sorted {
            precondition(vote.ballot == ballot && !signers.contains(vote.signer), "one vote a signer, for one ballot")
            signers.insert(vote.signer)
        }
        self.init(ballot: ballot, signers: signers, signatures: sorted.map(\.signature))
    }

    package var kind: VoteKind { ballot.kind }
    package var epoch: Epoch { ballot.epoch }
    package var view: View { ballot.view }
    package var parentView: View { ballot.parentView }
    package var payload: Digest { ballot.payload }

    /// The votes it is made of.
    package var votes: [Vote] {
        zip(signers.indices, signatures).map { Vote(ballot: ballot, signer: $0, signature: $1) }
    }

    /// Checks the certificate against the validator set of its epoch: everything that needs no signature check first.
    package func verify(
        validators: ValidatorSet,
        networkDigest: Digest,
        verifier: any SignatureVerifier
    ) throws(CertificateError) {
        try checkShape(validators: validators)
        let message = ballot.signedBytes(networkDigest: networkDigest)
        for (signer, signature) in zip(signers.indices, signatures) {
            guard let key = validators.key(of: signer), verifier.isValid(signature, of: message, by: key) else {
                throw .badSignature(signer: signer)
            }
        }
    }

    /// Checks everything but the signatures.
    func checkShape(validators: ValidatorSet) throws(CertificateError) {
        guard epoch == validators.epoch else { throw .wrongEpoch(found: epoch, expected: validators.epoch) }
        let byteCount = SignerBitmap.byteCount(forValidators: validators.count)
        guard signers.bytes.count == byteCount else {
            throw .bitmapLength(found: signers.bytes.count, expected: byteCount)
        }
        let indices = signers.indices
        if let last = indices.last, !validators.contains(last) { throw .signerOutOfRange(last) }
        guard signatures.count == indices.count else {
            throw .signatureCount(found: signatures.count, expected: indices.count)
        }
        guard indices.count >= validators.quorum else {
            throw .tooFewSigners(found: indices.count, needed: validators.quorum)
        }
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(ballot)
        encoder.append(signers)
        for signature in signatures { encoder.append(signature) }
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        ballot = try decoder.read()
        signers = try decoder.read()
        let count = signers.count
        guard (QuorumCertificate.signersMin...Limits.validatorsMax).contains(count) else {
            throw .invalid(type: "QuorumCertificate", reason: "3 to 31 signers")
        }
        var signatures: [Signature] = []
        signatures.reserveCapacity(count)
        for _ in 0..<count { signatures.append(try decoder.read()) }
        self.signatures = signatures
    }
}
