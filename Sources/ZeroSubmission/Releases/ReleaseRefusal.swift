package import Credentials
package import Ports

/// Why a vault releases nothing. The order of the cases is that of the checks: the first that fails is the answer
/// (docs/api.md, "Releases").
///
/// The first part concerns the request as a whole; the cases from `certificateSuspended` on concern one item and leave the
/// others as they are.
package enum ReleaseRefusal: String, Error, Sendable, CaseIterable {
    /// A part is not in its canonical form.
    case malformed = "release-malformed"
    /// The request or authorisation is of another network.
    case otherNetwork = "network-mismatch"
    /// The caller is not the department that asked the subject.
    case otherGateway = "other-gateway"
    /// The department did not sign the request.
    case requestSignature = "request-signature-invalid"
    /// The ledger knows no such matter of the department.
    case matterUnknown = "matter-unknown"
    /// The request is made by another version of the matter than the ledger's.
    case matterVersion = "matter-version-not-current"
    /// The service system is not the department's, or may not ask for the matter.
    case matterNotPermitted = "matter-not-permitted"
    /// The request asks for more than the matter's rule needs.
    case beyondMatter = "beyond-matter"
    /// The authorisation answers another request.
    case otherRequest = "authorisation-mismatch"
    /// The authorisation permits more than was asked.
    case beyondRequest = "beyond-request"
    /// The ledger knows no such subject.
    case subjectUnknown = "subject-unknown"
    /// The subject is suspended or deactivated.
    case subjectNotActive = "subject-not-active"
    /// The subject's present key did not sign the authorisation.
    case authorisationSignature = "authorisation-signature-invalid"
    /// The access record is not in a final block that this node holds.
    case accessRecordNotFinal = "access-record-not-final"
    /// The ledger's access record is not the one shown, or not the department's.
    case otherAccessRecord = "access-record-mismatch"
    /// The opening is not what the access record commits to, or does not say what the authorisation says.
    case openingMismatch = "opening-mismatch"
    /// The access was recorded after the authorisation's time; or that is over and an item was not released before.
    case expired = "authorisation-expired"
    /// The sealed identifier does not open with this vault's key for this authorisation.
    case identifierUnreadable = "identifier-unreadable"
    /// The identifier is not what the subject's record commits to.
    case identifierMismatch = "identifier-mismatch"
    /// The access record's head is not in the subject's newest set.
    case headNotInSet = "head-not-in-set"
    /// An item is not in the authorisation.
    case itemNotAuthorised = "item-not-authorised"
    /// An item is asked of another department, or this one does not issue its type.
    case itemNotHeldHere = "item-not-held-here"
    // One item.
    case certificateSuspended = "certificate-suspended"
    case certificateNotYetValid = "certificate-not-yet-valid"
    case certificateExpired = "certificate-expired"
    case certificateRevoked = "certificate-revoked"
    /// A newer certificate took its place, and that one is not here.
    case certificateSuperseded = "certificate-superseded"
    /// The certificate does not have what the question asks about.
    case undecidable = "predicate-undecidable"

    package var text: LocalizedText {
        let (chinese, english): (String, String) =
            switch self {
            case .malformed: ("请求格式不对", "a part of the request is malformed")
            case .otherNetwork: ("不是本网络的请求", "the request is of another network")
            case .otherGateway: ("调用方不是被授权的部门", "the caller is not the department that asked the subject")
            case .requestSignature: ("授权请求的部门签名无效", "the department's signature on the request does not hold")
            case .matterUnknown: ("该部门没有这一事项", "the department has no such matter")
            case .matterVersion: ("事项版本不是现行版本", "the matter's version is not the current one")
            case .matterNotPermitted: ("业务系统无权办理该事项", "the service system may not ask for the matter")
            case .beyondMatter: ("请求超出事项所需的材料", "the request asks for more than the matter needs")
            case .otherRequest: ("授权与请求不符", "the authorisation answers another request")
            case .beyondRequest: ("授权超出请求的范围", "the authorisation permits more than was asked")
            case .subjectUnknown: ("主体未登记", "the subject is not known")
            case .subjectNotActive: ("主体已暂停或注销", "the subject is suspended or deactivated")
            case .authorisationSignature: ("授权的主体签名无效", "the subject's signature on the authorisation does not hold")
            case .accessRecordNotFinal: ("用证记录尚未在账本上最终确认", "the access record is not final")
            case .otherAccessRecord: ("账本上的用证记录与所示不符", "the ledger's access record is another one")
            case .openingMismatch: ("用证记录的内容与承诺不符", "the opening is not what the access record commits to")
            case .expired: ("授权已过期", "the authorisation's time is over")
            case .identifierUnreadable: ("身份标识无法解封", "the sealed identifier does not open here")
            case .identifierMismatch: ("身份标识与登记承诺不符", "the identifier is not the one that was registered")
            case .headNotInSet: ("用证链头不属于该主体", "the access head is not in the subject's set")
            case .itemNotAuthorised: ("该材料未获授权", "the item is not authorised")
            case .itemNotHeldHere: ("该材料不由本部门提供", "the item is not this department's")
            case .certificateSuspended: ("证照已被暂扣", "the certificate is suspended")
            case .certificateNotYetValid: ("证照尚未生效", "the certificate is not valid yet")
            case .certificateExpired: ("证照已过有效期", "the certificate has expired")
            case .certificateRevoked: ("证照已被撤销", "the certificate is revoked")
            case .certificateSuperseded: ("证照已被新版取代", "the certificate was superseded")
            case .undecidable: ("证照中没有判断所需的内容", "the certificate does not hold what the question asks about")
            }
        return LocalizedText(chinese: chinese, english: english)
    }

    package var problem: CaseProblem { CaseProblem(rawValue, text) }

    /// The error for a request that is refused as a whole.
    package var error: ServiceError { .releaseRejected(problem) }

    /// What another vault's refusal means for a case. Only a vault's own word on the release is final; that it was just
    /// started, is busy or did not get the whole request passes.
    package static func error(for document: ProblemDocument) -> ServiceError {
        guard ReleaseRefusal(rawValue: document.code) != nil else { return .vaultUnreachable }
        return .releaseRejected(
            CaseProblem(code: document.code, chinese: document.titleChinese, english: document.title)
        )
    }
}
