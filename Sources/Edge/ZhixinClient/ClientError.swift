package import Credentials
package import LedgerModel
package import Primitives
package import ZhixinVerify

/// Why a node's help was not to be had, or not to be believed.
package enum ClientError: Error, Equatable, Sendable {
    /// Not the address of a node.
    case addressInvalid(String)
    /// No answer came, in as many attempts as were made.
    case transport(TransportError, address: String)
    /// The node refused, and says why.
    case problem(ProblemDocument)
    /// The node refused without saying why in a form that is known.
    case unexpectedStatus(Int, target: String)
    /// The answer is not what the route gives.
    case answerMalformed(target: String, reason: String)
    /// The node belongs to another network than the pinned one.
    case otherNetwork(found: Digest, expected: Digest)
    /// The node speaks for another department than the caller meant.
    case otherDepartment(found: DepartmentID, expected: DepartmentID)
    /// The record's proof does not hold.
    case proof(RecordProofError)
    /// The proof is too old to speak for the present.
    case notFresh(FreshnessError)
    /// Blocks that do not continue the chain.
    case chain(HeaderChainError)
    /// A block whose transactions are not those that its header names.
    case blockBody(Height)
    /// The request could not be signed.
    case signing(reason: String)

    /// Whether the same request may succeed later.
    package var isTransient: Bool {
        switch self {
        case .transport(let error, _): error != .certificateNotPinned && error != .cancelled
        case .problem(let document): document.status == 429 || document.status == 503
        case .notFresh: true
        default: false
        }
    }

    /// Whether the node refused before it did anything, as one does that has just started.
    var wasNotTaken: Bool {
        if case .problem(let document) = self { document.code == "not-ready" } else { false }
    }

    /// A stable code.
    package var code: String {
        switch self {
        case .addressInvalid: "address-invalid"
        case .transport(.timeout, _): "node-timeout"
        case .transport(.certificateNotPinned, _): "certificate-not-pinned"
        case .transport(.answerTooLong, _): "answer-too-long"
        case .transport: "node-unreachable"
        case .problem(let document): document.code
        case .unexpectedStatus: "unexpected-status"
        case .answerMalformed: "answer-malformed"
        case .otherNetwork: "other-network"
        case .otherDepartment: "other-department"
        case .proof(let error): error.code
        case .notFresh(let error): error.code
        case .chain: "chain-broken"
        case .blockBody: "block-body"
        case .signing: "signing-failed"
        }
    }

    /// What happened and what to do, for people. It never holds personal data.
    package var reason: LocalizedText {
        switch self {
        case .addressInvalid(let text):
            LocalizedText(
                chinese: "不是节点地址：\(text.prefix(80))",
                english: "not the address of a node: \(text.prefix(80))"
            )
        case .transport(.timeout, let address):
            LocalizedText(chinese: "\(address) 未在限时内答复", english: "\(address) did not answer in time")
        case .transport(.certificateNotPinned, let address):
            LocalizedText(
                chinese: "\(address) 出示的证书与固定的不符，已中止",
                english: "\(address) shows another certificate than the pinned one"
            )
        case .transport(.answerTooLong(let limit), let address):
            LocalizedText(
                chinese: "\(address) 的答复超过 \(limit) 字节",
                english: "\(address) answers more than \(limit) bytes"
            )
        case .transport(_, let address):
            LocalizedText(
                chinese: "无法连接 \(address)，请检查节点是否运行",
                english: "\(address) cannot be reached; is the node up?"
            )
        case .problem(let document):
            LocalizedText(
                chinese: document.titleChinese + (document.detail.map { "（\($0)）" } ?? ""),
                english: ClientError.sentence(document)
            )
        case .unexpectedStatus(let status, _):
            LocalizedText(chinese: "节点答复 HTTP \(status)", english: "the node answered HTTP \(status)")
        case .answerMalformed:
            LocalizedText(chinese: "节点的答复格式有误", english: "the node's answer is malformed")
        case .otherNetwork:
            LocalizedText(chinese: "节点属于另一个网络", english: "the node belongs to another network")
        case .otherDepartment(let found, let expected):
            LocalizedText(
                chinese: "节点属于部门 \(found)，应为 \(expected)",
                english: "the node is department \(found)'s, not \(expected)'s"
            )
        case .proof, .chain, .blockBody:
            LocalizedText(
                chinese: "节点的答复没有通过验证，不可采信",
                english: "the node's answer does not verify and must not be believed"
            )
        case .notFresh:
            LocalizedText(
                chinese: "节点的账本太旧，或本机时钟有误",
                english: "the node's ledger is out of date, or this machine's clock is wrong"
            )
        case .signing(let reason):
            LocalizedText(chinese: "签名失败：\(reason)", english: "signing failed: \(reason)")
        }
    }

    private static func sentence(_ document: ProblemDocument) -> String {
        guard let detail = document.detail else { return document.title }
        return "\(document.title.hasSuffix(".") ? String(document.title.dropLast()) : document.title): \(detail)"
    }
}
