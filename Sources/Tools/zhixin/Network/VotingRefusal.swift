import Consensus

/// Why a node with a voting key does not vote, and what to do about it.
struct VotingRefusal {
    /// The reason's name, as `GET /v1/status` and the log have it.
    let name: String
    let chinese: String
    let english: String

    init(_ reason: RefusalReason) { self.init(named: "\(reason)") }

    /// - Parameter text: what a node's status says, which a newer node may say in words unknown here.
    init(named text: String) {
        name = String(text.prefix { $0 != "(" })
        let renewal = (
            chinese: "请恢复日志文件夹，或由各部门决定更换投票密钥",
            english: "restore the journal folder, or replace the voting key by a decision of the departments"
        )
        (chinese, english) =
            switch name {
            case "keyNotInSet":
                (
                    "账本上是另一把投票密钥；请放回那把密钥，或由各部门决定更换",
                    "the ledger has another voting key; put that one back, or replace it by a decision of the departments"
                )
            case "unknownOwnVote":
                ("其他节点持有日志中没有的投票；\(renewal.chinese)", "peers hold a vote that the journal lacks; \(renewal.english)")
            case "damagedJournal": ("投票日志已损坏；\(renewal.chinese)", "the journal is damaged; \(renewal.english)")
            case "missingJournal":
                ("投票密钥没有日志；\(renewal.chinese)", "there is no journal to the voting key; \(renewal.english)")
            case "unknownProtocolVersion":
                ("账本的协议版本较新；请使用更新的版本", "the ledger's protocol is newer; use a newer version")
            default: ("见节点日志", "see the node's log")
            }
    }
}
