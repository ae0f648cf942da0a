import Credentials
import LedgerModel
import Primitives
import ZhixinClient
import ZhixinVerify

/// A checked access log for people and for programs.
struct AccessListing {
    let overview: AccessLogOverview
    let wallet: Wallet
    let uses: [WalletUse]

    func lines(_ unreachable: [String]) -> [String] {
        var lines: [String] = []
        for access in overview.report.accesses {
            let department = wallet.network.catalogue.department(access.entry.department)
            let opening = opening(of: access)
            let name = department.map { "\($0.name) \($0.englishName)" } ?? "部门 \(access.entry.department)"
            lines.append("\(name)，第 \(access.entry.count) 次 use \(access.entry.count)\(time(of: access))")
            guard let opening else { continue }
            lines.append("  事项 matter \(opening.matter)：\(opening.purpose.chinese) \(opening.purpose.english)")
            for item in opening.items { lines.append("    \(words(item))") }
        }
        if overview.report.accesses.isEmpty { lines.append("没有用证记录。No use is recorded.") }
        lines += overview.notKeptByDepartment.map {
            "提示 note：部门 \($0.entry.department) 的节点没有出示第 \($0.entry.count) 次的内容 "
                + "(department \($0.entry.department)'s node did not show use \($0.entry.count))"
        }
        lines += unreachable.map { "未能询问 not asked：\($0)" }
        lines += overview.report.faults.map { "异常 fault：\(words($0))" }
        lines += overview.hiddenUses.map {
            "异常 fault：没有节点出示部门 \($0.department) 的链头，而本钱包用过它 no node shows a head that this wallet used"
        }
        lines += overview.unanswered.map { "未得答复 no answer：部门 \($0) 的链头 about the head of department \($0)" }
        lines.append(verdict)
        return lines
    }

    private var verdict: String {
        let moment =
            overview.report.asOf.map {
                "，截至 as of 第 \($0.header.height) 块 block \($0.header.height)，\(TimeText.words($0.header.timestamp))"
            } ?? ""
        return switch overview.verdict {
        case .complete: "核对完毕，无遗漏。Complete: nothing is missing\(moment)"
        case .incomplete: "核对未通过。NOT complete\(moment)"
        case .undetermined: "未能核对：有链头无人答复，请稍后再试或询问更多节点。NOT KNOWN: some heads were not answered for\(moment)"
        }
    }

    func json(_ unreachable: [String]) -> JSONValue {
        let accesses = overview.report.accesses.map { access -> JSONValue in
            let opening = opening(of: access)
            return .of([
                ("department", .integer(Int64(access.entry.department.rawValue))),
                ("count", .number(access.entry.count)),
                ("transaction", .string(access.entry.transaction.description)),
                ("matter", opening.map { .string($0.matter) } ?? .null),
                ("purpose", opening.map { $0.purpose.json } ?? .null),
                ("items", .array(opening?.items.map { .string(words($0)) } ?? [])),
                ("madeAt", use(of: access).map { .number($0.madeAt.milliseconds) } ?? .null),
            ])
        }
        return .of([
            ("complete", .bool(overview.verdict == .complete)),
            ("verdict", .string(overview.verdict.rawValue)),
            ("accesses", .array(accesses)),
            ("faults", .array(overview.report.faults.map { .string(words($0)) })),
            ("hidden", .integer(Int64(overview.hiddenUses.count))),
            ("notKept", .integer(Int64(overview.notKeptByDepartment.count))),
            ("notAsked", .array(unreachable.map { .string($0) })),
            ("height", overview.report.asOf.map { .number($0.header.height.rawValue) } ?? .null),
        ])
    }

    private func opening(of access: VerifiedAccess) -> AccessOpening? {
        guard let bytes = access.opening else { return nil }
        do throws(DecodeError) {
            return try AccessOpening(canonicalBytes: bytes)
        } catch {
            return nil
        }
    }

    private func use(of access: VerifiedAccess) -> WalletUse? { uses.first { $0.entry == access.entry } }

    private func time(of access: VerifiedAccess) -> String {
        use(of: access).map { "，\(TimeText.words($0.madeAt))" } ?? "（本钱包不记得 not in this wallet's memory）"
    }

    private func words(_ item: RequestedItem) -> String {
        let type = wallet.network.catalogue.certificateType(CertificateTypeID(item.type))
        let definition = type.flatMap { try? $0.decodedDefinition() }
        guard let definition else { return "type \(item.type)" }
        let text = DisclosureWording.words(for: item.content, type: definition)
        return "\(definition.name.chinese)：\(text.chinese)  \(definition.name.english): \(text.english)"
    }

    private func words(_ fault: AccessLogFault) -> String {
        switch fault {
        case .entriesMissing(let head, let counts):
            "链头 \(head) 缺第 \(counts.lowerBound) 至 \(counts.upperBound) 次 uses \(counts.lowerBound) to "
                + "\(counts.upperBound) are missing；可用 --scan 从整条链找回 try --scan"
        case .openingMissing(let head, let count):
            "链头 \(head) 第 \(count) 次没有内容；可向用证部门的节点查询 nobody shows what use \(count) was for; ask that department's node"
        case .openingWrong(let head, let count):
            "链头 \(head) 第 \(count) 次的内容与账本不符 what is shown for use \(count) is not what was recorded"
        case .headNotProven(let head, let error): "链头 \(head) 的证明不成立 its proof does not hold [\(error.code)]"
        case .headNotFresh(let head, let error): "链头 \(head) 的证明太旧 its proof is too old [\(error.code)]"
        case .entryNotOnHead(let head, let count): "链头 \(head) 上没有所示的第 \(count) 次 use \(count) is not on the head"
        case .entryContradictsHead(let head, let count): "链头 \(head) 第 \(count) 次自相矛盾 use \(count) contradicts its head"
        case .foreignRecord, .repeatedHead: "节点出示了无关的记录 a node shows a record that is not yours"
        }
    }
}
