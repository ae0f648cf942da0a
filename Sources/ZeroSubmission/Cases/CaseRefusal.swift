package import Credentials
import LedgerModel
package import Ports

/// Why a gateway does not take a subject's authorisation. The order of the cases is that of the checks: the first that fails is
/// the answer (docs/api.md, "Authorisations").
package enum CaseRefusal: String, Sendable, CaseIterable {
    /// A part is not in its canonical form.
    case malformed = "authorisation-malformed"
    /// The authorisation is of another network.
    case otherNetwork = "network-mismatch"
    /// The authorisation answers another request than this case's.
    case otherRequest = "authorisation-mismatch"
    /// The authorisation permits more than was asked.
    case beyondRequest = "beyond-request"
    /// The time of the request or the authorisation is over.
    case expired = "authorisation-expired"
    /// The ledger knows no such subject.
    case subjectUnknown = "subject-unknown"
    /// The subject is suspended or deactivated.
    case subjectNotActive = "subject-not-active"
    /// The subject's present key did not sign.
    case signature = "authorisation-signature-invalid"
    /// The authorisation's nonce was used before.
    case reused = "authorisation-reused"
    /// The opening is not what the access record commits to, or does not say what the authorisation says.
    case openingMismatch = "opening-mismatch"
    /// The head's key did not sign the access record for this department and nonce.
    case accessRecordSignature = "access-record-signature-invalid"
    /// The access record does not continue its head.
    case headOutOfOrder = "access-head-out-of-order"
    /// No sealed identifier for a vault that has to be asked.
    case identifierMissing = "sealed-identifier-missing"

    package var text: LocalizedText {
        let (chinese, english): (String, String) =
            switch self {
            case .malformed: ("授权的格式不对", "a part of the authorisation is malformed")
            case .otherNetwork: ("不是本网络的授权", "the authorisation is of another network")
            case .otherRequest: ("授权与请求不符", "the authorisation answers another request")
            case .beyondRequest: ("授权超出请求的范围", "the authorisation permits more than was asked")
            case .expired: ("授权已过期", "the authorisation's time is over")
            case .subjectUnknown: ("主体未登记", "the subject is not known")
            case .subjectNotActive: ("主体已暂停或注销", "the subject is suspended or deactivated")
            case .signature: ("授权的主体签名无效", "the subject's signature does not hold")
            case .reused: ("该授权已使用过", "the authorisation was used before")
            case .openingMismatch: ("用证记录的内容与承诺不符", "the opening is not what the access record commits to")
            case .accessRecordSignature: ("用证记录的链头签名无效", "the head's signature on the access record does not hold")
            case .headOutOfOrder: ("用证记录与链头的序号不衔接", "the access record does not continue its head")
            case .identifierMissing: ("缺少给某部门证照库的身份标识", "no sealed identifier for a vault that has to be asked")
            }
        return LocalizedText(chinese: chinese, english: english)
    }

    package var problem: CaseProblem { CaseProblem(rawValue, text) }

    package var error: ServiceError { .authorisationRejected(problem) }
}

extension Verdict {
    /// What the ledger's refusal of an access record means for its case.
    var accessRefusal: CaseRefusal? {
        switch self {
        case .repeated: .reused
        case .expired, .expiryTooFar: .expired
        case .accessHeadOfOtherDepartment, .accessCountOutOfOrder, .accessEntryMismatch: .headOutOfOrder
        case .signatureInvalid: .accessRecordSignature
        default: nil
        }
    }
}
