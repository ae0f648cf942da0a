import Credentials
import Primitives

/// A case and its decision in words.
enum DecisionWords {
    static func lines(_ view: CaseView) -> [String] {
        guard let decision = view.decision else {
            if let problem = view.problem {
                return [
                    "办理未成 not decided：\(problem.chinese)", "  \(problem.english) [\(problem.code)]",
                    "  本办件已终止，请重新发起办件 this case is over: open a new one",
                ]
            }
            return ["办件 \(view.caseID) 尚在办理（\(state(view.state))） still on its way (\(view.state.rawValue))"]
        }
        var lines = ["结果 outcome：\(outcome(decision.outcome))（第 \(decision.height) 块 block \(decision.height)）"]
        for field in decision.fields {
            lines.append("  \(field.chinese) \(field.english)：\(value(field.value))")
        }
        for reason in decision.reasons {
            lines.append("  原因 reason：\(reason.chinese)")
            lines.append("    \(reason.english) [\(reason.code)]")
        }
        for obligation in decision.obligations {
            lines.append("  待补 due \(TimeText.words(obligation.due))：\(obligation.chinese) \(obligation.english)")
        }
        if let issued = decision.issued {
            lines.append("  已签发证照 certificate issued：\(issued.type) \(issued.certificate)")
        }
        if let order = decision.paymentOrder { lines.append("  支付单 payment order：\(order.compactText)") }
        if !decision.relatedMatters.isEmpty {
            lines.append("  相关事项 related matters：\(decision.relatedMatters.joined(separator: ", "))")
        }
        return lines
    }

    static func outcome(_ outcome: CaseOutcome) -> String {
        switch outcome {
        case .zeroSubmission: "零提交办结 granted, nothing submitted"
        case .acceptedWithDeferral: "容缺受理 accepted, items due later"
        case .heldForCore: "容缺收件 held until a core item is there"
        case .needs: "材料不全 something is missing"
        case .refused: "不予办理 refused"
        }
    }

    private static func state(_ state: CaseState) -> String {
        switch state {
        case .awaitingAuthorisation: "等待授权"
        case .recording: "用证记录上链中"
        case .collecting: "向证照库取证中"
        case .decided: "已决定"
        case .failed: "未成"
        }
    }

    private static func value(_ value: JSONValue) -> String { value.string ?? value.compactText }
}
