package import Primitives

/// Why a header does not continue a chain. Each case says what was found and what the header before it asks for.
package enum HeaderChainError: Error, Equatable, Sendable {
    /// Network, protocol version, epoch or validator set, or the certificate.
    case header(HeaderError)
    /// A block is missing or repeated.
    case height(found: Height, expected: Height)
    /// The header names another parent than the block before it.
    case parent(found: Digest, expected: Digest)
    /// The header's history root is not that over the headers before it.
    case historyRoot(found: Digest, expected: Digest)
    /// The header is of another epoch than the one before it asks for.
    case epoch(found: Epoch, expected: Epoch)
    /// The view does not go up within the epoch.
    case view(found: View, previous: View)
    /// The time does not go up ([TIME]).
    case timestamp(found: Timestamp, previous: Timestamp)
    /// The proposer is not the view's leader ([ENTER]).
    case proposer(found: ReplicaIndex, leader: ReplicaIndex)
    /// The register shrank: positions are never given up.
    case registerSize(found: UInt64, previous: UInt64)
    /// The signers named another parent view than the view of the block before.
    case certificateParentView(found: View, expected: View)
    /// Nothing certifies the newest headers: a block is final with a certificate of its own or of a descendant.
    case notCertified(newest: Height, newestCertified: Height)
}
