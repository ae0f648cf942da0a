package import Primitives

/// What a message sealed to a department (HPKE, RFC 9180) is for and what it belongs to: the two inputs besides the key.
///
/// With other inputs it does not open, so a sealed message is of no use in another place than its own.
package struct SealedPurpose: Hashable, Sendable {
    /// What the message is for.
    package let info: [UInt8]
    /// What it belongs to.
    package let associatedData: [UInt8]

    /// An `IdentifierOpening` for one vault, under the authorisation with this digest.
    package static func identifier(authorisation: Digest) -> SealedPurpose {
        SealedPurpose(info: Array("zhixin/1/seal/identifier".utf8), associatedData: authorisation.bytes)
    }

    /// A `ReleasedEvidence` for the relying department, under one access record.
    package static func evidence(accessRecord: AccessRecordID, item: String) -> SealedPurpose {
        SealedPurpose(
            info: Array("zhixin/1/seal/evidence".utf8),
            associatedData: accessRecord.bytes + Array(item.utf8)
        )
    }
}
