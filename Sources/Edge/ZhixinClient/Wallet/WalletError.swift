package import Credentials
package import LedgerModel
package import Primitives

/// Why a wallet does not do what it is asked: it never signs what it has not checked.
package enum WalletError: Error, Equatable, Sendable {
    // The request.
    case requestMalformed(reason: String)
    case otherNetwork
    case departmentUnknown(DepartmentID)
    /// The asking department did not sign the request.
    case requestNotSigned
    case serviceUnknown(ServiceSystemID)
    /// The service system does not belong to the asking department, or may not ask for the matter.
    case serviceNotPermitted(service: Code, matter: String)
    case matterUnknown(String)
    case matterVersion(found: UInt32, current: UInt32)
    /// The asking department does not decide the matter.
    case matterOfOtherDepartment
    /// The purpose shown is not the matter's.
    case purposeDiffers
    /// An item that the matter's rule does not need, or from a department that may not issue it.
    case itemNotPermitted(String)
    case requestExpired(Timestamp)
    // The subject.
    case notRegistered
    case subjectNotActive(SubjectStatus)
    /// The ledger names another key: this wallet's was replaced.
    case keyReplaced
    /// The ledger commits to another head set than this wallet's.
    case headSetDiffers
    /// The wallet does not know whose it is.
    case identifierMissing
    /// The identifier is not the one that was registered.
    case identifierDiffers
    // The head.
    case noHeadLeft(DepartmentID)
    /// The node shows fewer uses than this wallet made.
    case headHidden(known: UInt64, shown: UInt64)
    /// The head stands with another department on the ledger.
    case headOfOtherDepartment
    case definitionUnknown(String)
    case cryptography(reason: String)

    /// A stable code.
    package var code: String {
        switch self {
        case .requestMalformed: "request-malformed"
        case .otherNetwork: "other-network"
        case .departmentUnknown: "department-unknown"
        case .requestNotSigned: "request-not-signed"
        case .serviceUnknown: "service-unknown"
        case .serviceNotPermitted: "service-not-permitted"
        case .matterUnknown: "matter-unknown"
        case .matterVersion: "matter-version"
        case .matterOfOtherDepartment: "matter-of-other-department"
        case .purposeDiffers: "purpose-differs"
        case .itemNotPermitted: "item-not-permitted"
        case .requestExpired: "request-expired"
        case .notRegistered: "not-registered"
        case .subjectNotActive: "subject-not-active"
        case .keyReplaced: "key-replaced"
        case .headSetDiffers: "head-set-differs"
        case .identifierMissing: "identifier-missing"
        case .identifierDiffers: "identifier-differs"
        case .noHeadLeft: "no-head-left"
        case .headHidden: "head-hidden"
        case .headOfOtherDepartment: "head-of-other-department"
        case .definitionUnknown: "definition-unknown"
        case .cryptography: "cryptography"
        }
    }

    /// What is wrong and what to do, for people.
    package var reason: LocalizedText {
        switch self {
        case .requestMalformed(let reason):
            LocalizedText(chinese: "授权请求格式有误：\(reason)", english: "the request is malformed: \(reason)")
        case .otherNetwork:
            LocalizedText(chinese: "请求属于另一个网络，未签名", english: "the request is of another network; nothing was signed")
        case .departmentUnknown, .serviceUnknown:
            LocalizedText(
                chinese: "创世文件中没有这个部门或业务系统，未签名",
                english: "genesis knows no such department or service; nothing was signed"
            )
        case .requestNotSigned:
            LocalizedText(
                chinese: "请求上没有该部门的有效签名，可能是伪造的，未签名",
                english: "the department did not sign this request; it may be forged; nothing was signed"
            )
        case .serviceNotPermitted(let service, let matter):
            LocalizedText(
                chinese: "业务系统 \(service) 无权申请事项 \(matter)，未签名",
                english: "service \(service) may not ask for \(matter); nothing was signed"
            )
        case .matterUnknown(let code):
            LocalizedText(chinese: "账本中没有事项 \(code)，未签名", english: "the ledger has no matter \(code)")
        case .matterVersion(let found, let current):
            LocalizedText(
                chinese: "请求依据事项第 \(found) 版，现行为第 \(current) 版，未签名",
                english: "the request is by version \(found) of the matter, and \(current) is current"
            )
        case .matterOfOtherDepartment:
            LocalizedText(chinese: "该事项不由请求部门办理，未签名", english: "the asking department does not decide this matter")
        case .purposeDiffers:
            LocalizedText(chinese: "请求所写用途与事项规定不符，未签名", english: "the stated purpose is not the matter's")
        case .itemNotPermitted(let item):
            LocalizedText(
                chinese: "请求的 \(item) 超出事项所需，未签名",
                english: "\(item) is more than the matter needs; nothing was signed"
            )
        case .requestExpired:
            LocalizedText(chinese: "请求已过期，请在窗口重新发起", english: "the request has expired; ask for a new one")
        case .notRegistered:
            LocalizedText(
                chinese: "本钱包尚未登记。请执行 zhixin wallet show --registration，并到窗口办理",
                english:
                    "this wallet is not registered; take the output of zhixin wallet show --registration to a counter"
            )
        case .subjectNotActive(let status):
            LocalizedText(chinese: "主体状态为 \(status)，不能授权", english: "the subject is \(status) and cannot authorise")
        case .keyReplaced:
            LocalizedText(
                chinese: "账本上的密钥已更换，本钱包的密钥不再有效",
                english: "the ledger names another key; this wallet's is no longer valid"
            )
        case .headSetDiffers:
            LocalizedText(
                chinese: "账本承诺的用证链头与本钱包不符",
                english: "the ledger commits to another set of access heads than this wallet's"
            )
        case .identifierMissing:
            LocalizedText(
                chinese: "钱包不知道证件号码。请加 --identifier 一次，之后会记住",
                english: "the wallet does not know the identifier; give --identifier once"
            )
        case .identifierDiffers:
            LocalizedText(
                chinese: "证件号码与登记时的承诺不符",
                english: "the identifier is not the one that was registered"
            )
        case .noHeadLeft:
            LocalizedText(chinese: "没有可用于该部门的链头", english: "there is no access head for this department")
        case .headHidden(let known, let shown):
            LocalizedText(
                chinese: "节点只出示 \(shown) 次用证，本钱包已知 \(known) 次。节点落后或隐瞒，未签名",
                english:
                    "the node shows \(shown) uses and this wallet made \(known); it lags or hides; nothing was signed"
            )
        case .headOfOtherDepartment:
            LocalizedText(chinese: "链头已用于其他部门", english: "the head is another department's on the ledger")
        case .definitionUnknown(let code):
            LocalizedText(chinese: "无法理解 \(code) 的定义", english: "the definition of \(code) is not understood")
        case .cryptography(let reason):
            LocalizedText(chinese: "密码运算失败：\(reason)", english: "a cryptographic operation failed: \(reason)")
        }
    }
}
