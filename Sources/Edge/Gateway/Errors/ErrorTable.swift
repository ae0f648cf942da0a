import Credentials
import LedgerModel
import Ports
import Primitives

/// One row of the error table: what a refusal is in HTTP.
struct ErrorRow {
    let status: Int
    let code: String
    let english: String
    let chinese: String
    /// After how many seconds trying again can help.
    let retryAfterSeconds: Int?

    init(_ status: Int, _ code: String, _ english: String, _ chinese: String, retryAfterSeconds: Int? = nil) {
        self.status = status
        self.code = code
        self.english = english
        self.chinese = chinese
        self.retryAfterSeconds = retryAfterSeconds
    }
}

/// The only place that knows status codes: each refusal's status, code and texts.
extension Refusal {
    var row: ErrorRow {
        switch self {
        case .service(let error): error.row
        case .authenticationMissing, .authenticationMalformed, .callerUnknown, .authenticationExpired,
            .signatureInvalid,
            .authenticationRepeated, .nonceCacheFull, .roleNotAllowed, .notYourOwn:
            authenticationRow
        case .overloaded, .routeUnknown, .methodNotAllowed, .encryptionRequired, .queryMalformed, .parameterMalformed,
            .contentTypeUnsupported, .bodyTooLarge, .bodyTooSlow, .bodyBroken:
            requestRow
        default: contentRow
        }
    }

    private var requestRow: ErrorRow {
        switch self {
        case .overloaded:
            ErrorRow(503, "overloaded", "Too many requests at once.", "请求过多，请稍后再试。", retryAfterSeconds: 1)
        case .methodNotAllowed:
            ErrorRow(405, "method-not-allowed", "The route has other methods.", "该地址不支持此方法。")
        case .encryptionRequired:
            ErrorRow(403, "encryption-required", "This route is for HTTPS.", "该地址只能通过 HTTPS 访问。")
        case .queryMalformed:
            ErrorRow(400, "query-malformed", "The query has a parameter that is not allowed.", "查询参数不正确。")
        case .parameterMalformed:
            ErrorRow(400, "parameter-malformed", "A part of the path is malformed.", "地址中的参数不正确。")
        case .contentTypeUnsupported:
            ErrorRow(415, "content-type-unsupported", "The body is of another type.", "请求体类型不正确。")
        case .bodyTooLarge:
            ErrorRow(413, "body-too-large", "The body is over the route's limit.", "请求体超过该地址的上限。")
        case .bodyTooSlow:
            ErrorRow(408, "body-too-slow", "The body did not arrive in time.", "请求体未在规定时间内到达。")
        case .bodyBroken:
            ErrorRow(400, "body-broken", "The body ended early.", "请求体不完整。")
        default:
            ErrorRow(404, "route-unknown", "There is nothing here.", "没有这个地址。")
        }
    }

    private var authenticationRow: ErrorRow {
        switch self {
        case .authenticationMalformed:
            ErrorRow(401, "authentication-malformed", "The proof of who asks is malformed.", "身份证明格式不正确。")
        case .callerUnknown:
            ErrorRow(401, "caller-unknown", "The caller is not known here.", "调用方未登记。")
        case .authenticationExpired:
            ErrorRow(401, "authentication-expired", "The request's time is outside the window.", "请求时间已过期。")
        case .signatureInvalid:
            ErrorRow(401, "signature-invalid", "The signature does not hold.", "签名无效。")
        case .authenticationRepeated:
            ErrorRow(401, "authentication-repeated", "The nonce was used before.", "请求重复。")
        case .nonceCacheFull:
            ErrorRow(
                503,
                "authentication-overloaded",
                "Too many signed requests.",
                "签名请求过多，请稍后再试。",
                retryAfterSeconds: 5
            )
        case .roleNotAllowed:
            ErrorRow(403, "role-not-allowed", "The caller's role may not do this.", "调用方角色无权访问。")
        case .notYourOwn:
            ErrorRow(403, "not-your-own", "This is someone else's.", "只能访问本人的数据。")
        default:
            ErrorRow(401, "authentication-missing", "This route asks for a signed request.", "该地址要求签名请求。")
        }
    }

