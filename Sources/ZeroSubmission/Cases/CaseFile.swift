package import Credentials
package import LedgerModel
package import Primitives

/// One case as its gateway keeps it, from the request to the decision.
package struct CaseFile: Hashable, Sendable, CanonicalCodable {
    /// 32 random bytes; also the case's id on the ledger.
    package let id: Digest
    /// The service system that opened it.
    package let service: ServiceSystemID
    /// The service system's own number for it, shown to nobody.
    package let reference: String?
    /// What the subject was asked.
    package let request: Signed<AuthorisationRequest>
    package var stage: CaseStage

    package init(
        id: Digest,
        service: ServiceSystemID,
        reference: String?,
        request: Signed<AuthorisationRequest>,
        stage: CaseStage
    ) {
        self.id = id
        self.service = service
        self.reference = reference
        self.request = request
        self.stage = stage
    }

    /// Whether nothing will change any more.
    package var isFinished: Bool {
        switch stage {
        case .awaitingAuthorisation, .recording, .collecting, .concluding: false
        case .decided, .failed: true
        }
    }

    /// What the subject sent, once it did.
    package var submission: CaseSubmission? {
        switch stage {
        case .awaitingAuthorisation: nil
        case .recording(let submission), .collecting(let submission, _): submission
        case .concluding(let submission, _), .decided(let submission, _, _, _): submission
        case .failed(let submission, _): submission
        }
    }

    /// The state as callers see it.
    package var state: CaseState {
        switch stage {
        case .awaitingAuthorisation: .awaitingAuthorisation
        case .recording: .recording
        case .collecting, .concluding: .collecting
        case .decided: .decided
        case .failed: .failed
        }
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(id)
        encoder.append(service)
        encoder.append(reference != nil)
        if let reference { encoder.append(reference) }
        encoder.append(request)
        encoder.append(stage)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        id = try decoder.readDigest()
        service = try decoder.read()
        reference = try decoder.readBool() ? decoder.readString(countMax: 64) : nil
        request = try decoder.read()
        stage = try decoder.read()
    }
}

/// Where a case stands and what is known there. Each case names the moves allowed from it; from any but the last two a case
/// can move to `failed`.
package enum CaseStage: Hashable, Sendable {
    /// → recording.
    case awaitingAuthorisation
    /// The access record's transaction is signed and kept. → collecting, when it is final.
    case recording(CaseSubmission)
    /// The vaults are asked; the access record is in the block of this height. → concluding.
    case collecting(CaseSubmission, Height)
    /// Decided and kept, not yet carried out. → decided, when the receipt's commitment is final.
    case concluding(CaseSubmission, Conclusion)
    /// The commitment to the receipt is in the block of this height; `issued` is the certificate that the decision brought.
    case decided(CaseSubmission, Conclusion, issued: Digest?, Height)
    case failed(CaseSubmission?, StoredProblem)
}

extension CaseStage: CanonicalCodable {
    package func encode(to encoder: inout CanonicalEncoder) {
        switch self {
        case .awaitingAuthorisation: encoder.appendLength(0)
        case .recording(let submission):
            encoder.appendLength(1)
            encoder.append(submission)
        case .collecting(let submission, let height):
            encoder.appendLength(2)
            encoder.append(submission)
            encoder.append(height)
        case .concluding(let submission, let conclusion):
            encoder.appendLength(3)
            encoder.append(submission)
            encoder.append(conclusion)
        case .decided(let submission, let conclusion, let issued, let height):
            encoder.appendLength(4)
            encoder.append(submission)
            encoder.append(conclusion)
            encoder.append(optional: issued)
            encoder.append(height)
        case .failed(let submission, let problem):
            encoder.appendLength(5)
            encoder.append(optional: submission)
            encoder.append(problem)
        }
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        switch try decoder.readLength(max: Int(UInt8.max)) {
        case 0: self = .awaitingAuthorisation
        case 1: self = .recording(try decoder.read())
        case 2: self = .collecting(try decoder.read(), try decoder.read())
        case 3: self = .concluding(try decoder.read(), try decoder.read())
        case 4:
            self = .decided(
                try decoder.read(),
                try decoder.read(),
                issued: try decoder.readOptional(),
                try decoder.read()
            )
        case 5: self = .failed(try decoder.readOptional(), try decoder.read())
        case let other: throw .unknownTag(type: "CaseStage", found: UInt64(other))
        }
    }
}
