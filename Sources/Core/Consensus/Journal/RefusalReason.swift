package import Primitives

/// Why a node that holds a voting key does not vote. The order of the cases is their tag on disk.
package enum RefusalReason: Hashable, Sendable, CanonicalCodable {
    /// The key is not the one that the validator set has at this place.
    case keyNotInSet
    /// Peers hold a vote of ours that our journal lacks: it comes from an old backup or was cut, or the key is in use twice.
    case unknownOwnVote(Vote)
    /// The journal is damaged before its tail.
    case damagedJournal
    /// There is a key and no journal.
    case missingJournal
    /// The ledger's protocol version is not known here.
    case unknownProtocolVersion
    /// The key could not sign.
    case signingFailed

    /// Whether it holds for the key for ever: what was forgotten cannot be known again. It is journalled then.
    package var isLasting: Bool {
        switch self {
        case .unknownOwnVote, .damagedJournal, .missingJournal: true
        case .keyNotInSet, .unknownProtocolVersion, .signingFailed: false
        }
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        switch self {
        case .keyNotInSet: encoder.append(UInt8(0))
        case .unknownOwnVote(let vote):
            encoder.append(UInt8(1))
            encoder.append(vote)
        case .damagedJournal: encoder.append(UInt8(2))
        case .missingJournal: encoder.append(UInt8(3))
        case .unknownProtocolVersion: encoder.append(UInt8(4))
        case .signingFailed: encoder.append(UInt8(5))
        }
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        switch try decoder.readUInt8() {
        case 0: self = .keyNotInSet
        case 1: self = .unknownOwnVote(try decoder.read())
        case 2: self = .damagedJournal
        case 3: self = .missingJournal
        case 4: self = .unknownProtocolVersion
        case 5: self = .signingFailed
        case let other: throw .unknownTag(type: "RefusalReason", found: UInt64(other))
        }
    }
}