    private var contentRow: ErrorRow {
        switch self {
        case .jsonDuplicateKey:
            ErrorRow(400, "json-duplicate-key", "An object names a member twice.", "JSON 对象中有重复的键。")
        case .jsonMalformed: ErrorRow(400, "json-malformed", "The body is not JSON.", "请求体不是合法的 JSON。")
        case .jsonShape: ErrorRow(400, "json-shape", "The JSON is of another shape.", "JSON 结构不符合要求。")
        case .transactionMalformed:
            ErrorRow(400, "transaction-malformed", "The bytes are no transaction.", "请求体不是合法的交易。")
        case .transactionRefused:
            ErrorRow(422, "transaction-refused", "The ledger's rules refuse the transaction.", "交易不符合账本规则。")
        case .transactionUnknown: ErrorRow(404, "transaction-unknown", "The transaction is not known.", "交易不存在。")
        case .blockUnknown: ErrorRow(404, "block-unknown", "There is no such block yet.", "区块不存在。")
        case .certificateUnknown: ErrorRow(404, "certificate-unknown", "The certificate is not known.", "证照不存在。")
        case .subjectUnknown: ErrorRow(404, "subject-unknown", "The subject is not known.", "主体未登记。")
        case .accessHeadUnknown: ErrorRow(404, "access-head-unknown", "The head is not known.", "用证链头不存在。")
        case .matterUnknown: ErrorRow(404, "matter-unknown", "The matter is not known.", "政务服务事项不存在。")
        case .representationUnsupported:
            ErrorRow(406, "representation-unsupported", "There is no such representation.", "不支持所要求的格式。")
        case .ledgerBusy:
            ErrorRow(429, "ledger-busy", "The network is busy.", "网络繁忙，请稍后再试。", retryAfterSeconds: 1)
        case .notReady:
            ErrorRow(503, "not-ready", "This node is not ready yet.", "本节点尚未就绪。", retryAfterSeconds: 2)
        default:
            ErrorRow(500, "store-failed", "This node cannot read its ledger.", "本节点无法读取账本。")
        }
    }

    /// What it was this time; never personal data.
    var detail: String? {
        switch self {
        case .methodNotAllowed(let methods): methods.joined(separator: ", ")
        case .queryMalformed(let name), .parameterMalformed(let name): name
        case .contentTypeUnsupported(let expected): expected
        case .bodyTooLarge(let limit): "\(limit)"
        case .authenticationMalformed(let header): header
        case .jsonDuplicateKey(let offset): "offset \(offset)"
        case .jsonMalformed(let error): "\(error)"
        case .jsonShape(let error): error.sentence
        case .transactionMalformed(let error): "\(error)"
        case .service(let error): error.detail
        default: nil
        }
    }

    /// The ledger's verdict, where there is one.
    var verdict: Verdict? {
        switch self {
        case .transactionRefused(let verdict), .service(.ledgerRefused(let verdict)): verdict
        default: nil
        }
    }
}

extension ServiceError {
    fileprivate var row: ErrorRow {
        ErrorRow(status, code, text.english, text.chinese, retryAfterSeconds: retryAfterSeconds)
    }

    private var status: Int {
        switch self {
        case .requestRejected, .fieldUnknown, .authorisationRejected, .ledgerRefused: 422
        case .subjectUnknown, .certificateTypeUnknown, .certificateUnknown, .batchUnknown, .matterUnknown, .caseUnknown:
            404
        case .subjectOfAnotherDepartment, .certificateTypeNotIssuedHere, .matterNotPermitted, .releaseRejected: 403
        case .batchNameTaken, .transitionNotAllowed, .caseInOtherState: 409
        case .caseExpired: 410
        case .tooManyCases, .ledgerBusy: 429
        case .vaultUnreachable: 502
        case .vaultFailed: 503
        case .notFinalInTime: 504
        }
    }

    private var retryAfterSeconds: Int? {
        switch self {
        case .tooManyCases: 30
        case .ledgerBusy, .notFinalInTime, .vaultUnreachable: 1
        case .vaultFailed: 5
        default: nil
        }
    }
}

extension JSONShapeError {
    /// The error in a sentence for whoever sent the JSON.
    fileprivate var sentence: String {
        switch self {
        case .missing(let path): "\(path) is missing"
        case .wrongKind(let path, let expected, let found): "\(path) is \(found), not \(expected)"
        case .unknownName(let path): "\(path) is not known"
        case .notAllowed(let path, let reason): "\(path): \(reason)"
        }
    }
}
