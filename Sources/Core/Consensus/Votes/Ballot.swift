package import Primitives

/// What a vote says, without who says it.
///
/// On the wire: the kind, epoch and view; for `notarise` and `finalise` also parent view and payload.
package struct Ballot: Hashable, Sendable, CanonicalCodable {
    package let kind: VoteKind
    package let epoch: Epoch
    /// From 1.
    package let view: View
    /// The view whose block this one extends, below `view`; 0, and not on the wire, for `nullify`.
    package let parentView: View
    /// The digest of the block; all zero, and not on the wire, for `nullify`.
    package let payload: Digest

    private init(kind: VoteKind, epoch: Epoch, view: View, parentView: View, payload: Digest) {
        self.kind = kind
        self.epoch = epoch
        self.view = view
        self.parentView = parentView
        self.payload = payload
    }

    package static func notarise(epoch: Epoch, view: View, parentView: View, payload: Digest) -> Ballot {
        Ballot(kind: .notarise, epoch: epoch, view: view, parentView: parentView, payload: payload)
    }

    package static func nullify(epoch: Epoch, view: View) -> Ballot {
        Ballot(kind: .nullify, epoch: epoch, view: view, parentView: .zero, payload: .zero)
    }

    package static func finalise(epoch: Epoch, view: View, parentView: View, payload: Digest) -> Ballot {
        Ballot(kind: .finalise, epoch: epoch, view: view, parentView: parentView, payload: payload)
    }

    /// Whether the views are in order and within their limits; what was decoded always is.
    package var isWellFormed: Bool {
        view > .zero && view <= ConsensusLimits.viewMax && epoch <= ConsensusLimits.epochMax && parentView < view
    }

    /// Whether the same signer may never cast both: two ballots of one kind that differ, or a finalise beside a
    /// nullify, in one view ([NOTARISE-ONCE], [FINALISE-XOR-NULLIFY]).
    package func contradicts(_ other: Ballot) -> Bool {
        guard epoch == other.epoch, view == other.view else { return false }
        if kind == other.kind { return self != other }
        return kind != .notarise && other.kind != .notarise
    }

    /// The bytes that are signed: the kind's tag, then network digest, epoch, view and, for `notarise` and `finalise`,
    /// parent view and payload.
    package func signedBytes(networkDigest: Digest) -> [UInt8] {
        var encoder = CanonicalEncoder(capacity: 128)
        encoder.append(kind.domain.rawValue)
        encoder.append(networkDigest)
        encodeContent(to: &encoder)
        return encoder.bytes
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(kind.rawValue)
        encodeContent(to: &encoder)
    }

    private func encodeContent(to encoder: inout CanonicalEncoder) {
        encoder.append(epoch)
        encoder.append(view)
        guard kind != .nullify else { return }
        encoder.append(parentView)
        encoder.append(payload)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        let tag = try decoder.readUInt8()
        guard let kind = VoteKind(rawValue: tag) else { throw .unknownTag(type: "VoteKind", found: UInt64(tag)) }
        self.kind = kind
        epoch = try decoder.read()
        view = try decoder.read()
        parentView = kind == .nullify ? .zero : try decoder.read(View.self)
        payload = kind == .nullify ? .zero : try decoder.readDigest()
        guard isWellFormed else { throw .invalid(type: "Ballot", reason: "views out of order or over the limit") }
    }
}
