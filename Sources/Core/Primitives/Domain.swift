/// What a digest or a signature is about: a tag hashed before the content, so that no bytes mean two things.
///
/// `docs/formats.md` lists every tag; a tag is never reused for another content.
package enum Domain: String, Sendable, CaseIterable {
    case header = "zhixin/1/header"
    case transaction = "zhixin/1/transaction"
    case transactionLeaf = "zhixin/1/transaction-leaf"
    case verdicts = "zhixin/1/verdicts"
    case genesis = "zhixin/1/genesis"
    case validatorSet = "zhixin/1/validator-set"
    case notarise = "zhixin/1/vote/notarise"
    case nullify = "zhixin/1/vote/nullify"
    case finalise = "zhixin/1/vote/finalise"
    case certificateCommitment = "zhixin/1/certificate-commitment"
    case subjectCommitment = "zhixin/1/subject-commitment"
    case subjectIdentifier = "zhixin/1/subject-identifier"
    case attestation = "zhixin/1/attestation"
    case accessHead = "zhixin/1/access-head"
    case accessHeadSet = "zhixin/1/access-head-set"
    case accessEntry = "zhixin/1/access-entry"
    case accessCommitment = "zhixin/1/access-commitment"
    case authorisationRequest = "zhixin/1/authorisation-request"
    case authorisation = "zhixin/1/authorisation"
    case release = "zhixin/1/release"
    case statement = "zhixin/1/statement"
    case decisionReceipt = "zhixin/1/decision-receipt"
    case caseCommitment = "zhixin/1/case-commitment"
    case httpRequest = "zhixin/1/http-request"
    case linkHello = "zhixin/1/link-hello"
    case nodeDescriptor = "zhixin/1/node-descriptor"
    case certificateContent = "zhixin/1/certificate-content"
    case definition = "zhixin/1/definition"
    case evidence = "zhixin/1/evidence"
    case equivocation = "zhixin/1/equivocation"
    case proposal = "zhixin/1/proposal"

    /// The bytes to hash or sign for `value`: ULEB128 length of the tag ‖ tag ‖ canonical bytes.
    package func frame<Value: CanonicalCodable>(_ value: Value) -> [UInt8] {
        var encoder = CanonicalEncoder()
        encoder.append(rawValue)
        value.encode(to: &encoder)
        return encoder.bytes
    }

    /// The bytes to hash or sign for content that is already bytes: ULEB128 length of the tag ‖ tag ‖ content.
    package func frame(raw content: [UInt8]) -> [UInt8] {
        var encoder = CanonicalEncoder()
        encoder.append(rawValue)
        encoder.appendRaw(content)
        return encoder.bytes
    }
}
