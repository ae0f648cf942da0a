package import Credentials
package import LedgerModel

/// Why a department's service does not do what it was asked. Texts are safe to show and hold no personal data.
package enum ServiceError: Error, Equatable, Sendable {
    /// What the request says is well-formed and still cannot be; `problem` names the item.
    case requestRejected(CaseProblem)
    /// The ledger knows no such subject.
    case subjectUnknown
    /// Another department attested the subject.
    case subjectOfAnotherDepartment
    /// The ledger knows no such certificate type.
    case certificateTypeUnknown
    /// This department may not issue certificates of the type.
    case certificateTypeNotIssuedHere
    /// This department's vault holds no such certificate.
    case certificateUnknown
    /// The certificate has no field of this name.
    case fieldUnknown(String)
    /// This department issued no such batch.
    case batchUnknown
    /// The name of the batch was used for other rows.
    case batchNameTaken
    /// The status cannot follow the present one.
    case transitionNotAllowed
    /// The ledger knows no such matter, or it is another department's.
    case matterUnknown
    /// The service system may not ask for the matter.
    case matterNotPermitted
    /// There is no such case, or it is not the caller's to see.
    case caseUnknown
    /// The case is past the step that was asked for.
    case caseInOtherState(CaseState)
    /// The request's time is over.
    case caseExpired
    /// As many cases are open as this node holds.
    case tooManyCases
    /// The authorisation or its access record does not hold; `problem` says which check failed.
    case authorisationRejected(CaseProblem)
    /// The vault's check of a release failed; `problem` says which.
    case releaseRejected(CaseProblem)
    /// The ledger refused the transaction.
    case ledgerRefused(Verdict)
    /// The network takes no transaction now; later it will.
    case ledgerBusy
    /// The transaction was sent and is not final yet: ask again with the same request.
    case notFinalInTime
    /// Another department's vault does not answer.
    case vaultUnreachable
    /// This node's own vault cannot be read or written.
    case vaultFailed

    /// The stable name of the problem.
    package var code: String {
        switch self {
        case .requestRejected(let problem), .authorisationRejected(let problem), .releaseRejected(let problem):
            problem.code
        case .subjectUnknown: "subject-unknown"
        case .subjectOfAnotherDepartment: "subject-of-another-department"
        case .certificateTypeUnknown: "certificate-type-unknown"
        case .certificateTypeNotIssuedHere: "certificate-type-not-issued-here"
        case .certificateUnknown: "certificate-unknown"
        case .fieldUnknown: "field-unknown"
        case .batchUnknown: "batch-unknown"
        case .batchNameTaken: "batch-name-taken"
        case .transitionNotAllowed: "transition-not-allowed"
        case .matterUnknown: "matter-unknown"
        case .matterNotPermitted: "matter-not-permitted"
        case .caseUnknown: "case-unknown"
        case .caseInOtherState: "case-in-other-state"
        case .caseExpired: "case-expired"
        case .tooManyCases: "too-many-cases"
        case .ledgerRefused: "ledger-refused"
        case .ledgerBusy: "ledger-busy"
        case .notFinalInTime: "not-final-in-time"
        case .vaultUnreachable: "vault-unreachable"
        case .vaultFailed: "vault-failed"
        }
    }

    /// What it means for a person, in English and Chinese.
    package var text: (english: String, chinese: String) {
        switch self {
        case .requestRejected(let problem), .authorisationRejected(let problem), .releaseRejected(let problem):
            (problem.english, problem.chinese)
        case .subjectUnknown: ("The subject is not known.", "主体未登记。")
        case .subjectOfAnotherDepartment: ("Another department attested the subject.", "该主体由其他部门认证。")
        case .certificateTypeUnknown: ("The certificate type is not known.", "证照类型不存在。")
        case .certificateTypeNotIssuedHere: ("This department does not issue the type.", "本部门不签发该类型证照。")
        case .certificateUnknown: ("The certificate is not known.", "证照不存在。")
        case .fieldUnknown: ("The certificate has no such field.", "证照没有该字段。")
        case .batchUnknown: ("The batch is not known.", "批次不存在。")
        case .batchNameTaken: ("The batch's name was used for other rows.", "批次编号已用于其他数据。")
        case .transitionNotAllowed: ("The status cannot follow the present one.", "当前状态不允许这样变更。")
        case .matterUnknown: ("The matter is not known here.", "本部门没有该政务服务事项。")
        case .matterNotPermitted: ("The service system may not ask for this matter.", "业务系统无权办理该事项。")
        case .caseUnknown: ("The case is not known.", "办件不存在。")
        case .caseInOtherState: ("The case is past this step.", "办件已进入其他步骤。")
        case .caseExpired: ("The request's time is over.", "授权请求已过期。")
        case .tooManyCases: ("Too many cases are open; try again later.", "未完成的办件过多，请稍后再试。")
        case .ledgerRefused: ("The ledger refused the transaction.", "账本拒绝了该交易。")
        case .ledgerBusy: ("The network is busy; try again.", "网络繁忙，请稍后再试。")
        case .notFinalInTime: ("Sent and not final yet; ask again.", "已提交，尚未最终确认，请再次查询。")
        case .vaultUnreachable: ("Another department's vault does not answer.", "其他部门的证照库没有应答。")
        case .vaultFailed: ("The vault cannot be used now.", "证照库暂时无法使用。")
        }
    }

    /// What it was this time, for the detail of a problem document; nil when the code says all.
    package var detail: String? {
        switch self {
        case .fieldUnknown(let name): name
        case .caseInOtherState(let state): state.rawValue
        default: nil
        }
    }
}
